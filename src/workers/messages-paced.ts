import type { WorkerBase } from './messages.ts';

/** Doubles of {@link PacedSourceOptions.measured}: monotonic ns, and CPU time of each thread of the run, ns. */
export const MEASURED_FROM_NS = 0;
export const MEASURED_TO_NS = 1;
export const MEASURED_CPU_NS = 2;
/** Threads of a run at most: journal, execution, engine, source, memory. */
export const MEASURED_THREADS = 5;
export const MEASURED_BYTES = 8 * (MEASURED_CPU_NS + MEASURED_THREADS);

/** The source of made-up scans that stands in for the market-data worker when latency is measured. */
export interface PacedSourceOptions extends WorkerBase {
  readonly assets: number;
  /** UTC day number; all scans must fit into it. */
  readonly day: number;
  /** From scan to scan in event time. */
  readonly barIntervalMs: number;
  /** Scans per second that count; 0 is as fast as the engine takes them. */
  readonly rateHz: number;
  /** Scans before those that count. */
  readonly warmUp: number;
  /** Scans that count. */
  readonly frames: number;
  /** Threads that were there before the run's workers. */
  readonly knownThreads: readonly number[];
  /** {@link MEASURED_BYTES} of shared memory; CPU times in start order of the run's threads, NaN without /proc. */
  readonly measured: SharedArrayBuffer;
}
