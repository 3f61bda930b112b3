import type { RepricedMetrics } from '../model/report.ts';
import type { RoutedTrade, Trade, TradeDetail } from '../model/trade.ts';
import { profitFactor, roi } from './metrics.ts';

/** Fee schedule of a plain account on the venue, taker on both ends (semantics §12). Rates as fractions of notional. */
export const VENUE_SCHEDULE = { name: 'binance-vip0', takerFee: 0.0005 } as const;

/** What a trade needs to be re-priced one bar later. */
export type NextBarTrade = Trade & Pick<TradeDetail, 'entryNextBar' | 'exitNextBar'>;

/** What a trade needs to be re-priced at its decisions. */
export type DecidedTrade = Trade & Pick<TradeDetail, 'feesExpected'> & { readonly routed: RoutedTrade };

/** The same trades at the venue's taker fees; sizes are not recomputed. Semantics §12. */
export function venueFees(
  initialCapital: number,
  trades: readonly (Trade & Pick<TradeDetail, 'routed'>)[],
): RepricedMetrics & { readonly schedule: string } {
  return { schedule: VENUE_SCHEDULE.name, ...repriced(initialCapital, trades.map(venuePnl)) };
}

/** The same trades filled at the first valid price after each decision; sizes and fees unchanged. Semantics §12. */
export function nextBarFills(initialCapital: number, trades: readonly NextBarTrade[]): RepricedMetrics {
  return repriced(initialCapital, trades.map(nextBarPnl));
}

/** The same routed trades filled at the prices at which they were decided, at the fees that the champion expects. */
export function decisionFills(initialCapital: number, trades: readonly DecidedTrade[]): RepricedMetrics {
  return repriced(initialCapital, trades.map(decisionPnl));
}

/** Pnl of one trade at venue fees, USDT; funding that it paid stays. */
export function venuePnl(trade: Trade & Pick<TradeDetail, 'routed'>): number {
  const { direction, entry, exit, notional, routed } = trade;
  const gross = direction * (exit / entry - 1) * notional;
  const qty = notional / entry;
  return gross - (notional + qty * exit) * VENUE_SCHEDULE.takerFee - (routed?.funding ?? 0);
}

/** Pnl of one routed trade at its decision prices and expected fees, without funding, USDT. */
export function decisionPnl(trade: DecidedTrade): number {
  const { direction, feesExpected, routed } = trade;
  return direction * (routed.exitDecision - routed.entryDecision) * routed.qty - feesExpected;
}

/** Pnl of one trade at next-bar prices, USDT. */
export function nextBarPnl(trade: NextBarTrade): number {
  const { direction, entryNextBar, exitNextBar, notional, fees } = trade;
  return direction * (exitNextBar / entryNextBar - 1) * notional - fees;
}

function repriced(initialCapital: number, pnls: readonly number[]): RepricedMetrics {
  const capital = pnls.reduce((total, pnl) => total + pnl, initialCapital);
  return { roi: roi(initialCapital, capital), profitFactor: profitFactor(pnls), capital };
}
