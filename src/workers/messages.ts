import type { TickFile } from '../adapters/day-folder/ticks.ts';
import type { Rules } from '../engine/actor.ts';
import type { DayResult } from '../model/day-result.ts';
import type { FactorRow } from '../model/factors.ts';
import type { FillMode } from '../model/fill-mode.ts';
import type { FundingRow } from '../model/funding.ts';
import type { FileDigest } from '../model/report.ts';
import type { ScannerRate } from '../model/resolution.ts';
import type { RoutedOutcome } from '../model/routed-outcome.ts';
import type { SafetyRow } from '../model/safety.ts';
import type { StrategyConfig } from '../model/strategy.ts';
import type { SurvivalRun } from '../model/survival-report.ts';
import type { EngineRun, TradeDetail } from '../model/trade.ts';
import type { FsyncPolicy } from '../replay/journal/fsync-policy.ts';
import type { JournalPosition } from '../replay/journal/journal-writer.ts';
import type { StreamIdentity } from '../replay/journal/segment-links.ts';
import type { Machine } from '../replay/journal/segment-name.ts';
import type { WaitMode } from '../shm/idle.ts';
import type { WorkerName } from '../shm/layout.ts';
import type { SteppedSpan } from './engine-agent.ts';
import type { OverflowPolicy } from './event-room.ts';
import type { GcCount } from './gc-watch.ts';
import type { JournalledTape } from './journalled-tape.ts';
import type { MemoryMessage } from './memory/memory-options.ts';
import type { RoutedSessionOptions } from './routed/routed-session-options.ts';

/** `ahead`: the day's signals are there before its first frame. `worker`: a scan waits for its own, and not for ever. */
export const SCANNER_MODES = ['ahead', 'worker'] as const;
export type ScannerMode = (typeof SCANNER_MODES)[number];

/** What every worker gets at its start, beside its own options. */
export interface WorkerBase {
  readonly region: SharedArrayBuffer;
  readonly wait: WaitMode;
}

export interface EngineWorkerOptions extends WorkerBase {
  readonly config: StrategyConfig;
  readonly universe: readonly string[];
  readonly barIntervalMs: number;
  readonly factors: readonly FactorRow[];
  readonly safety: readonly SafetyRow[];
  readonly rules: Rules;
  readonly fills: FillMode;
  /** Execution's half of each step is waited for: routed fills whose reports come of execution, not of a journal. */
  readonly isLockstep: boolean;
  /** Frames come when they are due, not as fast as they are taken. */
  readonly isPaced: boolean;
  /** What the machine does when its event ring is full; null in a run without a journal. */
  readonly recording: OverflowPolicy | null;
  /** Where the frames that come first were journalled; null when all are new. */
  readonly journalled: JournalledFrames | null;
  /** State from which the machine goes on; null for a fresh one. */
  readonly state: Uint8Array | null;
  /** Number of the first intent that execution has not taken in an earlier life of this run. */
  readonly firstUntaken: number;
  /** Results are told to a memory worker; absent in a run without one. */
  readonly hasMemory?: boolean;
}

export interface DayFile {
  readonly name: string;
  readonly path: string;
  readonly day: number;
  readonly bookPath: string | null;
  /** File of the day's 0.1 s bars; null where the resolution does not ask for them. */
  readonly barsPath: string | null;
}

/** What happens between the frames of the days: only execution asks for it. */
export interface TickOptions {
  /** Of every day and asset of a venue of books; none for a venue of bars. */
  readonly files: readonly TickFile[];
  /** Ascending by time. */
  readonly funding: readonly FundingRow[];
}

export interface MarketDataWorkerOptions extends WorkerBase {
  readonly files: readonly DayFile[];
  readonly universe: readonly string[];
  readonly excluded: Uint8Array;
  readonly barIntervalMs: number;
  /** |vel_div| values at which the scanner computes afresh. */
  readonly scannerThresholds: readonly number[];
  /** True when at least one file has no signals, so that the scanner runs over all of them. */
  readonly needsScanner: boolean;
  /** Where it runs: over each day before its frames, or on each scan in a thread of its own, as live. */
  readonly scannerMode: ScannerMode;
  /** At `10hz` the scanner runs on the 0.1 s bars, and not on the scans. */
  readonly scannerRate: ScannerRate;
  /** Event seconds per second, or 0 for as fast as possible. */
  readonly speed: number;
  readonly decoders: number;
  /** Frames to publish before those of the files, which then begin behind them; null when there are none. */
  readonly journalled: JournalledFrames | null;
  /** Absent with analytic fills. */
  readonly ticks?: TickOptions | undefined;
}

