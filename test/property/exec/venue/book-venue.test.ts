import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SnapshotReader, SnapshotWriter } from '../../../../src/engine/snapshot-bytes.ts';
import { BookVenue } from '../../../../src/exec/venue/book-venue.ts';
import { ALL_FAULTS, NO_FAULTS } from '../../../../src/exec/venue/fault-plan.ts';
import type { VenueOptions } from '../../../../src/exec/venue/simulated-venue.ts';
import { BUY } from '../../../../src/model/order.ts';
import {
  type Touch,
  VENUE_ACCEPTED,
  VENUE_CANCELED,
  VENUE_EXPIRED,
  VENUE_FILL,
  VENUE_FUNDING,
  VENUE_ORDER_STATUS,
  VENUE_REJECTED,
  VENUE_STATUS_CANCELED,
  VENUE_STATUS_EXPIRED,
  VENUE_STATUS_FILLED,
  type VenueEvent,
} from '../../../../src/model/venue.ts';
import { DAY, Recorder, reference, SECOND, venueOptions } from '../../../support/venue-bench.ts';
import { type Action, actions, Player } from './venue-actions.ts';

/** A venue whose queues and quotes can be looked at. */
class WatchedVenue extends BookVenue {
  /** Size ahead of each open order, by its number. */
  aheadLots(): Map<number, number> {
    return new Map(this.life.openOrders(0).map((order) => [order.clientOrderSeq, order.aheadLots]));
  }

  quote(): Touch {
    const out = { bidPx: Number.NaN, askPx: Number.NaN };
    this.quoteInto(out, 0);
    return out;
  }
}

interface Played {
  readonly venue: WatchedVenue;
  readonly heard: Recorder;
  readonly player: Player;
}

const LATENCY = { minMs: 1, meanExtraMs: 30 };
const seeds = fc.integer({ min: 0, max: 1e9 });
const runs = fc.tuple(actions, seeds, fc.constantFrom(NO_FAULTS, ALL_FAULTS));

function newVenue(options: VenueOptions): Played {
  const heard = new Recorder();
  const venue = new WatchedVenue(options, heard);
  return { venue, heard, player: new Player(venue) };
}

function optionsOf(seed: number, faults: VenueOptions['faults']): VenueOptions {
  return venueOptions({ seed, faults, latencyIn: LATENCY, latencyOut: LATENCY, touchMaxAgeMs: 1e9 });
}

/** Waits for what is on its way, and then asks for every order. */
function settle({ venue, heard, player }: Played): VenueEvent[] {
  venue.advanceTo(DAY, 10_000 * SECOND);
  const from = heard.events.length;
  for (let seq = 0; seq < player.sent; seq++) venue.query(reference(seq, 10_000));
  venue.advanceTo(DAY, 20_000 * SECOND);
  return heard.events.slice(from);
}

