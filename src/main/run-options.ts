import type { DayResult } from '../model/day-result.ts';
import type { TradeDetail } from '../model/trade.ts';
import type { WaitMode } from '../shm/idle.ts';
import type { StateBasis } from '../workers/memory/continuity.ts';
import type { JournalledFrames, ScannerMode } from '../workers/messages.ts';
import { plannedDays } from './frame-origin.ts';
import type { MemoryChoice } from './memory-start.ts';
import type { Recording } from './recording/recording.ts';
import type { ReplaySource } from './replay-source.ts';

/** The memory of a run and what was read of it when it began. */
export interface RunMemory extends Omit<MemoryChoice, 'adopt'> {
  readonly basis: StateBasis;
  readonly runId: string;
}

/** What a run is made from, and who is told of it. */
export interface ReplayRunOptions extends Omit<ReplaySource, 'framesExpected' | 'subject'> {
  /** The journal that this run keeps; null for none. */
  readonly recording: Recording | null;
  /** Where results and state go; absent or null: nowhere. */
  readonly memory?: RunMemory | null;
  readonly wait: WaitMode;
  /** Event seconds per second; 0 is as fast as possible. Of days alone: what is live comes when it comes. */
  readonly speed: number;
  /** Where the scanner runs, for days without signals. */
  readonly scannerMode: ScannerMode;
  readonly onDayEnd: (result: DayResult) => void;
  /** Booked trades, in order, each once; of a run that goes on, those before it too. Default nobody. */
  readonly onTrades?: (trades: readonly TradeDetail[]) => void;
  /** A line for the operator that is no error of the run. */
  readonly onAlarm: (line: string) => void;
}

/** The memory of a run that has one. */
export function memoryOf({ memory }: ReplayRunOptions): RunMemory | null {
  return memory === undefined || memory === null || memory.config.kind === 'none' ? null : memory;
}

/** The frames that are read of a journal: all of one that is replayed, or those before a run that goes on. */
export function journalledOf({ origin, recording }: ReplayRunOptions): JournalledFrames | null {
  return origin.kind === 'journal' ? origin.journalled : (recording?.recovered?.journalled ?? null);
}

/** With routed fills both machines step together, but where a journal brings the reports of the run that wrote it. */
export function isLockstep({ inputs, origin }: ReplayRunOptions): boolean {
  return inputs.routed !== undefined && origin.kind !== 'journal';
}

/** True where execution is told what happens between the frames. */
export function hasTicks({ origin }: ReplayRunOptions): boolean {
  if (origin.kind === 'stream') return origin.funding.length > 0;
  if (origin.kind !== 'days' || origin.ticks === null) return false;
  return origin.ticks.files.length + origin.ticks.funding.length > 0;
}

/** Frames come when they are due, not as fast as they are taken. */
export function isPaced({ origin, rules, speed }: ReplayRunOptions): boolean {
  if (origin.kind === 'memory') return true;
  return origin.kind === 'stream' ? rules === 'live' : speed > 0;
}

/** True where a thread of its own scans the prices of days, scan by scan. */
export function hasScannerThread(options: ReplayRunOptions): boolean {
  return options.scannerMode === 'worker' && needsScanner(options) && options.inputs.config.scanner_rate === '5s';
}

/** True when a day without signals is among the files. */
export function needsScanner({ origin }: ReplayRunOptions): boolean {
  return plannedDays(origin).some((file) => !file.hasSignals);
}
