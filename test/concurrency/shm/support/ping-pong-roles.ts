import { BarRingConsumer, BarRingProducer } from '../../../../src/shm/bar-ring.ts';
import { isStopRequested, requestStop } from '../../../../src/shm/control.ts';
import { readCounters } from '../../../../src/shm/counters.ts';
import { Doorbell, TIMED_OUT } from '../../../../src/shm/doorbell.ts';
import { IntentRingConsumer, IntentRingProducer } from '../../../../src/shm/record-ring.ts';
import type { Region } from '../../../../src/shm/region.ts';
import { parkWithLateBell, parkWithoutAsking, withDeafBells } from './broken-parts.ts';
import { SeededJitter } from './seeded-jitter.ts';

/*
 *   market data ── bar ring, barData ──► engine
 *       ▲                                  │
 *       └────── intentData, intent ring ◄──┘
 *
 * Both sleep after each frame, so that every frame needs two wake-ups. A streaming producer hides a lost one: its
 * next frame rings again.
 */
const PARK_MS = 60;
/** Longest pause in turns of about a nanosecond: several times what a wake-up takes. */
const JITTER_TURNS = 500_000;

export type PingBug = 'none' | 'rings before it stores';
export type PongBug = 'none' | 'does not ask again' | 'reads the bell late';

/** What one side saw. */
export interface PingPongVerdict {
  rounds: number;
  lostWakes: number;
}

/** Sends a frame, sleeps until the answer came, `rounds` times, or until the other side gave up. */
export function ping(region: Region, rounds: number, seed: number, bug: PingBug): PingPongVerdict {
  const isDeaf = bug === 'rings before it stores';
  const producer = new BarRingProducer(isDeaf ? withDeafBells(region) : region);
  const answers = new IntentRingConsumer(region);
  const [ring, sleep] = [new Doorbell(region, 'barData'), new Doorbell(region, 'intentData')];
  const jitter = new SeededJitter(seed, JITTER_TURNS);
  let round = 0;
  for (; round < rounds && !isStopRequested(region); round++) {
    producer.claim();
    producer.frame.scanNumber = round;
    producer.commit();
    jitter.pause();
    if (isDeaf) {
      ring.ring();
      jitter.pause();
    }
    producer.publish();
    while (!answers.poll() && !isStopRequested(region)) sleep.park(answers.isDataReady, PARK_MS);
    answers.release();
  }
  requestStop(region);
  return { rounds: round, lostWakes: readCounters(region).lostWakes };
}

/** Answers each frame; gives up after the first wake-up that was lost. */
export function pong(region: Region, seed: number, bug: PongBug): PingPongVerdict {
  const frames = new BarRingConsumer(region);
  const answers = new IntentRingProducer(region);
  const sleep = new Doorbell(region, 'barData');
  const jitter = new SeededJitter(seed, JITTER_TURNS);
  let [rounds, lostHere] = [0, 0];
  const isReady = askSlowly(frames, jitter);
  const park = () => {
    if (bug === 'does not ask again') parkWithoutAsking(sleep, isReady, PARK_MS);
    else if (bug === 'reads the bell late') {
      if (parkWithLateBell(region, 'barData', isReady, PARK_MS) === 'lost') lostHere += 1;
    } else sleep.park(isReady, PARK_MS);
  };
  while (!isStopRequested(region) && lostHere + readCounters(region).lostWakes === 0) {
    if (!frames.poll()) {
      jitter.pause();
      park();
      continue;
    }
    frames.release();
    rounds += 1;
    jitter.pause();
    answers.offer();
  }
  requestStop(region);
  return { rounds, lostWakes: lostHere + readCounters(region).lostWakes };
}

/** As {@link pong}, with the wait of a thread that has an event loop. */
export async function pongAsync(region: Region, seed: number): Promise<PingPongVerdict> {
  const frames = new BarRingConsumer(region);
  const answers = new IntentRingProducer(region);
  const sleep = new Doorbell(region, 'barData');
  const jitter = new SeededJitter(seed, JITTER_TURNS);
  const isReady = askSlowly(frames, jitter);
  // waitAsync alone does not keep the event loop alive.
  const handle = setInterval(() => undefined, 1000);
  let rounds = 0;
  while (!isStopRequested(region)) {
    if (!frames.poll()) {
      jitter.pause();
      const outcome = await sleep.parkAsync(isReady, PARK_MS);
      if (outcome === TIMED_OUT && readCounters(region).lostWakes > 0) break;
      continue;
    }
    frames.release();
    rounds += 1;
    jitter.pause();
    answers.offer();
  }
  clearInterval(handle);
  requestStop(region);
  return { rounds, lostWakes: readCounters(region).lostWakes };
}

/** Asks, then pauses before it answers: between answer and sleep lies the window in which a ring may be missed. */
function askSlowly(frames: BarRingConsumer, jitter: SeededJitter): () => boolean {
  return () => {
    const isReady = frames.isDataReady();
    jitter.pause();
    return isReady;
  };
}
