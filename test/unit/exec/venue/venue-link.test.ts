import { describe, expect, test } from 'vitest';
import { ALL_FAULTS, type FaultPlan, NO_FAULTS } from '../../../../src/exec/venue/fault-plan.ts';
import { SELL } from '../../../../src/model/order.ts';
import {
  REJECT_DUPLICATE_ID,
  REJECT_RECV_WINDOW,
  VENUE_ACCEPTED,
  VENUE_CANCEL_REJECTED,
  VENUE_CANCEL_UNKNOWN,
  VENUE_CANCELED,
  VENUE_CONNECTED,
  VENUE_DISCONNECTED,
  VENUE_FILL,
  VENUE_ORDER_NOT_FOUND,
  VENUE_ORDER_STATUS,
  VENUE_REJECTED,
  VENUE_STATUS_CANCELED,
  VENUE_STATUS_FILLED,
  VENUE_STATUS_OPEN,
  VENUE_SUBMIT_UNKNOWN,
  type VenueEvent,
} from '../../../../src/model/venue.ts';
import {
  bar,
  barVenue,
  book,
  bookVenue,
  DAY,
  limit,
  market,
  print,
  reference,
  SECOND,
} from '../../../support/venue-bench.ts';

const faults = (changes: Partial<FaultPlan>): { faults: FaultPlan } => ({ faults: { ...NO_FAULTS, ...changes } });
const always = (meanMs: number): { probability: number; meanMs: number } => ({ probability: 1, meanMs });
/** Runs scenario after scenario with another seed; which outcomes there were. */
function outcomesOf(outcome: (seed: number) => string): Set<string> {
  return new Set(Array.from({ length: 60 }, (_, seed) => outcome(seed)));
}

test('latency: 20 ms in, 30 ms out', () => {
  const { venue, heard } = barVenue({
    latencyIn: { minMs: 20, meanExtraMs: 0 },
    latencyOut: { minMs: 30, meanExtraMs: 0 },
  });
  bar(venue, 0, 100);
  venue.submit(limit(0, 1, { limitPx: 99 }));
  expect(venue.nextDue).toMatchObject({ day: DAY, nsOfDay: 1.02 * SECOND });
  venue.advanceTo(DAY, 1.04 * SECOND);
  expect(heard.events).toEqual([]);
  venue.advanceTo(DAY, 1.05 * SECOND);
  expect(heard.events[0]).toMatchObject({ tsEventNsOfDay: 1.02 * SECOND, tsRecvNsOfDay: 1.05 * SECOND });
  expect(venue.nextDue).toBeUndefined();
});

test('latency is drawn anew each time, above its least, around its mean; nothing overtakes', () => {
  const { venue, heard } = barVenue({
    latencyIn: { minMs: 2, meanExtraMs: 8 },
    latencyOut: { minMs: 0, meanExtraMs: 8 },
  });
  bar(venue, 0, 100);
  for (let seq = 0; seq < 2000; seq++) venue.submit(limit(seq, seq, { limitPx: 99 }));
  venue.advanceTo(DAY, 3000 * SECOND);
  const waysMs = heard.events.map((event, seq) => event.tsEventNsOfDay / 1e6 - seq * 1000);
  expect(Math.min(...waysMs)).toBeGreaterThanOrEqual(2);
  const meanMs = waysMs.reduce((sum, ms) => sum + ms, 0) / waysMs.length;
  expect(meanMs).toBeGreaterThan(9.4); // 10 ± 3.3 standard errors of 8 / sqrt(2000)
  expect(meanMs).toBeLessThan(10.6);
  expect(heard.events.map((event) => event.clientOrderSeq)).toEqual([...Array(2000).keys()]);
});

test('requests sent close together arrive in their order, and their answers too', () => {
  const { venue, heard } = barVenue({
    latencyIn: { minMs: 0, meanExtraMs: 20 },
    latencyOut: { minMs: 0, meanExtraMs: 20 },
  });
  bar(venue, 0, 100);
  for (let seq = 0; seq < 500; seq++) venue.submit(limit(seq, seq / 1000, { limitPx: 99 }));
  venue.advanceTo(DAY, 3000 * SECOND);
  expect(heard.events.map((event) => event.clientOrderSeq)).toEqual([...Array(500).keys()]);
});

