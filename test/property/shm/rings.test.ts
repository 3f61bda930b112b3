import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BarRingObserver } from '../../../src/shm/bar-observer.ts';
import { BarRingConsumer, BarRingProducer } from '../../../src/shm/bar-ring.ts';
import { DEFAULT_SLOTS, headOffset, type RingName, tailOffset, wordIndex } from '../../../src/shm/layout.ts';
import { INSUFFICIENT_CAPACITY, IntentRingConsumer, IntentRingProducer } from '../../../src/shm/record-ring.ts';
import { createRegion, type Region } from '../../../src/shm/region.ts';
import { maxTickValues, TickRingConsumer, TickRingProducer } from '../../../src/shm/tick-ring.ts';

const TICK_BYTES = 1024;
/** Enough that every start meets a ring drained and filled right at its wrap. */
const RUNS = { numRuns: 400 };

/** A region whose ring stands at `start`, so that wraps of the slots and of Int32 are reached in a few steps. */
function regionAt(ring: RingName, slots: number, start: number): Region {
  const region = createRegion({
    ...DEFAULT_SLOTS,
    assets: 2,
    hasAssetSignals: true,
    barSlots: slots,
    intentSlots: slots,
    tickBytes: TICK_BYTES,
  });
  region.words[wordIndex(tailOffset(region.layout, ring))] = start;
  region.words[wordIndex(headOffset(region.layout, ring))] = start;
  region.words[wordIndex(region.layout.barClaim)] = start;
  return region;
}

const slotCounts = fc.constantFrom(2, 4, 8);
const starts = fc.constantFrom(0, 2 ** 31 - 3, -3, -(2 ** 31));
/** Steps of both sides in any order; the number is how often in a row. */
const steps = (names: readonly string[]) =>
  fc.array(fc.tuple(fc.constantFrom(...names), fc.integer({ min: 1, max: 6 })), { maxLength: 60 });