/** Events by number of the trade or settlement: each counts once. */
function onceEach(events: readonly VenueEvent[], kind: number): VenueEvent[] {
  return [...new Map(events.filter((event) => event.kind === kind).map((event) => [event.tradeId, event])).values()];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

test('size and cash are conserved, whatever goes wrong on the way', () => {
  let fillsSeen = 0;
  fc.assert(
    fc.property(runs, ([list, seed, faults]) => {
      const played = newVenue(optionsOf(seed, faults));
      for (const action of list) played.player.play(action);
      const answers = settle(played);
      const { venue, heard } = played;
      const fills = onceEach(heard.events, VENUE_FILL);
      fillsSeen += fills.length;
      expect(venue.positionQty(0)).toBeCloseTo(sum(fills.map((fill) => fill.side * fill.lastQty)), 9);
      expect(venue.account.cashFromFills).toBeCloseTo(
        sum(fills.map((fill) => -fill.side * fill.lastPx * fill.lastQty)),
        6,
      );
      expect(venue.account.feesPaid).toBeCloseTo(sum(fills.map((fill) => fill.fee)), 9);
      if (venue.lostEvents === 0) {
        const funding = onceEach(heard.events, VENUE_FUNDING).map((event) => event.fee);
        expect(venue.account.fundingPaid).toBeCloseTo(sum(funding), 9);
      }
      for (const status of answers.filter((event) => event.kind === VENUE_ORDER_STATUS)) {
        const own = fills.filter((fill) => fill.clientOrderSeq === status.clientOrderSeq);
        expect(status.cumQty).toBeCloseTo(sum(own.map((fill) => fill.lastQty)), 9);
      }
      return true;
    }),
    { numRuns: 150 },
  );
  expect(fillsSeen).toBeGreaterThan(400);
});

test('no order is filled beyond its size, after its end, at a price better than there was, or worse than its limit', () => {
  let [makers, takers] = [0, 0];
  fc.assert(
    fc.property(runs, ([list, seed, faults]) => {
      const { quotes, played, orders } = playWatched(list, seed, faults);
      settle(played);
      const events = played.heard.events;
      for (const fill of onceEach(events, VENUE_FILL)) {
        const order = orders[fill.clientOrderSeq] as Extract<Action, { does: 'limit' | 'market' }>;
        const { bidPx, askPx } = quoteAt(quotes, fill);
        expect(fill.cumQty).toBeLessThanOrEqual(order.qty);
        expect(Number.isInteger(Math.round(fill.lastQty * 1e6) / 1e3), 'whole lots').toBe(true);
        if (order.does === 'limit') {
          expect([fill.lastPx, fill.isMaker], 'a maker gets its limit').toEqual([order.px, 1]);
          makers++;
        } else {
          expect(fill.isMaker).toBe(0);
          if (order.side === BUY) expect(fill.lastPx).toBeGreaterThanOrEqual(askPx);
          else expect(fill.lastPx).toBeLessThanOrEqual(bidPx);
          takers++;
        }
      }
      for (const end of events.filter(isEnd)) {
        const filled = onceEach(events, VENUE_FILL).filter((fill) => fill.clientOrderSeq === end.clientOrderSeq);
        expect(end.cumQty).toBeCloseTo(sum(filled.map((fill) => fill.lastQty)), 9);
      }
    }),
    { numRuns: 150 },
  );
  expect(makers).toBeGreaterThan(100);
  expect(takers).toBeGreaterThan(100);
});

test('what is accepted passes the filters and does not cross; what is rejected has no fill', () => {
  let [accepted, rejected] = [0, 0];
  fc.assert(
    fc.property(actions, seeds, (list, seed) => {
      // Without market orders the quote is the data's: ours would use up what others still see.
      const quiet = list.filter((action) => action.does !== 'market');
      const { quotes, played, orders } = playWatched(quiet, seed, NO_FAULTS);
      settle(played);
      const { events } = played.heard;
      for (const ack of events.filter((event) => event.kind === VENUE_ACCEPTED)) {
        accepted++;
        const order = orders[ack.clientOrderSeq] as Extract<Action, { does: 'limit' }>;
        const { bidPx, askPx } = quoteAt(quotes, ack);
        expect(Math.abs(order.qty * 1000 - Math.round(order.qty * 1000))).toBeLessThan(1e-9);
        expect(Math.abs(order.px * 10 - Math.round(order.px * 10))).toBeLessThan(1e-9);
        if (!order.isReduceOnly) expect(order.px * order.qty).toBeGreaterThanOrEqual(5);
        if (order.side === BUY && !Number.isNaN(askPx)) expect(order.px).toBeLessThan(askPx);
        if (order.side !== BUY && !Number.isNaN(bidPx)) expect(order.px).toBeGreaterThan(bidPx);
      }
      for (const { clientOrderSeq } of events.filter((event) => event.kind === VENUE_REJECTED)) {
        rejected++;
        expect(events.filter((event) => event.clientOrderSeq === clientOrderSeq && event.kind === VENUE_FILL)).toEqual(
          [],
        );
      }
    }),
    { numRuns: 150 },
  );
  expect(accepted).toBeGreaterThan(400);
  expect(rejected).toBeGreaterThan(400);
});

test('nobody steps in front of an order that queues', () => {
  let queued = 0;
  fc.assert(
    fc.property(actions, seeds, (list, seed) => {
      const { venue, player } = newVenue(optionsOf(seed, NO_FAULTS));
      let before = venue.aheadLots();
      for (const action of list) {
        player.play(action);
        const after = venue.aheadLots();
        for (const [seq, ahead] of after) {
          if (!before.has(seq)) continue;
          queued++;
          expect(ahead).toBeLessThanOrEqual(before.get(seq) as number);
        }
        before = after;
      }
    }),
    { numRuns: 120 },
  );
  expect(queued).toBeGreaterThan(1000);
});

test('the seed decides, and nothing else', () => {
  let differing = 0;
  fc.assert(
    fc.property(actions, seeds, (list, seed) => {
      const eventsOf = (withSeed: number): VenueEvent[] => {
        const played = newVenue(optionsOf(withSeed, ALL_FAULTS));
        for (const action of list) played.player.play(action);
        settle(played);
        return played.heard.events;
      };
      const first = eventsOf(seed);
      expect(eventsOf(seed)).toEqual(first);
      if (JSON.stringify(eventsOf(seed + 1)) !== JSON.stringify(first)) differing++;
    }),
    { numRuns: 60 },
  );
  expect(differing).toBeGreaterThan(40);
});

test('a venue that was put into a snapshot goes on as if it had not been', () => {
  fc.assert(
    fc.property(runs, fc.nat(80), ([list, seed, faults], cutAt) => {
      const options = optionsOf(seed, faults);
      const whole = newVenue(options);
      for (const action of list.slice(0, cutAt)) whole.player.play(action);
      const resumed = newVenue(options);
      resumed.venue.walkState(new SnapshotReader(bytesOf(whole.venue)));
      expect(bytesOf(resumed.venue)).toEqual(bytesOf(whole.venue));
      Object.assign(resumed.player, { seconds: whole.player.seconds, sent: whole.player.sent });
      const from = whole.heard.events.length;
      const untouched = newVenue(options);
      for (const action of list.slice(0, cutAt)) untouched.player.play(action);
      for (const played of [whole, resumed, untouched]) {
        for (const action of list.slice(cutAt)) played.player.play(action);
        settle(played);
      }
      expect(untouched.heard.events).toEqual(whole.heard.events);
      expect(resumed.heard.events).toEqual(whole.heard.events.slice(from));
      expect(bytesOf(resumed.venue)).toEqual(bytesOf(whole.venue));
    }),
    { numRuns: 120 },
  );
});

/** Times of the day, ns, at which the quote was looked at, and what it was. */
type Quotes = [number, Touch][];

function playWatched(list: readonly Action[], seed: number, faults: VenueOptions['faults']) {
  const played = newVenue(optionsOf(seed, faults));
  const quotes: Quotes = [[0, { bidPx: Number.NaN, askPx: Number.NaN }]];
  for (const action of list) {
    played.player.play(action);
    const isData = action.does === 'book' || action.does === 'change';
    if (isData) quotes.push([played.player.seconds * SECOND, played.venue.quote()]);
  }
  return { played, quotes, orders: list.filter((action) => action.does === 'limit' || action.does === 'market') };
}

/** The last quote before an event that did not happen at the instant of data. */
function quoteAt(quotes: Quotes, { tsEventNsOfDay }: VenueEvent): Touch {
  return (quotes.findLast(([ns]) => ns <= tsEventNsOfDay) as [number, Touch])[1];
}

function isEnd({ kind, code }: VenueEvent): boolean {
  if (kind === VENUE_CANCELED || kind === VENUE_EXPIRED) return true;
  const ended = [VENUE_STATUS_CANCELED, VENUE_STATUS_EXPIRED, VENUE_STATUS_FILLED];
  return kind === VENUE_ORDER_STATUS && ended.includes(code);
}

function bytesOf(venue: BookVenue): Uint8Array {
  const writer = new SnapshotWriter();
  venue.walkState(writer);
  return writer.bytes();
}
