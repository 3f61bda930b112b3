import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventRingConsumer, EventRingProducer, maxEventBytes } from '../../../src/shm/event-ring.ts';
import { DEFAULT_SLOTS, headOffset, type RingName, tailOffset, wordIndex } from '../../../src/shm/layout.ts';
import { INSUFFICIENT_CAPACITY } from '../../../src/shm/record-ring.ts';
import { createRegion } from '../../../src/shm/region.ts';
import { StageHistogram } from '../../../src/shm/stage-histogram.ts';

const RING_BYTES = 1024;
const HEADER = 16;
const roundUp = (bytes: number) => (bytes + 7) & ~7;

type Step = { readonly write: number } | 'publish' | 'poll' | 'release';
/** Short events and long ones, more writes than the ring holds. */
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 90 }).map((write) => ({ write })) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: maxEventBytes(RING_BYTES) }).map((write) => ({ write })) },
  { weight: 5, arbitrary: fc.constantFrom<Step>('publish', 'poll', 'release') },
);
const starts = fc.constantFrom(0, 1000, 2 ** 31 - 64, 2 ** 31 - 8, -64, -(2 ** 31));
const streams = fc.constantFrom<'engine' | 'execution'>('engine', 'execution');

test('an event ring is an array queue of byte strings, padded or not', () => {
  fc.assert(
    fc.property(streams, starts, fc.array(step, { minLength: 20, maxLength: 200 }), (stream, start, steps) => {
      const region = createRegion({
        ...DEFAULT_SLOTS,
        engineEventBytes: RING_BYTES,
        executionEventBytes: RING_BYTES,
        assets: 2,
        hasAssetSignals: false,
      });
      const ring: RingName = `${stream}Events`;
      for (const index of [tailOffset, headOffset]) region.words[wordIndex(index(region.layout, ring))] = start;
      const [producer, consumer] = [new EventRingProducer(region, stream), new EventRingConsumer(region, stream)];
      const committed: { number: number; bytes: number }[] = [];
      const queue: { number: number; bytes: number }[] = [];
      let [written, usedBytes, polledBytes] = [0, 0, 0];
      for (const what of steps) {
        if (what === 'publish') {
          producer.publish();
          queue.push(...committed.splice(0));
        } else if (what === 'release') {
          consumer.release();
          usedBytes -= polledBytes;
          polledBytes = 0;
        } else if (what === 'poll') {
          const expected = queue.shift();
          expect(consumer.isDataReady()).toBe(expected !== undefined);
          expect(consumer.poll()).toBe(expected !== undefined);
          if (expected === undefined) continue;
          polledBytes += roundUp(HEADER + expected.bytes);
          expect([consumer.kind, consumer.stampNs]).toEqual([1 + (expected.number % 9), expected.number + 0.5]);
          expect(consumer.payloadBytes).toBe(expected.bytes);
          expect(consumer.payload().every((byte, i) => byte === ((expected.number + i) & 255))).toBe(true);
        } else {
          const total = roundUp(HEADER + what.write);
          const isPromised = producer.hasRoomFor(total, total);
          const at = producer.claim(1 + (written % 9), what.write, written + 0.5);
          if (isPromised) expect(at).not.toBe(INSUFFICIENT_CAPACITY);
          if (at === INSUFFICIENT_CAPACITY) {
            // A refusal has a reason: the ring is full but for paddings, which are shorter than the events they are for.
            expect(usedBytes + 2 * (HEADER + maxEventBytes(RING_BYTES)) + total).toBeGreaterThan(RING_BYTES);
            continue;
          }
          for (let i = 0; i < what.write; i++) region.bytes[at + i] = (written + i) & 255;
          producer.commit();
          usedBytes += total;
          committed.push({ number: written++, bytes: what.write });
        }
        expect(producer.committed).toBe(written);
        expect(consumer.polled).toBe(written - committed.length - queue.length);
      }
    }),
    { numRuns: 300 },
  );
});

test('a quantile is never below that of the sorted values, and at most 1/64 above', () => {
  const magnitudes = fc.tuple(fc.double({ min: 0, max: 37, noNaN: true }), fc.nat(1000));
  const value = magnitudes.map(([log2, more]) => Math.min(2 ** 37 - 1, Math.floor(2 ** log2) + more));
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 300 }), (values) => {
      const stage = new StageHistogram(createRegion({ ...DEFAULT_SLOTS, assets: 1, hasAssetSignals: false }), 'total');
      for (const ns of values) stage.record(ns);
      const sorted = values.toSorted((a, b) => a - b);
      expect(stage.maxNs).toBe(sorted.at(-1));
      expect(stage.count).toBe(values.length);
      for (const share of [0.001, 0.5, 0.9, 0.99, 0.999, 1]) {
        const exact = sorted[Math.max(1, Math.ceil(share * values.length)) - 1]!;
        const told = stage.quantile(share);
        expect(told).toBeGreaterThanOrEqual(exact);
        expect(told).toBeLessThanOrEqual(exact + exact / 64);
      }
    }),
    { numRuns: 200 },
  );
});
