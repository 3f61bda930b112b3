import type { DayResult } from '../model/day-result.ts';
import type { SafetyRow } from '../model/safety.ts';

/** A validated strategy, as far as flows ask. */
export interface FlowStrategy {
  /** With its qualifiers, such as `champion`. */
  readonly name: string;
  /** SHA-256 over the 15 champion parameters; capital is none of them. */
  readonly paramHash: string;
  /** USDT; what a track begins with. */
  readonly initialCapital: number;
}

/** A day whose files have been found, checked and, where prices alone are there, scanned. */
export interface LoadedDay {
  readonly date: string;
  /** Dates of the folder's days before it, ascending. */
  readonly earlier: readonly string[];
  /** Scans of the file. */
  readonly scans: number;
  /** Posture that the folder's `safety.csv` gives for the date; null without a row. */
  readonly safety: SafetyRow | null;
  /** What the operator should know, in whole sentences. */
  readonly notes: readonly string[];
  /** Removes what loading left on the disk. */
  dispose(): void;
}

/** The engine as the flows see it: main's replay through the worker threads. */
export interface DayRunner {
  /** @throws InputError for a bad config; InvariantError for a drifted champion. */
  loadStrategy(): FlowStrategy;
  /** @throws InputError for a day that is not there, or that a replay would refuse. */
  load(date: string, signal: AbortSignal): Promise<LoadedDay>;
  /**
   * Trades the day.
   * @param capital - at its begin, USDT.
   * @param safety - posture at its begin.
   * @throws when the signal ended it, or a worker failed: nothing of the day counts then.
   */
  run(day: LoadedDay, capital: number, safety: SafetyRow | null, signal: AbortSignal): Promise<DayResult>;
}
