import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FillQuality } from '../../../src/exec/execution-metrics.ts';
import type { TradeDetail } from '../../../src/model/trade.ts';
import { routedBridge } from '../../../src/report/routed/bridge.ts';

const price = fc.double({ min: 50, max: 150, noNaN: true });
const fill = fc.record({
  qty: fc.double({ min: 0.1, max: 100, noNaN: true }),
  firstMid: price,
  heardMid: price,
  px: price,
  fee: fc.double({ min: -1, max: 5, noNaN: true }),
});
const position = fc.record({
  direction: fc.constantFrom(-1 as const, 1 as const),
  entryDecision: price,
  exitDecisions: fc.tuple(price, price),
  entries: fc.array(fill, { minLength: 1, maxLength: 4 }),
  /** Where the entered quantity is cut between two exits that were decided at two prices. */
  cut: fc.double({ min: 0.1, max: 0.9, noNaN: true }),
  exits: fc.tuple(fill, fill),
  funding: fc.double({ min: -5, max: 5, noNaN: true }),
  feesExpected: fc.double({ min: 0, max: 5, noNaN: true }),
});
type Position = typeof position extends fc.Arbitrary<infer Value> ? Value : never;

describe('from analytic to routed', () => {
  it('every fill of every trade is explained, whatever the fills were', () => {
    fc.assert(
      fc.property(fc.array(position, { maxLength: 8 }), (positions) => {
        const [entries, exits] = [new FillQuality(), new FillQuality()];
        const trades = positions.map((each) => closedTrade(each, entries, exits));
        const costs = {
          latency: entries.latencyCost + exits.latencyCost,
          queue: entries.queueCost + exits.queueCost,
          spread: entries.spreadCost + exits.spreadCost,
        };
        const { total, ...parts } = routedBridge(trades as Parameters<typeof routedBridge>[0], costs);
        expect(parts.other).toBe(0);
        const sum = Object.values(parts).reduce((all, part) => all + part, 0);
        expect(Math.abs(sum - total)).toBeLessThan(1e-6);
      }),
      { numRuns: 500 },
    );
  });
});

/** The trade that the fills of a position make, its costs told to the account of execution fill by fill. */
function closedTrade(position: Position, entries: FillQuality, exits: FillQuality): TradeDetail {
  const { direction, entryDecision, exitDecisions, funding, feesExpected } = position;
  const qty = sum(position.entries.map((each) => each.qty));
  const exitFills = position.exits.map((each, index) => ({
    ...each,
    qty: index === 0 ? position.cut * qty : qty - position.cut * qty,
    decision: exitDecisions[index] as number,
  }));
  for (const each of position.entries) {
    entries.onCost(direction, each.qty, each.px, entryDecision, each.firstMid, each.heardMid);
  }
  for (const each of exitFills)
    exits.onCost(-direction, each.qty, each.px, each.decision, each.firstMid, each.heardMid);
  const entryNotional = sum(position.entries.map((each) => each.qty * each.px));
  const exitNotional = sum(exitFills.map((each) => each.qty * each.px));
  const feesEntry = sum(position.entries.map((each) => each.fee));
  const feesExit = sum(exitFills.map((each) => each.fee));
  return {
    ...UNUSED,
    direction,
    entry: entryNotional / qty,
    exit: exitNotional / qty,
    notional: entryNotional,
    fees: feesEntry + feesExit,
    feesExpected,
    pnl: direction * (exitNotional - entryNotional) - feesEntry - feesExit - funding,
    routed: {
      qty,
      entryDecision,
      exitDecision: sum(exitFills.map((each) => each.qty * each.decision)) / qty,
      funding,
      feesEntry,
      feesExit,
    },
  };
}

/** What the bridge does not look at. */
const UNUSED = {
  date: '2026-01-05',
  entryTs: '',
  exitTs: '',
  entryBar: 0,
  exitBar: 0,
  asset: 'A',
  assetIndex: 0,
  reason: 'MAX_HOLD',
  leverage: 1,
  bucket: 0,
  capital: 0,
  entryNextBar: 0,
  exitNextBar: 0,
} as const;

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
