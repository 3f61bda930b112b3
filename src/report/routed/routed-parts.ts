import type { RoutedReportTrade } from '../../model/report.ts';
import type { RoutedOutcome } from '../../model/routed-outcome.ts';
import type { ReportRouted } from '../../model/routed-report.ts';
import type { EngineRun, TradeDetail } from '../../model/trade.ts';
import { type DecidedTrade, decisionFills } from '../../portfolio/reprice.ts';
import { routedBridge } from './bridge.ts';
import { executionFigures } from './execution-figures.ts';

/**
 * What the report of a routed run has beside.
 * @throws RangeError when a trade of the run is not routed: engine and outcome are of two runs.
 */
export function routedParts(run: EngineRun, outcome: RoutedOutcome): ReportRouted {
  const trades = run.trades.map(decidedTrade);
  const execution = executionFigures(outcome, run.routed?.strayFills ?? 0);
  return {
    fill: 'routed',
    orderLogHash: outcome.orderLogHash,
    seed: outcome.seed,
    venue: outcome.venue,
    feeSchedule: outcome.feeSchedule,
    execution,
    instruments: outcome.instruments,
    routed: routedBridge(trades, execution.costs.all),
    decisionFills: decisionFills(run.initialCapital, trades),
  };
}

/** A routed trade as reports carry it: with the slippage of both ends, without prices of the next bar. */
export function routedTrade(trade: TradeDetail): RoutedReportTrade {
  const { routed, entryNextBar: _entry, exitNextBar: _exit, ...rest } = decidedTrade(trade);
  const { direction, entry, exit, reason } = rest;
  const entrySlippageBps = slippageBps(direction, entry, routed.entryDecision);
  const exitSlippageBps = reason === 'UNFILLED_END' ? Number.NaN : slippageBps(-direction, exit, routed.exitDecision);
  return { ...rest, routed: { ...routed, entrySlippageBps, exitSlippageBps } };
}

/** @param side - of the order: the direction of the trade, or against it. */
function slippageBps(side: number, averagePx: number, decisionPx: number): number {
  return side * (averagePx / decisionPx - 1) * 1e4;
}

function decidedTrade(trade: TradeDetail): TradeDetail & DecidedTrade {
  const { routed } = trade;
  if (routed !== undefined) return { ...trade, routed };
  throw new RangeError(`trades of a routed run must be routed, that of ${trade.asset} at ${trade.entryTs} is not`);
}
