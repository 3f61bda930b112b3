import { isStopRequested, requestStop } from '../../../../src/shm/control.ts';
import { readCounters } from '../../../../src/shm/counters.ts';
import { Doorbell } from '../../../../src/shm/doorbell.ts';
import { EventRingConsumer, EventRingProducer } from '../../../../src/shm/event-ring.ts';
import { INSUFFICIENT_CAPACITY } from '../../../../src/shm/record-ring.ts';
import type { Region } from '../../../../src/shm/region.ts';
import { WatermarkReader, WatermarkWriter } from '../../../../src/shm/watermarks.ts';
import { withDeafBells } from './broken-parts.ts';
import { SeededJitter } from './seeded-jitter.ts';
import type { StreamVerdict } from './streaming-roles.ts';

/*
 *   engine ── event ring, journalData ──► journal
 *       ▲                                    │
 *       └──── watermark, intentData ◄────────┘
 *
 * Each event's payload is as long as its number says, and ends with a checksum over the rest.
 */
const PARK_MS = 100;
const CHECKSUM_BYTES = 4;
const LONGEST = 300;
/** Longest pause in turns of about a nanosecond: a few times what a wake-up takes. */
const JITTER_TURNS = 200_000;

export type EventBug = 'none' | 'shows it before it is written' | 'writes one twice';
export type MarkBug = 'none' | 'rings before it advances';

/** Streams events of 8 to 308 bytes, publishing three at a time. */
export function streamEvents(region: Region, events: number, bug: EventBug): void {
  const ring = new EventRingProducer(region, 'engine');
  for (let i = 0; i < events && !isStopRequested(region); ) {
    const number = bug === 'writes one twice' && i > 0 && i % 101 === 0 ? i - 1 : i;
    const at = ring.claim(1 + (number % 9), lengthOf(number), number + 0.5);
    if (at === INSUFFICIENT_CAPACITY) {
      ring.publish(); // what fills the ring must be seen before it can go
      continue;
    }
    if (bug === 'shows it before it is written') {
      ring.commit();
      ring.publish();
      writeEvent(region, at, number);
    } else {
      writeEvent(region, at, number);
      ring.commit();
      if (i % 3 === 2) ring.publish();
    }
    i += 1;
  }
  ring.publish();
}

/** Judges what {@link streamEvents} sends, asleep on the doorbell while nothing is there, until all came or one was wrong. */
export function judgeEvents(region: Region, events: number, isEarlyRelease = false): StreamVerdict {
  const ring = new EventRingConsumer(region, 'engine');
  const bell = new Doorbell(region, 'journalData');
  const isReady = () => ring.isDataReady();
  const verdict = { whole: 0, torn: 0, lost: 0, doubled: 0 };
  while (verdict.whole < events) {
    while (ring.poll()) {
      if (isEarlyRelease) ring.release();
      const fault = judgeEvent(region, ring, verdict.whole);
      verdict[fault ?? 'whole'] += 1;
      if (fault === undefined) continue;
      requestStop(region);
      return verdict;
    }
    ring.release();
    bell.park(isReady, PARK_MS);
  }
  return verdict;
}

/** The engine's part: sends an event and sleeps until the watermark covers it. */
export function sendAndAwait(region: Region, rounds: number, seed: number) {
  const ring = new EventRingProducer(region, 'engine');
  const mark = new WatermarkReader(region, 'engine', 'written');
  const sleep = new Doorbell(region, 'intentData');
  const jitter = new SeededJitter(seed, JITTER_TURNS);
  let round = 0;
  const isCovered = () => mark.covers(round);
  for (; round < rounds && !isStopRequested(region); round++) {
    ring.claim(1, 8, 0);
    ring.commit();
    jitter.pause();
    ring.publish();
    while (!isCovered() && !isStopRequested(region)) sleep.park(isCovered, PARK_MS);
  }
  requestStop(region);
  return { rounds: round, lostWakes: readCounters(region).lostWakes };
}

/** The journal's part: takes events and announces them, until the other side is done or a wake-up was lost. */
export function advanceMarks(region: Region, seed: number, bug: MarkBug) {
  const ring = new EventRingConsumer(region, 'engine');
  const isEarly = bug === 'rings before it advances';
  const marks = new WatermarkWriter(isEarly ? withDeafBells(region) : region, 'engine');
  const [sleep, early] = [new Doorbell(region, 'journalData'), new Doorbell(region, 'intentData')];
  const jitter = new SeededJitter(seed, JITTER_TURNS);
  const isReady = () => ring.isDataReady() || isStopRequested(region);
  while (!isStopRequested(region) && readCounters(region).lostWakes === 0) {
    if (!ring.poll()) {
      jitter.pause();
      sleep.park(isReady, PARK_MS);
      continue;
    }
    ring.release();
    if (isEarly) early.ring();
    jitter.pause();
    marks.advance(ring.polled, 0);
  }
  requestStop(region);
}

function lengthOf(number: number): number {
  return CHECKSUM_BYTES + ((number * 37) % LONGEST);
}

function writeEvent({ bytes }: Region, at: number, number: number): void {
  const length = lengthOf(number) - CHECKSUM_BYTES;
  let sum = number;
  for (let i = 0; i < length; i++) {
    bytes[at + i] = number + i;
    sum = (Math.imul(sum, 31) + bytes[at + i]!) | 0;
  }
  for (let i = 0; i < CHECKSUM_BYTES; i++) bytes[at + length + i] = sum >>> (8 * i);
}

function judgeEvent(
  { bytes }: Region,
  ring: EventRingConsumer,
  expected: number,
): 'torn' | 'lost' | 'doubled' | undefined {
  const number = ring.stampNs - 0.5;
  const { payloadOffset: at, payloadBytes, kind } = ring;
  if (kind !== 1 + (number % 9) || payloadBytes !== lengthOf(number)) return 'torn';
  const length = payloadBytes - CHECKSUM_BYTES;
  let sum = number;
  for (let i = 0; i < length; i++) sum = (Math.imul(sum, 31) + bytes[at + i]!) | 0;
  for (let i = 0; i < CHECKSUM_BYTES; i++) if (bytes[at + length + i] !== ((sum >>> (8 * i)) & 255)) return 'torn';
  if (number === expected) return undefined;
  return number > expected ? 'lost' : 'doubled';
}
