import { isRoutedTrade, type Report, type ReportTrade } from '../model/report.ts';
import { decisionPnl, type NextBarTrade, nextBarPnl, venuePnl } from '../portfolio/reprice.ts';

/** Capital after each trade, USDT, three ways. All arrays as long as the trades and in their order. */
export interface EquityCurves {
  readonly initialCapital: number;
  /** Entry of the first trade, ms since the epoch; NaN without trades. */
  readonly startMs: number;
  /** Exit of each trade, ms since the epoch, UTC. */
  readonly exitMs: readonly number[];
  readonly champion: readonly number[];
  readonly venue: readonly number[];
  /** Null when the report does not hold next-bar prices; its last value is then all that is known. */
  readonly nextBar: readonly number[] | null;
  /** At the decision prices; null when the trades are not routed. */
  readonly decision: readonly number[] | null;
  /** Fall of the champion's capital below its running peak, as a fraction, 0 or more. */
  readonly drawdown: readonly number[];
}

/** The curves of a report, recomputed from its trades. */
export function equityCurves({ config, trades }: Report): EquityCurves {
  const initialCapital = config.initial_capital;
  const champion = trades.map((trade) => trade.capital);
  return {
    initialCapital,
    startMs: Date.parse(trades[0]?.entryTs ?? ''),
    exitMs: trades.map((trade) => Date.parse(trade.exitTs)),
    champion,
    venue: runningCapital(initialCapital, trades.map(venuePnl)),
    nextBar: trades.every(hasNextBar) ? runningCapital(initialCapital, trades.map(nextBarPnl)) : null,
    decision: trades.every(isRoutedTrade) ? runningCapital(initialCapital, trades.map(decisionPnl)) : null,
    drawdown: drawdowns(initialCapital, champion),
  };
}

function hasNextBar(trade: ReportTrade): trade is NextBarTrade {
  return 'entryNextBar' in trade && 'exitNextBar' in trade;
}

function runningCapital(initialCapital: number, pnls: readonly number[]): number[] {
  let capital = initialCapital;
  return pnls.map((pnl) => {
    capital += pnl;
    return capital;
  });
}

function drawdowns(initialCapital: number, capitals: readonly number[]): number[] {
  let peak = initialCapital;
  return capitals.map((capital) => {
    peak = Math.max(peak, capital);
    return (peak - capital) / peak;
  });
}