test('an order over midnight', () => {
  const { venue, heard } = barVenue({ latencyIn: { minMs: 1000, meanExtraMs: 0 } });
  bar(venue, 86_399, 100);
  venue.submit(limit(0, 86_399.5, { limitPx: 99 }));
  venue.advanceTo(DAY + 1, SECOND);
  expect(heard.events[0]).toMatchObject({ tsEventDay: DAY + 1, tsEventNsOfDay: 0.5 * SECOND });
});

test('requests sent while an event is heard belong to the same advance', () => {
  const { venue, heard } = barVenue({ latencyIn: { minMs: 10, meanExtraMs: 0 } });
  const listen = heard.onVenueEvent.bind(heard);
  heard.onVenueEvent = (event: VenueEvent): void => {
    listen(event);
    if (event.kind === VENUE_ACCEPTED) venue.cancel({ ...reference(0, 0), tsSentNsOfDay: event.tsRecvNsOfDay });
  };
  bar(venue, 0, 100);
  venue.submit(limit(0, 0, { limitPx: 99 }));
  venue.advanceTo(DAY, SECOND);
  expect(heard.events.map((event) => event.tsRecvNsOfDay / 1e6)).toEqual([10, 20]);
});

test('a number that is open is refused; one that has ended is taken, and found by queries', () => {
  const { venue, heard } = barVenue();
  bar(venue, 0, 100);
  venue.submit(limit(0, 0, { limitPx: 99 }));
  venue.submit(limit(0, 0, { limitPx: 98 }));
  venue.cancel(reference(0, 1));
  venue.submit(limit(0, 2, { limitPx: 97 }));
  venue.query(reference(0, 3));
  venue.query(reference(1, 3));
  venue.advanceTo(DAY, 4 * SECOND);
  expect(heard.events.map(({ kind, code }) => [kind, code])).toEqual([
    [VENUE_ACCEPTED, 0],
    [VENUE_REJECTED, REJECT_DUPLICATE_ID],
    [VENUE_CANCELED, 0],
    [VENUE_ACCEPTED, 0],
    [VENUE_ORDER_STATUS, VENUE_STATUS_OPEN],
    [VENUE_ORDER_NOT_FOUND, 0],
  ]);
});

test('a query tells the fills once more, with their numbers, and then the status', () => {
  const { venue, heard } = bookVenue();
  book(
    venue,
    0,
    [[99, 1]],
    [
      [100, 1],
      [101, 1],
    ],
  );
  venue.submit(market(0, 0, { qty: 2 }));
  venue.advanceTo(DAY, SECOND);
  const first = heard.ofKind(VENUE_FILL);
  venue.query(reference(0, 5));
  venue.advanceTo(DAY, 6 * SECOND);
  const again = heard.events.slice(3);
  expect(again.map((event) => event.kind)).toEqual([VENUE_FILL, VENUE_FILL, VENUE_ORDER_STATUS]);
  expect(again.slice(0, 2).map((event) => ({ ...event, tsRecvNsOfDay: 0 }))).toEqual(
    first.map((event) => ({ ...event, tsRecvNsOfDay: 0 })),
  );
  expect(again[2]).toMatchObject({ code: VENUE_STATUS_FILLED, cumQty: 2 });
});

test('open orders and positions can be read for reconciliation', () => {
  const { venue } = barVenue();
  venue.runEpoch = 7;
  bar(venue, 0, 100);
  venue.submit(limit(4, 0, { side: SELL, limitPx: 101, qty: 0.5 }));
  venue.advanceTo(DAY, SECOND);
  const open: VenueEvent[] = [];
  venue.visitOpenOrders((event) => open.push(event));
  expect(open).toMatchObject([{ runEpoch: 7, clientOrderSeq: 4, side: SELL, code: VENUE_STATUS_OPEN, cumQty: 0 }]);
});

