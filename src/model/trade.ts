import type { DayResult } from './day-result.ts';
import type { Direction } from './direction.ts';
import type { ExitReasonName } from './exit-reason.ts';

/** A closed trade. Prices in quote currency, money in USDT, bars by lifetime index. */
export interface Trade {
  /** UTC date of the day on which it closed. */
  readonly date: string;
  /** ISO 8601, UTC. */
  readonly entryTs: string;
  readonly exitTs: string;
  readonly entryBar: number;
  readonly exitBar: number;
  readonly asset: string;
  readonly assetIndex: number;
  readonly direction: Direction;
  readonly reason: ExitReasonName;
  readonly entry: number;
  readonly exit: number;
  readonly notional: number;
  readonly leverage: number;
  /** Both ends; negative when rebates exceed fees. */
  readonly fees: number;
  readonly pnl: number;
  /** Strength of the signal at entry: 0 extreme to 3 weak. */
  readonly bucket: number;
  /** Realised capital after this trade. */
  readonly capital: number;
}

/** What the engine knows of a trade beyond the report: the parts of the re-priced results. */
export interface TradeDetail extends Trade {
  /** Fees of the same trade without a draw (`fee_draw: expected`). */
  readonly feesExpected: number;
  /** First valid price after the entry bar on the same day, or the trade's own. */
  readonly entryNextBar: number;
  /** First valid price after the exit bar on the same day, or the trade's own. */
  readonly exitNextBar: number;
  /** Routed fills only. */
  readonly routed?: RoutedTrade;
}

/** What a routed trade has beside: `notional` is what was entered, `entry` and `exit` are averages of its fills. */
export interface RoutedTrade {
  /** Base units, entered. */
  readonly qty: number;
  /** Prices at which it was decided, quote currency; of several exits the average by quantity. */
  readonly entryDecision: number;
  readonly exitDecision: number;
  /** Paid, USDT; negative when received. */
  readonly funding: number;
  readonly feesEntry: number;
  readonly feesExit: number;
}

/** Everything that a run of the engine leaves behind; reports are made from this alone. */
export interface EngineRun {
  readonly days: readonly DayResult[];
  readonly trades: readonly TradeDetail[];
  readonly initialCapital: number;
  readonly capital: number;
  readonly maxDrawdownMarked: number;
  /** What was missing or permitted by default, one sentence each. */
  readonly warnings: readonly string[];
  /** Routed fills only. */
  readonly routed?: { readonly entriesUnfilled: number; readonly strayFills: number };
}
