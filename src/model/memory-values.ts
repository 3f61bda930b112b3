import type { DayResult } from './day-result.ts';
import type { PostureName } from './posture.ts';

/**
 * Values of the system memory as the program sees them; their JSON is in docs/memory-schema.md. A time `tsMs` is UNIX
 * milliseconds, NaN where the writer gave none.
 */

/** Posture of the survival stack. `DOLPHIN_SAFETY["latest"]`. */
export interface SafetyValue {
  readonly posture: PostureName;
  /** Product of the sensors, in [0, 1]. */
  readonly rm: number;
  /** Sensors by name, each in [0, 1]; null where the writer gave none. */
  readonly sensors: Readonly<Record<string, number>> | null;
  readonly tsMs: number;
}

/** Multipliers of the adaptive circuit breaker; finite, not yet clamped. `DOLPHIN_FEATURES["acb_boost"]`. */
export interface AcbUpdate {
  readonly boost: number;
  readonly beta: number;
  /** Share cut off a position, or NaN. */
  readonly cut: number;
  readonly tsMs: number;
}

/** One scan of the eigenvalue scanner; NaN = missing. `DOLPHIN_FEATURES["latest_eigen_scan"]`. */
export interface EigenScan {
  readonly scanNumber: number;
  /** UTC day number and ns of that day at which the scan's bar closed. */
  readonly day: number;
  readonly nsOfDay: number;
  readonly velDiv: number;
  readonly v50: number;
  readonly v150: number;
  readonly v300: number;
  readonly v750: number;
  readonly instability50: number;
  readonly instability150: number;
  /** Last price per symbol in quote currency, as given: the engine judges it. */
  readonly assetPrices: Readonly<Record<string, number>>;
}

/** Order-book depth of one asset, k = 1..5 percent from mid, cumulative. Key = symbol in a shard map. */
export interface BookValue {
  readonly day: number;
  readonly nsOfDay: number;
  /** Length 5, quote currency. */
  readonly bidNotional: readonly number[];
  readonly askNotional: readonly number[];
  /** Length 5, base units. */
  readonly bidDepth: readonly number[];
  readonly askDepth: readonly number[];
  /** Derived features by JSON name, such as `fill_probability`; empty where the writer gave none. */
  readonly features: Readonly<Record<string, number>>;
}

/** Sign of life of the supervisor flow. `DOLPHIN_HEARTBEAT["nautilus_flow_heartbeat"]`. */
export interface HeartbeatValue {
  readonly tsMs: number;
  /** `flow_start`, `engine_start`, `flow_end` or another writer's word. */
  readonly phase: string;
  /** Trading date that the flow works on, or null. */
  readonly date: string | null;
  readonly runId: string | null;
}

/** Who wrote a state, under which claim, and as which of its writes. Absent in other writers' values: '', 0, 0. */
export interface WriteStamp {
  readonly owner: string;
  /** Rises with every claim of the state. */
  readonly epoch: number;
  /** Rises with every write under one claim. */
  readonly seq: number;
}

/** A day's result of one capital track. `DOLPHIN_PNL_<D>["YYYY-MM-DD"]`. */
export interface PnlResult
  extends Pick<
    DayResult,
    'date' | 'pnl' | 'trades' | 'capital' | 'bars' | 'boost' | 'beta' | 'posture' | 'mcStatus' | 'staleState'
  > {
  /** Hash of the strategy that made it. */
  readonly paramHash: string;
}

/** What is read of a day's result: other writers give less than we do. */
export interface PnlPart {
  readonly date: string | null;
  readonly pnl: number;
  readonly trades: number;
  readonly capital: number;
  readonly paramHash: string | null;
  /** True: made on a state that changed underneath; DO NOT USE. */
  readonly isStale: boolean;
  readonly stamp: WriteStamp;
}

/** Both tracks of a date; null where a track wrote nothing. */
export interface PnlDay {
  readonly paper: PnlPart | null;
  readonly nautilus: PnlPart | null;
}

/** Capital handed from day to day, of one track. `DOLPHIN_STATE_<D>["latest" | "latest_nautilus"]`. */
export interface CapitalState {
  /** Realised capital after `date`, USDT. */
  readonly capital: number;
  /** Last date that is in it, or null. */
  readonly date: string | null;
  /** Profit of that date, NaN where the writer gave none. */
  readonly pnl: number;
  /** Name of the strategy that made it, with its overrides, such as `champion+max_hold_bars=60`, or null. */
  readonly strategy: string | null;
  /** Hash of the strategy that made it, or null. */
  readonly paramHash: string | null;
  /** True: made on a state that changed underneath; DO NOT USE. */
  readonly isStale: boolean;
}

/** A capital state as read. */
export interface StampedCapital extends CapitalState {
  readonly stamp: WriteStamp;
}
