import type { RecordCodec } from './codec.ts';

/** One command from main to the engine. */
export interface CommandRecord {
  /** Number in its ring, from 0; the ring gives it. */
  sequence: number;
  /** A code of model/command.ts. */
  kind: number;
  /** Meaning by kind; 0 when the kind takes none. */
  argument: number;
}

/** All fields as doubles, in the order of the interface. */
export const COMMAND_CODEC: RecordCodec<CommandRecord> = {
  blank: () => ({ sequence: 0, kind: 0, argument: 0 }),
  write(doubles, base, record, sequence) {
    doubles[base] = sequence;
    doubles[base + 1] = record.kind;
    doubles[base + 2] = record.argument;
  },
  read(doubles, base, record) {
    record.sequence = doubles[base]!;
    record.kind = doubles[base + 1]!;
    record.argument = doubles[base + 2]!;
  },
};
