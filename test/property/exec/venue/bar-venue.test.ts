import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SnapshotReader, SnapshotWriter } from '../../../../src/engine/snapshot-bytes.ts';
import { BarVenue } from '../../../../src/exec/venue/bar-venue.ts';
import { BUY, SELL } from '../../../../src/model/order.ts';
import { VENUE_ACCEPTED, VENUE_CANCELED, VENUE_FILL, type VenueEvent } from '../../../../src/model/venue.ts';
import {
  bar,
  barVenue,
  COIN,
  DAY,
  limit,
  market,
  Recorder,
  reference,
  SECOND,
  venueOptions,
} from '../../../support/venue-bench.ts';

const BAR_S = 5;
const LATENCY = { minMs: 10, meanExtraMs: 2000 };
/** A price per bar, in ticks around 100; 0 = none. */
const prices = fc.array(fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 990, max: 1010 }) }, fc.constant(0)), {
  minLength: 20,
  maxLength: 60,
});
/** All on one side: nothing of ours may trade with ours. */
const orders = fc
  .tuple(
    fc.constantFrom(BUY, SELL),
    fc.array(
      fc.record({
        bar: fc.nat(40),
        isMarket: fc.boolean(),
        ticks: fc.integer({ min: 985, max: 1015 }),
        lifeBars: fc.integer({ min: 1, max: 12 }),
      }),
      { minLength: 1, maxLength: 12 },
    ),
  )
  .map(([side, list]) => list.map((order) => ({ ...order, side })));
interface Sent {
  readonly bar: number;
  readonly side: number;
  readonly isMarket: boolean;
  readonly ticks: number;
  readonly lifeBars: number;
}

/** Plays bars from `from` to `to`; orders leave right after their bar, cancels after their life. */
function play(venue: BarVenue, priceTicks: readonly number[], sent: readonly Sent[], from: number, to: number): void {
  for (let at = from; at < to; at++) {
    bar(venue, at * BAR_S, (priceTicks[at] as number) / 10);
    for (const [seq, order] of sent.entries()) {
      if (order.bar + order.lifeBars === at) venue.cancel(reference(seq, at * BAR_S));
      if (order.bar !== at) continue;
      const fields = { side: order.side, limitPx: order.ticks / 10, qty: (seq + 1) / 1000 };
      venue.submit((order.isMarket ? market : limit)(seq, at * BAR_S, fields));
    }
  }
}

const options = (seed: number) =>
  venueOptions({ seed, latencyIn: LATENCY, recvWindowMs: 1e6, instruments: [{ ...COIN, minNotional: 0 }] });

test('every order fills at the first later bar that trades through it, at its limit, and at no other', () => {
  let [filled, unfilled] = [0, 0];
  fc.assert(
    fc.property(prices, orders, fc.nat(), (priceTicks, sent, seed) => {
      const heard = new Recorder();
      const venue = new BarVenue(options(seed), heard);
      play(venue, priceTicks, sent, 0, priceTicks.length);
      venue.advanceTo(DAY, 1000 * SECOND);
      const acceptedOf = new Map(heard.ofKind(VENUE_ACCEPTED).map((event) => [event.clientOrderSeq, event]));
      for (const [seq, order] of sent.entries()) {
        const accepted = acceptedOf.get(seq);
        const canceled = heard.ofKind(VENUE_CANCELED).find((event) => event.clientOrderSeq === seq);
        const fills = heard.ofKind(VENUE_FILL).filter((event) => event.clientOrderSeq === seq);
        const at = accepted === undefined ? -1 : firstReach(priceTicks, order, accepted, canceled);
        if (at < 0) {
          unfilled++;
          expect(fills).toEqual([]);
          continue;
        }
        filled++;
        const px = (priceTicks[at] as number) / 10;
        const fillPx = order.isMarket ? px * (1 + order.side * 1e-4) : order.ticks / 10;
        expect(fills).toHaveLength(1);
        expect(fills[0]).toMatchObject({ tsEventNsOfDay: at * BAR_S * SECOND, lastQty: (seq + 1) / 1000 });
        expect(fills[0]?.lastPx).toBeCloseTo(fillPx, 9);
        expect(fills[0]?.isMaker).toBe(order.isMarket ? 0 : 1);
      }
    }),
    { numRuns: 150 },
  );
  expect(filled).toBeGreaterThan(300);
  expect(unfilled).toBeGreaterThan(300);
});

/** The plain reference: first bar after the acceptance, and not after the cancel, that reaches the order; -1 = none. */
function firstReach(priceTicks: readonly number[], order: Sent, accepted: VenueEvent, canceled?: VenueEvent): number {
  return priceTicks.findIndex((ticks, at) => {
    const ns = at * BAR_S * SECOND;
    const isAlive = ns > accepted.tsEventNsOfDay && ns <= (canceled?.tsEventNsOfDay ?? Number.POSITIVE_INFINITY);
    const isReached = ticks > 0 && (order.isMarket || (order.ticks - ticks) * order.side > 0);
    return isAlive && isReached;
  });
}

test('a venue that was put into a snapshot goes on as if it had not been', () => {
  fc.assert(
    fc.property(prices, orders, fc.nat(), fc.nat(30), (priceTicks, sent, seed, cut) => {
      const whole = new Recorder();
      const venue = new BarVenue(options(seed), whole);
      const cutAt = Math.min(cut, priceTicks.length);
      play(venue, priceTicks, sent, 0, cutAt);
      const writer = new SnapshotWriter();
      venue.walkState(writer);
      const resumed = new Recorder();
      const other = new BarVenue(options(seed + 1), resumed); // its own draws are replaced
      other.walkState(new SnapshotReader(writer.bytes()));
      const from = whole.events.length;
      for (const each of [venue, other]) {
        play(each, priceTicks, sent, cutAt, priceTicks.length);
        each.advanceTo(DAY, 1000 * SECOND);
      }
      expect(resumed.events).toEqual(whole.events.slice(from));
    }),
    { numRuns: 80 },
  );
});

test('a price that goes nowhere fills no limit, and the venue says so', () => {
  const { venue } = barVenue();
  for (let at = 0; at < 100; at++) {
    bar(venue, at, 100);
    venue.submit(limit(at, at, { limitPx: 100 }));
  }
  bar(venue, 100, 100);
  expect(venue.warnings()[0]).toBe(
    'the simulated venue filled none of 100 resting orders: no price traded through a limit',
  );
});