describe('a ring is an array queue', () => {
  it('bar ring: claim, commit, publish, poll, release', () => {
    fc.assert(
      fc.property(slotCounts, starts, steps(['write', 'publish', 'poll', 'release']), (slots, start, run) => {
        const region = regionAt('bar', slots, start);
        const [producer, consumer] = [new BarRingProducer(region), new BarRingConsumer(region)];
        const committed: number[] = []; // not yet visible
        const queue: number[] = []; // visible, not yet polled
        let [written, polled, held] = [0, 0, 0]; // held: polled, not released
        const step: Record<string, () => void> = {
          write() {
            const isFull = committed.length + queue.length + held === slots;
            expect(producer.claim()).toBe(!isFull);
            expect(producer.freeSlots()).toBe(slots - committed.length - queue.length - held);
            if (isFull) return;
            producer.frame.payload.fill(written);
            producer.frame.assetVelDivs.fill(-written);
            producer.frame.scanNumber = written;
            producer.commit();
            committed.push(written++);
          },
          publish() {
            producer.publish();
            queue.push(...committed.splice(0));
            expect(producer.published).toBe(written);
          },
          poll() {
            expect(consumer.available()).toBe(queue.length);
            expect(consumer.isDataReady()).toBe(queue.length > 0);
            const expected = queue.shift();
            expect(consumer.poll()).toBe(expected !== undefined);
            if (expected === undefined) return;
            held += 1;
            polled += 1;
            expect(consumer.frame.sequence).toBe(expected);
            expect(consumer.frame.scanNumber).toBe(expected);
            expect(consumer.frame.payload.every((price) => price === expected)).toBe(true);
            expect(consumer.frame.assetVelDivs.every((divergence) => divergence === -expected)).toBe(true);
          },
          release() {
            consumer.release();
            held = 0;
            expect(consumer.released).toBe(polled);
          },
        };
        for (const [name, times] of run) for (let i = 0; i < times; i++) step[name]!();
      }),
      RUNS,
    );
  });

  it('record ring: offer, poll, release', () => {
    fc.assert(
      fc.property(slotCounts, starts, steps(['offer', 'poll', 'release']), (slots, start, run) => {
        const region = regionAt('intent', slots, start);
        const [producer, consumer] = [new IntentRingProducer(region), new IntentRingConsumer(region)];
        const queue: number[] = [];
        let [offered, held] = [0, 0];
        const step: Record<string, () => void> = {
          offer() {
            const isFull = queue.length + held === slots;
            producer.record.sequence = offered;
            producer.record.price = offered + 0.5;
            producer.record.lifetimeBar = offered;
            expect(producer.offer()).toBe(isFull ? INSUFFICIENT_CAPACITY : offered);
            if (!isFull) queue.push(offered++);
          },
          poll() {
            expect(consumer.available()).toBe(queue.length);
            const expected = queue.shift();
            expect(consumer.poll()).toBe(expected !== undefined);
            if (expected === undefined) return;
            held += 1;
            const { sequence, price, lifetimeBar } = consumer.record;
            expect([sequence, price, lifetimeBar]).toEqual([expected, expected + 0.5, expected]);
          },
          release() {
            consumer.release();
            held = 0;
            expect(producer.freeSlots()).toBe(slots - queue.length);
          },
        };
        for (const [name, times] of run) for (let i = 0; i < times; i++) step[name]!();
      }),
      RUNS,
    );
  });

  it('tick ring: records of any length come out whole, in order, each once', () => {
    const lengths = fc.integer({ min: 0, max: maxTickValues(TICK_BYTES) });
    // -1 polls, -2 releases; offers in excess, so that the ring is full most of the time
    const step = fc.oneof({ weight: 3, arbitrary: lengths }, { weight: 2, arbitrary: fc.constantFrom(-1, -2) });
    const run = fc.array(step, { minLength: 20, maxLength: 150 });
    const byteStarts = fc.constantFrom(0, 2 ** 31 - 64, -64, -(2 ** 31));
    fc.assert(
      fc.property(byteStarts, run, (start, steps) => {
        const region = regionAt('tick', 2, start);
        const [producer, consumer] = [new TickRingProducer(region), new TickRingConsumer(region)];
        const queue: number[][] = [];
        let [offered, refused, polledBytes] = [0, 0, 0];
        let unreleasedBytes = 0;
        for (const step of steps) {
          if (step >= 0) {
            const values = Array.from({ length: step }, (_, i) => offered * 100 + i);
            producer.record.kind = 1 + (offered % 5);
            producer.record.valueCount = step;
            producer.record.values.set(values);
            const sequence = producer.offer();
            if (sequence === INSUFFICIENT_CAPACITY) {
              refused += 1;
              // A refusal must have a reason: the ring is full but for one padding, shorter than the longest record.
              expect(unreleasedBytes + 48 + 8 * step + TICK_BYTES / 8).toBeGreaterThan(TICK_BYTES);
              continue;
            }
            expect(sequence).toBe(offered++);
            unreleasedBytes += 48 + 8 * step;
            queue.push(values);
          } else if (step === -1) {
            const expected = queue.shift();
            expect(consumer.isDataReady()).toBe(expected !== undefined);
            expect(consumer.poll()).toBe(expected !== undefined);
            if (expected === undefined) continue;
            polledBytes += 48 + 8 * expected.length;
            expect(consumer.record.sequence).toBe(offered - queue.length - 1);
            expect(consumer.record.kind).toBe(1 + (consumer.record.sequence % 5));
            expect([...consumer.record.values.subarray(0, consumer.record.valueCount)]).toEqual(expected);
          } else {
            consumer.release();
            unreleasedBytes -= polledBytes;
            polledBytes = 0;
          }
        }
        expect(offered + refused).toBe(steps.filter((step) => step >= 0).length);
      }),
      RUNS,
    );
  });
});

describe('an observer', () => {
  it('sees whole frames in order, and seen plus lapped is all', () => {
    fc.assert(
      fc.property(
        slotCounts,
        starts,
        fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 30 }),
        (slots, start, bursts) => {
          const region = regionAt('bar', slots, start);
          const [producer, consumer] = [new BarRingProducer(region), new BarRingConsumer(region)];
          const observer = new BarRingObserver(region);
          let [seen, last] = [0, -1];
          for (const burst of bursts) {
            for (let i = 0; i < burst; i++) {
              expect(producer.claim()).toBe(true);
              producer.frame.payload.fill(producer.published);
              producer.commit();
              producer.publish();
              consumer.poll();
              consumer.release();
            }
            while (observer.poll()) {
              seen += 1;
              expect(observer.frame.sequence).toBeGreaterThan(last);
              last = observer.frame.sequence;
              expect(observer.frame.payload.every((price) => price === last)).toBe(true);
            }
            expect(seen + observer.lapped).toBe(producer.published);
          }
        },
      ),
    );
  });
});
