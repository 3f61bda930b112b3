import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SnapshotReader, SnapshotWriter } from '../../../src/engine/snapshot-bytes.ts';
import { RISK, TAKE_PROFIT } from '../../../src/model/exit-reason.ts';
import { INTENT_CANCEL_ENTRY, INTENT_EXIT, INTENT_HASTEN_EXIT } from '../../../src/model/intent.ts';
import {
  createVenueEvent,
  VENUE_CANCEL_UNKNOWN,
  VENUE_CONNECTED,
  VENUE_DISCONNECTED,
  VENUE_SUBMIT_UNKNOWN,
} from '../../../src/model/venue.ts';
import { DAY, isTradable, RUN_EPOCH, Scene } from './world.ts';

const RUNS = 100_000;
const SPLIT_RUNS = 500;
const STEPS = 40;

/** Small, seeded, and good enough to pick among a dozen choices (xorshift32). */
function picker(seed: number): (below: number) => number {
  let state = seed | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Something that is no statement of the matching engine: lost answers, a lost stream, orders that are not ours. */
function disturb(scene: Scene, pick: (below: number) => number): void {
  const event = createVenueEvent();
  const { orders } = scene.world;
  event.kind = [VENUE_SUBMIT_UNKNOWN, VENUE_CANCEL_UNKNOWN, VENUE_DISCONNECTED, VENUE_CONNECTED, 99][pick(5)]!;
  event.runEpoch = pick(4) === 0 ? RUN_EPOCH - 1 : RUN_EPOCH;
  event.clientOrderSeq = pick(4) === 0 ? pick(500) : (orders[pick(Math.max(1, orders.length))]?.seq ?? -1);
  event.tsEventDay = DAY;
  event.tsEventNsOfDay = scene.world.nowNs;
  scene.hand(event);
}

function step(scene: Scene, pick: (below: number) => number): void {
  const { orders, requests, messages } = scene.world;
  const order = orders.length === 0 ? undefined : orders[pick(orders.length)]!;
  switch (pick(16)) {
    case 0:
    case 1:
    case 2:
      if (order?.status === 'underWay') scene.arrive(order, pick(4) === 0);
      break;
    case 3:
    case 4:
      if (order !== undefined && isTradable(order)) scene.trade(order, 1 + pick(order.lots - order.filledLots));
      break;
    case 5:
    case 6:
      if (requests.length > 0) scene.answer(pick(requests.length));
      break;
    case 7:
    case 8:
    case 9:
      if (messages.length > 0) scene.deliver(pick(messages.length));
      break;
    case 10:
      if (messages.length > 0) scene.deliverCopy(pick(messages.length));
      break;
    case 11:
      if (messages.length > 0) scene.drop(pick(messages.length));
      break;
    case 12:
      scene.advance(pick(3_000) * 1e6);
      break;
    case 13:
      scene.advanceToTimer();
      break;
    case 14:
      disturb(scene, pick);
      break;
    default:
      if (order !== undefined && pick(3) === 0 && order.status === 'live') scene.cancelAtVenue(order);
      else if (pick(4) === 0) scene.decide(pick(2) === 0 ? INTENT_CANCEL_ENTRY : INTENT_HASTEN_EXIT, RISK);
  }
}

function bytesOf(scene: Scene): Uint8Array {
  const writer = new SnapshotWriter();
  scene.machine.walkState(writer);
  return writer.bytes();
}

/** Another machine in the same state before the same world. It has a past of its own, which must not show. */
function successor(scene: Scene): Scene {
  const other = live(scene.world.nowNs % 1000);
  other.machine.walkState(new SnapshotReader(bytesOf(scene)));
  other.world = structuredClone(scene.world);
  return other;
}

/** @param splitAt - step before which the machine is replaced by another one in its state; beyond the last for none. */
function live(seed: number, splitAt = STEPS): Scene {
  const pick = picker(seed);
  let scene = new Scene();
  const kind = pick(3);
  if (kind === 0) scene.enter();
  else scene.decide(INTENT_EXIT, kind === 1 ? TAKE_PROFIT : RISK);
  for (let i = 0; i < STEPS; i++) {
    if (i === splitAt) scene = successor(scene);
    step(scene, pick);
  }
  scene.hand({ ...createVenueEvent(), kind: VENUE_CONNECTED });
  scene.calmDown();
  return scene;
}

describe('random orders of events', () => {
  it(`never fill more than Q, conserve every fill, and end every intent (${RUNS} runs)`, { timeout: 300_000 }, () => {
    let [fills, fallbacks, rejects, unknown, duplicates] = [0, 0, 0, 0, 0];
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { machine, world } = live(seed);
        fills += world.trades;
        fallbacks += machine.metrics.get('fallbacks');
        rejects += machine.metrics.get('rejects');
        unknown += machine.metrics.get('unknown_outcomes');
        duplicates += machine.irregularities.counts[1]!;
      }),
      { numRuns: RUNS },
    );
    console.log(
      `random event orders: ${RUNS} runs, ${fills} trades, ${fallbacks} fallbacks, ${rejects} rejects, ` +
        `${unknown} unknown outcomes, ${duplicates} duplicate fills; none above Q`,
    );
    // A test in which nothing goes wrong would prove nothing.
    expect(Math.min(fills, fallbacks, rejects, unknown, duplicates)).toBeGreaterThan(RUNS / 100);
  });

  it('go on from a snapshot at any point as if nothing had been', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat({ max: STEPS - 1 }), (seed, splitAt) => {
        const [whole, split] = [live(seed), live(seed, splitAt)];
        expect(bytesOf(split)).toEqual(bytesOf(whole));
        expect(split.world).toEqual(whole.world);
      }),
      { numRuns: SPLIT_RUNS },
    );
  });
});