describe('faults', () => {
  test('delayed acceptance: a fill overtakes it', () => {
    const { venue, heard } = barVenue(faults({ ackDelay: always(3_600_000) }));
    bar(venue, 0, 100);
    venue.submit(limit(0, 0, { limitPx: 99.9 }));
    bar(venue, 5, 99);
    venue.advanceTo(DAY + 1, 0);
    expect(heard.kinds()).toEqual([VENUE_FILL, VENUE_ACCEPTED]);
  });

  test('fill before acceptance; and an order without a fill is accepted in the end', () => {
    const { venue, heard } = barVenue(faults({ fillBeforeAck: always(60_000) }));
    bar(venue, 0, 100);
    venue.submit(limit(0, 0, { limitPx: 99.9 }));
    venue.submit(limit(1, 0, { limitPx: 90 }));
    bar(venue, 1, 99);
    expect(heard.kinds()).toEqual([VENUE_FILL, VENUE_ACCEPTED]);
    expect(heard.events[1]).toMatchObject({ clientOrderSeq: 0, cumQty: 0, tsEventNsOfDay: 0 });
    venue.advanceTo(DAY, 7200 * SECOND);
    expect(heard.events.slice(2)).toMatchObject([{ kind: VENUE_ACCEPTED, clientOrderSeq: 1 }]);
  });

  test('cancel race: a fill crosses the cancel, and the answer to the cancel may overtake it', () => {
    const outcomes = outcomesOf((seed) => {
      const { venue, heard } = barVenue({ seed, ...faults({ cancelRace: always(2000) }) });
      bar(venue, 0, 100);
      venue.submit(limit(0, 0, { limitPx: 99.9 }));
      venue.cancel(reference(0, 1));
      bar(venue, 2, 99);
      venue.advanceTo(DAY, 3600 * SECOND);
      return heard.kinds().slice(1).join();
    });
    expect(outcomes).toEqual(
      new Set([
        `${VENUE_CANCELED}`,
        `${VENUE_FILL},${VENUE_CANCEL_REJECTED}`,
        `${VENUE_CANCEL_REJECTED},${VENUE_FILL}`,
      ]),
    );
  });

  test('lost answer: unknown after a second; the order is there, is not, or arrives late', () => {
    const outcomes = outcomesOf((seed) => {
      const { venue, heard } = barVenue({ seed, ...faults({ lostResponse: always(50) }) });
      bar(venue, 0, 100);
      venue.submit(limit(0, 0, { limitPx: 99.9 }));
      venue.query(reference(0, 10));
      venue.advanceTo(DAY, 20 * SECOND);
      const unknown = heard.ofKind(VENUE_SUBMIT_UNKNOWN);
      expect(unknown).toMatchObject([{ clientOrderSeq: 0, tsRecvNsOfDay: SECOND }]);
      return heard.kinds().join();
    });
    expect(outcomes).toEqual(
      new Set([
        `${VENUE_SUBMIT_UNKNOWN},${VENUE_ORDER_NOT_FOUND}`,
        `${VENUE_SUBMIT_UNKNOWN},${VENUE_ORDER_STATUS}`,
        `${VENUE_SUBMIT_UNKNOWN},${VENUE_ACCEPTED},${VENUE_ORDER_STATUS}`,
      ]),
    );
  });

  test('lost answer to a cancel: canceled or not, only a query tells', () => {
    const outcomes = outcomesOf((seed) => {
      const { venue, heard } = barVenue({ seed, ...faults({ lostResponse: { probability: 0.5, meanMs: 300 } }) });
      bar(venue, 0, 100);
      venue.submit(limit(0, 0, { limitPx: 99.9 }));
      venue.cancel(reference(0, 5));
      venue.query(reference(0, 20));
      venue.advanceTo(DAY, 30 * SECOND);
      const [status] = heard.ofKind(VENUE_ORDER_STATUS);
      return `${heard.ofKind(VENUE_CANCEL_UNKNOWN).length} ${heard.ofKind(VENUE_CANCELED).length} ${status?.code}`;
    });
    expect(outcomes).toContain(`1 0 ${VENUE_STATUS_CANCELED}`);
    expect(outcomes).toContain(`1 0 ${VENUE_STATUS_OPEN}`);
    expect(outcomes).toContain(`0 1 ${VENUE_STATUS_CANCELED}`);
  });

  test('an order that arrives later than its sender allowed is refused', () => {
    const { venue, heard } = barVenue({ latencyIn: { minMs: 2000, meanExtraMs: 0 } });
    bar(venue, 0, 100);
    venue.submit(limit(0, 0, { limitPx: 99 }));
    venue.advanceTo(DAY, 10 * SECOND);
    expect(heard.events).toMatchObject([{ kind: VENUE_REJECTED, code: REJECT_RECV_WINDOW }]);
  });

  test('a query finds an order only after the lag', () => {
    const { venue, heard } = barVenue(faults({ queryLagMs: 500 }));
    bar(venue, 0, 100);
    venue.submit(limit(0, 1, { limitPx: 99 }));
    venue.query(reference(0, 1.4));
    venue.query(reference(0, 1.5));
    venue.advanceTo(DAY, 10 * SECOND);
    expect(heard.kinds()).toEqual([VENUE_ACCEPTED, VENUE_ORDER_NOT_FOUND, VENUE_ORDER_STATUS]);
  });

  test('duplicates: everything is heard twice, word for word', () => {
    const { venue, heard } = barVenue(faults({ duplicateReport: always(1000) }));
    bar(venue, 0, 100);
    venue.submit(limit(0, 0, { limitPx: 99.9 }));
    bar(venue, 5, 99);
    venue.advanceTo(DAY, 3600 * SECOND);
    expect(heard.ofKind(VENUE_ACCEPTED)).toHaveLength(2);
    const [first, second] = heard.ofKind(VENUE_FILL).map((event) => ({ ...event, tsRecvNsOfDay: 0 }));
    expect(second).toEqual(first);
  });

  test('disconnect with an open order: its fill is heard by nobody, answers still come, the query tells', () => {
    const { venue, heard } = barVenue();
    bar(venue, 0, 100);
    venue.submit(limit(0, 0, { limitPx: 99.9 }));
    venue.advanceTo(DAY, SECOND);
    venue.disconnect(10_000);
    bar(venue, 5, 99);
    venue.submit(limit(1, 6, { limitPx: 90 }));
    venue.advanceTo(DAY, 12 * SECOND);
    venue.query(reference(0, 12));
    venue.advanceTo(DAY, 13 * SECOND);
    expect(heard.kinds()).toEqual([
      VENUE_ACCEPTED,
      VENUE_DISCONNECTED,
      VENUE_ACCEPTED,
      VENUE_CONNECTED,
      VENUE_FILL,
      VENUE_ORDER_STATUS,
    ]);
    expect(heard.ofKind(VENUE_CONNECTED)[0]?.tsRecvNsOfDay).toBe(11 * SECOND);
    expect(venue.lostEvents).toBe(1);
  });

  test('seeded disconnections come and go', () => {
    const { venue, heard } = barVenue(faults({ disconnect: { meanIntervalMs: 60_000, meanDurationMs: 1000 } }));
    bar(venue, 0, 100);
    venue.advanceTo(DAY, 3600 * SECOND);
    const cuts = heard.ofKind(VENUE_DISCONNECTED).length;
    expect(cuts).toBeGreaterThan(30);
    expect(cuts).toBeLessThan(100);
    expect(heard.kinds().filter((kind, i) => kind === heard.kinds()[i - 1])).toEqual([]);
  });

  test('a switch that is on changes no other draw', () => {
    const arrivals = (plan: FaultPlan): number[] => {
      const { venue, heard } = barVenue({ latencyIn: { minMs: 1, meanExtraMs: 9 }, faults: plan });
      bar(venue, 0, 100);
      for (let seq = 0; seq < 50; seq++) venue.submit(limit(seq, seq, { limitPx: 99 }));
      venue.advanceTo(DAY, 3600 * SECOND);
      return heard
        .ofKind(VENUE_ACCEPTED)
        .map((event) => event.tsEventNsOfDay)
        .sort((a, b) => a - b);
    };
    const plain = arrivals(NO_FAULTS);
    expect(arrivals({ ...NO_FAULTS, ackDelay: always(500), fillBeforeAck: { probability: 0, meanMs: 9 } })).toEqual(
      plain,
    );
    expect(arrivals({ ...NO_FAULTS, disconnect: ALL_FAULTS.disconnect })).toEqual(plain);
  });
});

test('a print that comes while nothing is open is only counted', () => {
  const { venue } = bookVenue();
  print(venue, 0, 100, 1);
  expect(venue.counters.prints).toBe(1);
});
