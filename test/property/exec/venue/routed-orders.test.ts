import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExecutionMachine } from '../../../../src/exec/execution-machine.ts';
import { DEFAULT_EXECUTION_SETTINGS } from '../../../../src/exec/execution-settings.ts';
import { advanceTogether, advanceTogetherBefore } from '../../../../src/exec/venue/advance-together.ts';
import { BarVenue } from '../../../../src/exec/venue/bar-venue.ts';
import { ALL_FAULTS, NO_FAULTS } from '../../../../src/exec/venue/fault-plan.ts';
import {
  type ExecutionReport,
  REPORT_FILLED,
  REPORT_INTENT_DONE,
  REPORT_PARTIALLY_FILLED,
} from '../../../../src/model/execution-report.ts';
import { createIntent, INTENT_ENTRY, INTENT_EXIT } from '../../../../src/model/intent.ts';
import { APPROVE_ALL } from '../../../../src/model/order.ts';
import { COIN, DAY, SECOND, venueOptions } from '../../../support/venue-bench.ts';

/** The execution machine on a simulated venue on which everything goes wrong: what must hold all the same. */

const BAR_S = 5;
const LATENCY = { minMs: 2, meanExtraMs: 20 };
const QTY = 0.5;

/** One position: in after `waitBars`, out again `holdBars` after the entry ended. */
const plans = fc.array(
  fc.record({
    waitBars: fc.nat(5),
    holdBars: fc.nat(8),
    direction: fc.constantFrom(-1, 1),
    reason: fc.constantFrom(1, 3),
  }),
  { minLength: 1, maxLength: 6 },
);
const steps = fc.array(fc.constantFrom(-2, -1, 0, 0, 1, 2), { minLength: 200, maxLength: 200 });

function rig(seed: number, faults: typeof ALL_FAULTS) {
  const reports: ExecutionReport[] = [];
  const hearing = {
    onVenueEvent: (event: Parameters<ExecutionMachine['onVenueEvent']>[0]) => machine.onVenueEvent(event),
  };
  const options = venueOptions({ seed, faults, latencyIn: LATENCY, latencyOut: LATENCY });
  const venue = new BarVenue(options, hearing);
  venue.runEpoch = 1;
  const machine: ExecutionMachine = new ExecutionMachine(
    { runEpoch: 1, settings: DEFAULT_EXECUTION_SETTINGS, instruments: [COIN] },
    {
      venue,
      touches: venue,
      check: APPROVE_ALL,
      reports: { report: (report) => reports.push({ ...report }) },
      irregularities: { irregular: () => undefined },
    },
  );
  return { venue, machine, reports };
}

/** Plays the plans one after the other; an hour of quiet bars at the end lets everything settle. */
function play(
  seed: number,
  faults: typeof ALL_FAULTS,
  list: readonly { waitBars: number; holdBars: number; direction: number; reason: number }[],
  moves: readonly number[],
) {
  const { venue, machine, reports } = rig(seed, faults);
  let ticks = 1000;
  let sequence = 0;
  let plan = 0;
  let waited = 0;
  let isOpen = false;
  const done = (): ExecutionReport | undefined =>
    reports.find((report) => report.kind === REPORT_INTENT_DONE && report.intentSequence === sequence - 1);
  for (let at = 0; at < 900; at++) {
    const nsOfDay = at * BAR_S * SECOND;
    ticks += moves[at] ?? (at % 2 === 0 ? 3 : -3);
    advanceTogetherBefore(machine, venue, DAY, nsOfDay);
    venue.onBar(DAY, nsOfDay, Float64Array.of(ticks / 10));
    advanceTogether(machine, venue, DAY, nsOfDay);
    const current = list[plan];
    if (current === undefined || (sequence > 0 && done() === undefined)) continue;
    if (waited++ < (isOpen ? current.holdBars : current.waitBars)) continue;
    waited = 0;
    const filled = isOpen ? (done()?.qtyCum ?? 0) : QTY;
    if (isOpen && filled === 0) {
      isOpen = false;
      plan++;
      continue;
    }
    machine.onIntent({
      ...createIntent(),
      sequence: sequence++,
      kind: isOpen ? INTENT_EXIT : INTENT_ENTRY,
      direction: current.direction,
      reason: isOpen ? current.reason : 0,
      assetIndex: 0,
      tsEventDay: DAY,
      tsEventNsOfDay: nsOfDay,
      price: ticks / 10,
      qty: filled,
      notional: (filled * ticks) / 10,
      leverage: 1,
    });
    if (isOpen) plan++;
    isOpen = !isOpen;
  }
  return { venue, machine, reports, intents: sequence };
}

test.each([
  ['nothing goes wrong', NO_FAULTS],
  ['everything goes wrong', ALL_FAULTS],
])('orders of real intents, while %s: no fill is lost, doubled or too much, and every intent ends', (_, faults) => {
  let fillsSeen = 0;
  fc.assert(
    fc.property(plans, steps, fc.nat(), (list, moves, seed) => {
      const { venue, machine, reports, intents } = play(seed, faults, list, moves);
      const fills = reports.filter(({ kind }) => kind === REPORT_FILLED || kind === REPORT_PARTIALLY_FILLED);
      fillsSeen += fills.length;
      const position = fills.reduce((sum, fill) => sum + fill.side * fill.lastQty, 0);
      expect(venue.positionQty(0)).toBeCloseTo(position, 9);
      expect(fills.reduce((sum, fill) => sum + fill.fee, 0)).toBeCloseTo(venue.account.feesPaid, 9);
      const ends = reports.filter(({ kind }) => kind === REPORT_INTENT_DONE);
      expect(ends.map(({ intentSequence }) => intentSequence)).toEqual([...Array(intents).keys()]);
      for (const end of ends) {
        const own = fills.filter(({ intentSequence }) => intentSequence === end.intentSequence);
        expect(own.reduce((sum, fill) => sum + fill.lastQty, 0)).toBeCloseTo(end.qtyCum, 9);
        expect(end.qtyCum).toBeLessThanOrEqual(QTY);
      }
      expect(machine.isIdle).toBe(true);
      const open: number[] = [];
      venue.visitOpenOrders((event) => open.push(event.clientOrderSeq));
      expect(open).toEqual([]);
    }),
    { numRuns: 300 },
  );
  expect(fillsSeen).toBeGreaterThan(100);
});
