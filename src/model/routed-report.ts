import type { VenueModel } from './fill-mode.ts';
import type { Instrument } from './instrument.ts';
import type { RepricedMetrics } from './report.ts';
import type { RoutedTrade } from './trade.ts';

/** What execution counts (semantics §11), by its name in reports; all always present, 0 when it never happened. */
export const EXECUTION_COUNTS = [
  'entries_maker',
  'entries_taker',
  'entries_unfilled',
  'exits_maker',
  'exits_taker',
  'exits_unfilled',
  'fallbacks',
  'rejects',
  'post_only_rejects',
  'partials',
  'denied',
  'orders',
  'cancels',
  'unknown_outcomes',
] as const;
export type ExecutionCount = (typeof EXECUTION_COUNTS)[number];

/** A figure of entries, of exits, and of both together. */
export interface BySide<Figure> {
  readonly entries: Figure;
  readonly exits: Figure;
  readonly all: Figure;
}

/** Against the decision price, positive a cost, bps. NaN where nothing was filled. */
export interface SlippageFigure {
  /** Weighted by notional. */
  readonly meanBps: number;
  readonly worstBps: number;
}

/** From the arrival of an intent to its last fill, ms. NaN where nothing was filled. */
export interface TimeToFillFigure {
  readonly meanMs: number;
  readonly maxMs: number;
}

/** What orders did in a run: every metric of semantics §11 by its name, and where it came from. Money in USDT. */
export interface ReportExecution extends Readonly<Record<ExecutionCount, number>> {
  readonly slippage: BySide<SlippageFigure>;
  readonly time_to_fill: Omit<BySide<TimeToFillFigure>, 'all'>;
  /** Share of the notional that was made, 0 to 1; NaN where nothing was filled. */
  readonly maker_share: BySide<number>;
  readonly notional: BySide<{ readonly maker: number; readonly taker: number }>;
  /** Paid; negative for rebates. */
  readonly fees: BySide<number>;
  /** Where slippage came from, positive a cost. */
  readonly costs: BySide<{ readonly spread: number; readonly queue: number; readonly latency: number }>;
  /** Paid over the run, also by positions that are in no trade; negative when received. */
  readonly funding: number;
  /** Fills that belong to no position: for reconciliation. */
  readonly stray_fills: number;
  /** Orders refused before they were sent, by reason; only reasons that occurred. */
  readonly denials: Readonly<Record<string, number>>;
  /** Irregular and harmless, by name; only what occurred. */
  readonly irregularities: Readonly<Record<string, number>>;
  /** What a reader of the results must know of the venue, one sentence each. */
  readonly warnings: readonly string[];
}

/**
 * From the analytic to the routed result of the same trades, USDT. What stands between the two is what it did to the pnl: a
 * cost is negative. `analytic` and all between add up to `total`.
 */
export interface RoutedBridge {
  /**
   * The same trades and quantities at their decision prices, with the fees that the champion expects; what no order could close
   * before the data ended is marked at the last valid price here as there.
   */
  readonly analytic: number;
  /** Fills against mid at the time of the fill. */
  readonly spread: number;
  /** From the venue's first word to the fill. */
  readonly queue: number;
  /** From the decision to the venue's first word. */
  readonly latency: number;
  /** Fees expected less fees paid. */
  readonly fees: number;
  readonly funding: number;
  /** Fills that are in no closed trade; 0 unless a run was stopped or the venue told fills too late. */
  readonly other: number;
  /** Pnl of the trades. */
  readonly total: number;
}

/** A routed trade as reports carry it. */
export interface ReportRoutedTrade extends RoutedTrade {
  /** Average fill against decision price, positive a cost. */
  readonly entrySlippageBps: number;
  /** NaN for a position that was marked at the end of the data. */
  readonly exitSlippageBps: number;
}

/** What the report of a routed run has beside; none of it is in an analytic one. */
export interface ReportRouted {
  readonly fill: 'routed';
  /** SHA-256 over every order, cancel, query and report in order, lower-case hex. */
  readonly orderLogHash: string;
  /** Of the venue's randomness. */
  readonly seed: number;
  readonly venue: VenueModel;
  readonly feeSchedule: string;
  readonly execution: ReportExecution;
  /** One per asset, with what of it is assumed. */
  readonly instruments: readonly Instrument[];
  readonly routed: RoutedBridge;
  /** The same trades at their decision prices and the champion's expected fees; stands in place of `nextBarFills`. */
  readonly decisionFills: RepricedMetrics;
}
