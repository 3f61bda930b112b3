import type { DayResult } from '../model/day-result.ts';
import type { FactorRow } from '../model/factors.ts';
import type { FileDigest } from '../model/report.ts';
import type { SafetyRow } from '../model/safety.ts';
import type { StrategyConfig } from '../model/strategy.ts';
import type { EngineRun } from '../model/trade.ts';
import type { WaitMode } from '../shm/idle.ts';
import type { WorkerName } from '../shm/layout.ts';

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
}

export interface DayFile {
  readonly name: string;
  readonly path: string;
  readonly day: number;
  readonly bookPath: string | null;
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
  /** Event seconds per second, or 0 for as fast as possible. */
  readonly speed: number;
  readonly decoders: number;
}

export type ExecutionWorkerOptions = WorkerBase;

export interface StepTiming {
  readonly bars: number;
  readonly seconds: number;
  readonly stepNs: { readonly p50: number; readonly p99: number; readonly p999: number; readonly max: number };
}

/** What a worker tells main. A thread parked in Atomics.wait can send; it only cannot receive. */
export type WorkerMessage =
  | { readonly kind: 'ready'; readonly worker: WorkerName }
  | { readonly kind: 'failed'; readonly worker: WorkerName; readonly error: WorkerError }
  | { readonly kind: 'dayEnd'; readonly result: DayResult }
  | {
      readonly kind: 'engineDone';
      readonly run: EngineRun;
      /** SHA-256 of the engine's whole state after its last frame. */
      readonly stateHash: string;
      readonly complete: boolean;
      readonly entries: number;
      readonly exits: number;
      readonly timing: StepTiming;
    }
  | {
      readonly kind: 'marketDataDone';
      readonly files: readonly FileDigest[];
      readonly books: readonly FileDigest[];
      readonly secondsWaitedForFiles: number;
    }
  | { readonly kind: 'executionDone'; readonly entries: number; readonly exits: number };

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
