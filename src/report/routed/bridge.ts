import type { ReportExecution, RoutedBridge } from '../../model/routed-report.ts';
import { type DecidedTrade, decisionPnl } from '../../portfolio/reprice.ts';

/** Below this a remainder is what doubles left of a sum, USDT. */
const ROUNDING = 1e-6;

/**
 * What lies between the analytic and the routed pnl of the same trades, USDT. Spread, queue and latency are the account of
 * execution, over all fills; fees and funding are those of the trades. So a fill that is in no trade leaves `other`.
 *
 * What was marked at the end of the data has its mark for a decision price and adds nothing between the two.
 *
 * Per trade `pnl = direction * (exit - entry) * qty - fees - funding`, which is its pnl at the decision prices less the
 * slippage of both ends, less what fees exceed the expected, less funding.
 */
export function routedBridge(trades: readonly DecidedTrade[], costs: ReportExecution['costs']['all']): RoutedBridge {
  const analytic = sum(trades, decisionPnl);
  const total = sum(trades, (trade) => trade.pnl);
  // 0 - x: a cost of nothing is 0, not -0.
  const effects = {
    spread: 0 - costs.spread,
    queue: 0 - costs.queue,
    latency: 0 - costs.latency,
    fees: sum(trades, (trade) => trade.feesExpected - trade.fees),
    funding: 0 - sum(trades, (trade) => trade.routed.funding),
  };
  const explained = Object.values(effects).reduce((total, effect) => total + effect, analytic);
  const other = total - explained;
  return { analytic, ...effects, other: Math.abs(other) < ROUNDING ? 0 : other, total };
}

function sum<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
