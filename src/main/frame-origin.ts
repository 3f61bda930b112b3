import type { PlannedDay } from '../adapters/day-folder/plan.ts';
import type { FundingRow } from '../model/funding.ts';
import type { JournalledFrames, TickOptions } from '../workers/messages.ts';

/** Where the frames of a run come from, with what its market-data thread is told about it. */
export type FrameOrigin = DaysOrigin | JournalOrigin | StreamOrigin | MemoryOrigin;

/** Days of files, in order. */
export interface DaysOrigin {
  readonly kind: 'days';
  /** Ascending by date, at least one. */
  readonly files: readonly PlannedDay[];
  /** What happens between the frames; null with analytic fills. */
  readonly ticks: TickOptions | null;
}

/** What a recorded run consumed, reports of its orders included. */
export interface JournalOrigin {
  readonly kind: 'journal';
  readonly journalled: JournalledFrames;
}

/** A Redis stream of signals, to its publisher's end. */
export interface StreamOrigin {
  readonly kind: 'stream';
  /** As `redisSettings` takes it. */
  readonly url: string;
  readonly stream: string;
  /** Greatest age of a fresh signal, ms; asked under live rules only. */
  readonly freshnessLimitMs: number;
  /** Settlements between the scans, ascending; none with analytic fills. */
  readonly funding: readonly FundingRow[];
}

/** Scans and order books of the run's memory, as they come, until the run is stopped. */
export interface MemoryOrigin {
  readonly kind: 'memory';
}

/** True where frames come when they are told, not when this program reads them. */
export function isLiveOrigin({ kind }: FrameOrigin): boolean {
  return kind === 'stream' || kind === 'memory';
}

/** The day files of an origin; none where it is no folder. */
export function plannedDays(origin: FrameOrigin): readonly PlannedDay[] {
  return origin.kind === 'days' ? origin.files : [];
}
