import { describe, expect, test } from 'vitest';
import { ExecutionMachine } from '../../src/exec/execution-machine.ts';
import { DEFAULT_EXECUTION_SETTINGS } from '../../src/exec/execution-settings.ts';
import { advanceTogether, advanceTogetherBefore } from '../../src/exec/venue/advance-together.ts';
import { BookVenue } from '../../src/exec/venue/book-venue.ts';
import { ALL_FAULTS, type FaultPlan, NO_FAULTS } from '../../src/exec/venue/fault-plan.ts';
import type { Print } from '../../src/exec/venue/market-data.ts';
import { type ExecutionReport, REPORT_INTENT_DONE } from '../../src/model/execution-report.ts';
import { instrumentFrom } from '../../src/model/instrument.ts';
import { createIntent, INTENT_ENTRY, INTENT_EXIT } from '../../src/model/intent.ts';
import { APPROVE_ALL } from '../../src/model/order.ts';
import type { VenueEvent } from '../../src/model/venue.ts';
import { sharedDataOrSkip } from '../support/shared-data.ts';
import { SECOND, venueOptions } from '../support/venue-bench.ts';
import { type CapturedEvent, capturedEvents } from '../support/ws-capture.ts';

/** The execution machine on the simulated venue on a real book: in at the touch, out again, for as long as it lasts. */

const CAPTURES = sharedDataOrSkip('data/ws-captures/hftbacktest');
const QTY = 0.05;
const BTC = instrumentFrom(
  'BTCUSDT',
  { symbol: 'BTCUSDT', tickPx: 0.1, lotQty: 0.001, minNotional: 50, halfSpreadBps: Number.NaN },
  1,
);

function play(events: readonly CapturedEvent[], faults: FaultPlan, seed: number) {
  const ends: ExecutionReport[] = [];
  const ear = { onVenueEvent: (event: VenueEvent) => machine.onVenueEvent(event) };
  const latency = { minMs: 2, meanExtraMs: 8 };
  const venue = new BookVenue(
    venueOptions({ instruments: [BTC], seed, faults, latencyIn: latency, latencyOut: latency }),
    ear,
  );
  venue.runEpoch = 1;
  const machine: ExecutionMachine = new ExecutionMachine(
    { runEpoch: 1, settings: DEFAULT_EXECUTION_SETTINGS, instruments: [BTC] },
    {
      venue,
      touches: venue,
      check: APPROVE_ALL,
      reports: { report: (report) => report.kind === REPORT_INTENT_DONE && ends.push({ ...report }) },
      irregularities: { irregular: () => undefined },
    },
  );
  let [sequence, day, lastNs] = [0, 0, 0];
  for (const { update, top, print } of events) {
    const { tsEventDay, tsEventNsOfDay } = (update ?? top ?? print) as Print;
    day = tsEventDay;
    advanceTogetherBefore(machine, venue, day, tsEventNsOfDay);
    if (update !== undefined) venue.onBook(update);
    else if (top !== undefined) venue.onTop(top);
    else venue.onPrint(print as Print);
    advanceTogether(machine, venue, day, tsEventNsOfDay);
    const isDecision = print === undefined && machine.isIdle && tsEventNsOfDay - lastNs >= SECOND;
    if (!isDecision) continue;
    lastNs = tsEventNsOfDay;
    const touch = { bidPx: 0, askPx: 0 };
    venue.readInto(touch, 0);
    const position = venue.positionQty(0);
    machine.onIntent({
      ...createIntent(),
      ...{ sequence, assetIndex: 0, leverage: 1, tsEventDay: day, tsEventNsOfDay },
      ...{ price: (touch.bidPx + touch.askPx) / 2, qty: position === 0 ? QTY : Math.abs(position) },
      kind: position === 0 ? INTENT_ENTRY : INTENT_EXIT,
      direction: position === 0 ? (sequence % 4 === 0 ? 1 : -1) : Math.sign(position),
      reason: position === 0 ? 0 : 1, // TAKE_PROFIT: the exit that begins with a limit
    });
    sequence++;
  }
  advanceTogether(machine, venue, day + 1, 0);
  return { venue, machine, ends, sequence };
}

describe.skipIf(CAPTURES === null)('intents routed over a recorded book', () => {
  const events = CAPTURES === null ? [] : capturedEvents(`${CAPTURES}/usdm_btcusdt_20240808.gz`);

  test.each([
    ['without a fault', NO_FAULTS],
    ['with every fault', ALL_FAULTS],
  ])('%s they end, one after the other, with makers and takers among them', (name, faults) => {
    const { venue, machine, ends, sequence } = play(events, faults, 42);
    const { entries, exits } = machine.metrics;
    const { makerShare, slippageMeanBps, timeToFillMeanMs } = entries;
    console.log(
      `${name}: ${sequence} intents, ${entries.filled} entries filled, maker share ${makerShare.toFixed(2)}, ` +
        `slippage ${slippageMeanBps.toFixed(3)} bps, time to fill ${timeToFillMeanMs.toFixed(0)} ms`,
    );
    expect(ends.map((end) => end.intentSequence).slice(0, sequence - 1)).toEqual([...Array(sequence - 1).keys()]);
    expect(sequence).toBeGreaterThan(20);
    expect(makerShare).toBeGreaterThan(0.3);
    expect(makerShare).toBeLessThan(1);
    expect(Math.abs(venue.positionQty(0))).toBeLessThanOrEqual(QTY);
    expect(entries.fees + exits.fees).toBeCloseTo(venue.account.feesPaid, 6);
  });

  test('the seed decides', () => {
    const summary = (seed: number): string => {
      const { venue, ends } = play(events, ALL_FAULTS, seed);
      return JSON.stringify([ends, venue.account.cashFromFills, venue.account.feesPaid]);
    };
    expect(summary(1)).toBe(summary(1));
    expect(summary(1)).not.toBe(summary(2));
  });
});
