import { BarRingObserver } from '../../../../src/shm/bar-observer.ts';
import { BarRingConsumer, BarRingProducer } from '../../../../src/shm/bar-ring.ts';
import { isStopRequested, requestStop } from '../../../../src/shm/control.ts';
import { Doorbell } from '../../../../src/shm/doorbell.ts';
import { IntentRingConsumer, IntentRingProducer } from '../../../../src/shm/record-ring.ts';
import type { Region } from '../../../../src/shm/region.ts';
import { TickRingConsumer, TickRingProducer } from '../../../../src/shm/tick-ring.ts';
import { UngatedProducer, withoutClaims } from './broken-parts.ts';
import { judgePattern, writePattern } from './frame-pattern.ts';

/** Counts of what a reader saw; all but `whole` must be 0. */
export interface StreamVerdict {
  whole: number;
  torn: number;
  lost: number;
  doubled: number;
}

const PARK_MS = 100;

/** Streams frames and waits for room when the ring is full, publishing `batch` at a time. */
export function streamFrames(
  region: Region,
  frames: number,
  batch: number,
  producer = new BarRingProducer(region),
): void {
  const space = new Doorbell(region, 'barSpace');
  for (let sequence = 0; sequence < frames && !isStopRequested(region); sequence++) {
    while (!producer.claim()) {
      producer.publish();
      space.park(producer.isSpaceReady, PARK_MS);
      if (isStopRequested(region)) return;
    }
    writePattern(producer.frame, sequence);
    producer.commit();
    if (sequence % batch === batch - 1) producer.publish();
  }
  producer.publish();
}

/** Never looks whether the engine has released. */
export function streamUngated(region: Region, frames: number): void {
  streamFrames(region, frames, 1, new UngatedProducer(region));
}

/** Shows each frame before it is written. */
export function streamEarly(region: Region, frames: number): void {
  const producer = new BarRingProducer(region);
  const space = new Doorbell(region, 'barSpace');
  for (let sequence = 0; sequence < frames && !isStopRequested(region); sequence++) {
    while (!producer.claim()) {
      space.park(producer.isSpaceReady, PARK_MS);
      if (isStopRequested(region)) return;
    }
    producer.frame.scanNumber = sequence;
    producer.commit();
    producer.publish();
    writePattern(producer.frame, sequence);
  }
}

/** Writes every seventeenth frame twice. */
export function streamDoubled(region: Region, frames: number): void {
  const producer = new BarRingProducer(region);
  for (let sequence = 0; sequence < frames && !isStopRequested(region); ) {
    if (!producer.claim()) continue;
    writePattern(producer.frame, sequence - (sequence > 0 && sequence % 17 === 0 ? 1 : 0));
    producer.commit();
    producer.publish();
    sequence += 1;
  }
}

/** Reads frames in place until all came, or one was wrong: a broken producer need not be followed further. */
export function judgeFrames(region: Region, frames: number, isEarlyRelease = false): StreamVerdict {
  const consumer = new BarRingConsumer(region);
  const data = new Doorbell(region, 'barData');
  const verdict = { whole: 0, torn: 0, lost: 0, doubled: 0 };
  while (verdict.whole < frames) {
    while (consumer.poll()) {
      if (isEarlyRelease) consumer.release();
      const fault = judgePattern(consumer.frame, verdict.whole);
      verdict[fault ?? 'whole'] += 1;
      if (fault !== undefined) {
        requestStop(region);
        return verdict;
      }
    }
    consumer.release();
    data.park(consumer.isDataReady, PARK_MS);
  }
  return verdict;
}

/** Producer and gating consumer in one thread, as fast as they go, until an observer elsewhere asks to stop. */
export function churnFrames(region: Region): void {
  const producer = new BarRingProducer(region);
  const consumer = new BarRingConsumer(region);
  for (let sequence = 0; !isStopRequested(region); sequence++) {
    producer.claim();
    writePattern(producer.frame, sequence);
    producer.commit();
    producer.publish();
    consumer.poll();
    consumer.release();
  }
}

/** Observes `frames` frames of a churning ring; torn ones, and ones out of order. */
export function observeFrames(region: Region, frames: number, isTrusting: boolean): StreamVerdict & { lapped: number } {
  const observer = new BarRingObserver(isTrusting ? withoutClaims(region) : region);
  const verdict = { whole: 0, torn: 0, lost: 0, doubled: 0 };
  let last = -1;
  while (verdict.whole < frames && verdict.torn === 0) {
    if (!observer.poll()) continue;
    const { scanNumber } = observer.frame;
    const fault = judgePattern(observer.frame, scanNumber);
    if (fault !== undefined || observer.frame.sequence !== scanNumber) verdict.torn += 1;
    else if (scanNumber <= last) verdict.doubled += 1;
    else verdict.whole += 1;
    last = scanNumber;
  }
  requestStop(region);
  return { ...verdict, lapped: observer.lapped };
}

/** Streams records whose fields all tell their number. */
export function streamIntents(region: Region, frames: number): void {
  const producer = new IntentRingProducer(region);
  for (let i = 0; i < frames; ) {
    producer.record.sequence = i;
    producer.record.price = i + 0.25;
    producer.record.lifetimeBar = -i;
    if (producer.offer() >= 0) i += 1;
  }
}

/** Judges what {@link streamIntents} sent. */
export function judgeIntents(region: Region, frames: number): StreamVerdict {
  const consumer = new IntentRingConsumer(region);
  const verdict = { whole: 0, torn: 0, lost: 0, doubled: 0 };
  while (verdict.whole < frames) {
    if (!consumer.poll()) continue;
    const { sequence, price, lifetimeBar } = consumer.record;
    if (price !== sequence + 0.25 || lifetimeBar !== -sequence) verdict.torn += 1;
    if (sequence > verdict.whole) verdict.lost += 1;
    if (sequence < verdict.whole) verdict.doubled += 1;
    verdict.whole += 1;
    consumer.release();
  }
  return verdict;
}

/** Streams tick records of 0 to 40 values. */
export function streamTicks(region: Region, frames: number): void {
  const producer = new TickRingProducer(region);
  const { record } = producer;
  for (let i = 0; i < frames; ) {
    record.kind = 1 + (i % 5);
    record.valueCount = (i * 7) % 41;
    for (let k = 0; k < record.valueCount; k++) record.values[k] = i + k / 64;
    if (producer.offer() >= 0) i += 1;
  }
}

/** Judges what {@link streamTicks} sent. */
export function judgeTicks(region: Region, frames: number): StreamVerdict {
  const consumer = new TickRingConsumer(region);
  const verdict = { whole: 0, torn: 0, lost: 0, doubled: 0 };
  while (verdict.whole < frames) {
    if (!consumer.poll()) continue;
    const { sequence, kind, valueCount, values } = consumer.record;
    let isWhole = kind === 1 + (sequence % 5) && valueCount === (sequence * 7) % 41;
    for (let k = 0; k < valueCount; k++) isWhole &&= values[k] === sequence + k / 64;
    if (!isWhole) verdict.torn += 1;
    if (sequence > verdict.whole) verdict.lost += 1;
    if (sequence < verdict.whole) verdict.doubled += 1;
    verdict.whole += 1;
    consumer.release();
  }
  return verdict;
}