export interface IntentCounts {
  readonly entries: number;
  readonly exits: number;
}

export interface ExecutionWorkerOptions extends WorkerBase {
  /** Watermark of the journal behind which an intent may be acted upon; null in a run without a journal. */
  readonly watermark: 'written' | 'durable' | null;
  /** Intents that an earlier life of this run has taken. */
  readonly accounted: IntentCounts;
  /** Machine and simulated venue of routed fills; null where intents are accounted for alone. */
  readonly routed: RoutedSessionOptions | null;
  /** Market data publishes ticks between the frames. */
  readonly hasTicks: boolean;
  /** What an earlier life of a routed run has on its tape; null where this life is the first. */
  readonly tape: JournalledTape | null;
}

export interface ScannerWorkerOptions extends WorkerBase {
  readonly universe: readonly string[];
  readonly excluded: Uint8Array;
  readonly barIntervalMs: number;
  /** |vel_div| values at which it computes afresh. */
  readonly thresholds: readonly number[];
}

/** Whose records one stream of the journal holds, and where it goes on. */
export interface JournalStreamOptions {
  readonly identity: StreamIdentity;
  readonly position: JournalPosition;
}

export interface JournalWorkerOptions extends WorkerBase {
  readonly dir: string;
  readonly fsync: FsyncPolicy;
  readonly segmentBytes: number;
  readonly engine: JournalStreamOptions;
  readonly execution: JournalStreamOptions;
}

/** A journal whose records are stepped again before, or instead of, the days of files. */
export interface JournalledFrames {
  readonly dir: string;
  /** First record that is not in the state from which the engine goes on. */
  readonly fromSequence: number;
  /** Number of the last segment of the earlier life; undefined when nobody writes behind it. */
  readonly lastSegment: number | undefined;
  /** The run goes on behind the last record: a stop there is not its end. */
  readonly isResumed: boolean;
  /** Reports are taken of it as well; false where execution runs again beside the engine and makes them itself. */
  readonly hasReports: boolean;
}

/** What a worker tells main. A thread parked in Atomics.wait can send; it only cannot receive. */
export type WorkerMessage =
  | { readonly kind: 'ready'; readonly worker: WorkerName }
  | { readonly kind: 'failed'; readonly worker: WorkerName; readonly error: WorkerError }
  | { readonly kind: 'dayEnd'; readonly result: DayResult }
  /** Booked since the last such message, in order. */
  | { readonly kind: 'trades'; readonly trades: readonly TradeDetail[] }
  | { readonly kind: 'gc'; readonly worker: WorkerName; readonly count: GcCount }
  | {
      readonly kind: 'engineDone';
      readonly run: EngineRun;
      /** What the survival stack did; null in a run without one. */
      readonly survival: SurvivalRun | null;
      /** SHA-256 of the engine's whole state after its last frame. */
      readonly stateHash: string;
      readonly complete: boolean;
      readonly entries: number;
      readonly exits: number;
      readonly span: SteppedSpan;
    }
  | {
      readonly kind: 'marketDataDone';
      readonly files: readonly FileDigest[];
      readonly books: readonly FileDigest[];
      readonly secondsWaitedForFiles: number;
    }
  | {
      readonly kind: 'executionDone';
      readonly entries: number;
      readonly exits: number;
      /** Null where fills were analytic, or came of a journal. */
      readonly routed: RoutedOutcome | null;
    }
  | { readonly kind: 'segmentClosed'; readonly machine: Machine; readonly segment: number }
  | MemoryMessage
  /** A line for the operator that is no error of the run. */
  | { readonly kind: 'alarm'; readonly line: string }
  | {
      readonly kind: 'journalDone';
      /** Sequence of the last record of each stream; -1 for none. */
      readonly lastSequences: { readonly engine: number; readonly execution: number };
      /** Number of the engine's last segment. */
      readonly lastSegment: number;
    };

/** An error that crossed a thread: its class by name, so that exit codes survive. */
export interface WorkerError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

/** Main to market-data worker: everyone is there, publish. */
export const START = 'start';

export function toWorkerError(error: unknown): WorkerError {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { name, message, stack: stack ?? '' };
}
