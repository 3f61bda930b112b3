import type { TapeSink } from '../../model/execution-tape.ts';

/** One tape for several readers: each record goes to all of them, in their order; one that throws keeps it from the rest. */
export function teeTape(...sinks: readonly TapeSink[]): TapeSink {
  return {
    write(kind, values) {
      for (const sink of sinks) sink.write(kind, values);
    },
  };
}
