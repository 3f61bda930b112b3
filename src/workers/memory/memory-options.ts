import type { Deployment, Track } from '../../adapters/memory/maps.ts';
import type { MemoryConfig } from '../../adapters/memory/memory-config.ts';
import type { StrategyIdentity } from '../../adapters/memory/strategy-identity.ts';
import type { SystemMemoryStatus } from '../../adapters/memory/system-memory.ts';
import type { PostureName } from '../../model/posture.ts';
import type { WorkerBase } from '../messages.ts';
import type { StateBasis } from './continuity.ts';

export interface MemoryWorkerOptions extends WorkerBase {
  readonly memory: MemoryConfig;
  readonly deployment: Deployment;
  readonly track: Track;
  /** That runs. */
  readonly strategy: StrategyIdentity;
  readonly universe: readonly string[];
  readonly runId: string;
  /** Watermark of the journal behind which a result may be published; null in a run without a journal. */
  readonly watermark: 'written' | 'durable' | null;
  readonly basis: StateBasis;
  /** Scans and books of the memory are handed to the market-data worker, which takes them; false where files feed it. */
  readonly feedsMarketData: boolean;
  /** What `acb_boost` holds already is applied; false in a replay, whose days are others. */
  readonly takesStandingAcb: boolean;
}

/** `waiting`: not asked yet, or held by a claim that may be dead. `refused`: the state is not this run's to go on with. */
export type ClaimState = 'waiting' | 'claimed' | 'lost' | 'refused';

/** What the memory worker says of itself every second; times are UNIX ms, null while there was none. */
export interface MemoryReport {
  readonly store: Omit<SystemMemoryStatus, 'refusedEntries'>;
  readonly claim: ClaimState;
  /** Last write of a result or state that was acknowledged. */
  readonly writtenMs: number | null;
  /** Results that are not known to be stored: days, and the state. */
  readonly unwritten: number;
  /** Realised capital after the last result that the journal covers, USDT. */
  readonly capital: number | null;
  /** Last date whose state is stored. */
  readonly storedDate: string | null;
  readonly posture: { readonly name: PostureName; readonly rm: number; readonly tsMs: number | null } | null;
  readonly acb: { readonly boost: number; readonly beta: number; readonly tsMs: number | null } | null;
  /** Event time of the newest scan in the memory. */
  readonly scanMs: number | null;
}

/** What the memory worker tells main. */
export type MemoryMessage =
  | { readonly kind: 'memory'; readonly report: MemoryReport }
  /** One sentence for the operator. */
  | { readonly kind: 'memoryAlarm'; readonly line: string }
  /** Another engine owns the state: no entries from now on. */
  | { readonly kind: 'fenced'; readonly line: string }
  | { readonly kind: 'memoryDone'; readonly report: MemoryReport };
