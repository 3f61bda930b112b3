import { COUNTERS, type CounterName, type DayResult, GATES, type GateName } from '../model/day-result.ts';
import { EXIT_REASON_NAMES, type ExitReasonName } from '../model/exit-reason.ts';
import type { Trade } from '../model/trade.ts';

/** One gate over all days: bars that reached it and bars that passed it. */
export interface GateTotal {
  readonly gate: GateName;
  readonly reached: number;
  readonly passed: number;
  /** passed / reached; NaN when no bar reached it. */
  readonly share: number;
}

/** A group of trades: how many, and what they earned in USDT. */
export interface TradeGroup<Key> {
  readonly key: Key;
  readonly trades: number;
  readonly pnl: number;
}

/** The gates in the order in which a bar meets them, summed over days. */
export function funnelTotals(days: readonly DayResult[]): GateTotal[] {
  return GATES.map((gate) => {
    const reached = days.reduce((total, day) => total + day.funnel[gate][0], 0);
    const passed = days.reduce((total, day) => total + day.funnel[gate][1], 0);
    return { gate, reached, passed, share: passed / reached };
  });
}

/** Counters that are not zero, summed over days, in the order of {@link COUNTERS}. */
export function nonZeroCounters(days: readonly DayResult[]): (readonly [CounterName, number])[] {
  return COUNTERS.map((name) => [name, days.reduce((total, day) => total + day.counters[name], 0)] as const).filter(
    ([, total]) => total !== 0,
  );
}

/** Trades by exit reason, in the order of the reason codes; reasons that never happened are left out. */
export function exitsByReason(trades: readonly Trade[]): TradeGroup<ExitReasonName>[] {
  const groups = groupTrades(trades, (trade) => trade.reason);
  return groups.sort((a, b) => EXIT_REASON_NAMES.indexOf(a.key) - EXIT_REASON_NAMES.indexOf(b.key));
}

/** Trades by asset, best first. */
export function pnlByAsset(trades: readonly Trade[]): TradeGroup<string>[] {
  return groupTrades(trades, (trade) => trade.asset).sort((a, b) => b.pnl - a.pnl);
}

/** Trades by UTC hour of their entry: always 24 groups, 0 to 23. */
export function pnlByHour(trades: readonly Trade[]): TradeGroup<number>[] {
  const groups = new Map(groupTrades(trades, hourOfEntry).map((group) => [group.key, group]));
  return Array.from({ length: 24 }, (_, key) => groups.get(key) ?? { key, trades: 0, pnl: 0 });
}

/** The `count` trades of highest pnl, best first, and of lowest, worst first. No trade is in both. */
export function bestAndWorst(trades: readonly Trade[], count: number): { best: Trade[]; worst: Trade[] } {
  const byPnl = trades.toSorted((a, b) => b.pnl - a.pnl);
  const best = byPnl.slice(0, Math.min(count, Math.ceil(byPnl.length / 2)));
  const worst = byPnl.slice(Math.max(best.length, byPnl.length - count)).reverse();
  return { best, worst };
}

function hourOfEntry(trade: Trade): number {
  return Number(trade.entryTs.slice(11, 13)); // YYYY-MM-DDTHH
}

function groupTrades<Key>(trades: readonly Trade[], keyOf: (trade: Trade) => Key): TradeGroup<Key>[] {
  return [...Map.groupBy(trades, keyOf)].map(([key, group]) => ({
    key,
    trades: group.length,
    pnl: group.reduce((total, trade) => total + trade.pnl, 0),
  }));
}
