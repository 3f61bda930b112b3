import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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

const RUNS = 3_000;
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

function live(seed: number): Scene {
  const pick = picker(seed);
  const scene = new Scene();
  const kind = pick(3);
  if (kind === 0) scene.enter();
  else scene.decide(INTENT_EXIT, kind === 1 ? TAKE_PROFIT : RISK);
  for (let i = 0; i < STEPS; i++) step(scene, pick);
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
});
