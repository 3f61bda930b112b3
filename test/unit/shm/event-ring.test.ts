import { describe, expect, test } from 'vitest';
import { readCounters } from '../../../src/shm/counters.ts';
import { EventRingConsumer, EventRingProducer, maxEventBytes } from '../../../src/shm/event-ring.ts';
import { DEFAULT_SLOTS, EVENT_PAYLOAD, headOffset, tailOffset, wordIndex } from '../../../src/shm/layout.ts';
import { INSUFFICIENT_CAPACITY } from '../../../src/shm/record-ring.ts';
import { createRegion, type Region } from '../../../src/shm/region.ts';

const RING_BYTES = 1024;
const LONGEST = maxEventBytes(RING_BYTES);

/** Both ends of an event ring of 1024 bytes whose indices stand at `start`. */
function ringAt(start = 0) {
  const region = createRegion({ ...DEFAULT_SLOTS, engineEventBytes: RING_BYTES, assets: 2, hasAssetSignals: false });
  for (const index of [tailOffset, headOffset]) region.words[wordIndex(index(region.layout, 'engineEvents'))] = start;
  return {
    region,
    producer: new EventRingProducer(region, 'engine'),
    consumer: new EventRingConsumer(region, 'engine'),
  };
}

/** Commits an event whose every byte tells its kind; false when the ring is full. */
function write(region: Region, producer: EventRingProducer, kind: number, payloadBytes: number, stampNs = 0): boolean {
  const at = producer.claim(kind, payloadBytes, stampNs);
  if (at === INSUFFICIENT_CAPACITY) return false;
  region.bytes.fill(kind, at, at + payloadBytes);
  producer.commit();
  return true;
}

test('an event comes out with kind, stamp and exactly the bytes that went in, whatever their number', () => {
  const { region, producer, consumer } = ringAt();
  for (const length of [0, 1, 7, 8, 9, 33]) write(region, producer, 3, length, length + 0.5);
  producer.publish();
  for (const length of [0, 1, 7, 8, 9, 33]) {
    expect(consumer.poll()).toBe(true);
    expect([consumer.kind, consumer.stampNs, consumer.payloadBytes]).toEqual([3, length + 0.5, length]);
    expect([...consumer.payload()]).toEqual(new Array(length).fill(3));
    expect(consumer.payloadOffset % 8).toBe(0);
  }
  expect(consumer.poll()).toBe(false);
  expect([producer.committed, consumer.polled]).toEqual([6, 6]);
});

test('nobody sees a committed event before it is published', () => {
  const { region, producer, consumer } = ringAt();
  write(region, producer, 1, 8);
  expect([consumer.isDataReady(), consumer.poll()]).toEqual([false, false]);
  producer.publish();
  expect([consumer.isDataReady(), consumer.poll()]).toEqual([true, true]);
});

test('claiming again without a commit is the same room', () => {
  const { region, producer, consumer } = ringAt();
  expect(producer.claim(1, 100, 0)).toBe(producer.claim(2, 60, 0));
  write(region, producer, 5, 8);
  producer.publish();
  expect([consumer.poll(), consumer.kind, consumer.payloadBytes, consumer.poll()]).toEqual([true, 5, 8, false]);
});

describe('at the wrap', () => {
  const beforeWrap = RING_BYTES - 40;

  test('an event that does not fit before it begins anew behind a padding', () => {
    const { region, producer, consumer } = ringAt(beforeWrap);
    expect(producer.claim(2, 32, 0)).toBe(region.layout.engineEvents + EVENT_PAYLOAD);
    write(region, producer, 2, 32);
    producer.publish();
    expect(consumer.poll()).toBe(true);
    expect([...consumer.payload()]).toEqual(new Array(32).fill(2));
    expect(consumer.poll()).toBe(false);
  });

  test.each([24, 20])('an event of %i bytes that ends there needs none', (payloadBytes) => {
    const { region, producer, consumer } = ringAt(beforeWrap);
    expect(producer.claim(2, payloadBytes, 0)).toBe(region.layout.engineEvents + beforeWrap + EVENT_PAYLOAD);
    producer.commit();
    expect(producer.claim(3, 8, 0)).toBe(region.layout.engineEvents + EVENT_PAYLOAD);
    producer.commit();
    producer.publish();
    expect([consumer.poll(), consumer.kind, consumer.poll(), consumer.kind]).toEqual([true, 2, true, 3]);
  });

  test('a padding that is seen before its event is no event', () => {
    const { region, producer, consumer } = ringAt(beforeWrap);
    producer.claim(2, 32, 0);
    producer.publish();
    expect(consumer.poll()).toBe(false);
    write(region, producer, 2, 32);
    producer.publish();
    expect([consumer.poll(), consumer.kind, consumer.polled]).toEqual([true, 2, 1]);
  });
});

describe('a full ring', () => {
  test('refuses, counts it, and takes again what was released', () => {
    const { region, producer, consumer } = ringAt();
    const each = 128 - EVENT_PAYLOAD;
    for (let i = 0; i < 8; i++) expect(write(region, producer, 1, each)).toBe(true);
    expect(write(region, producer, 1, 0)).toBe(false);
    expect(readCounters(region).eventsFull).toBe(1);
    producer.publish();
    consumer.poll();
    expect(write(region, producer, 1, 0), 'polled is not released').toBe(false);
    consumer.release();
    expect(write(region, producer, 1, each)).toBe(true);
    expect(write(region, producer, 1, 0)).toBe(false);
  });

  test.each([0, 8, 512, RING_BYTES - 8, 2 ** 31 - 520, -520])(
    'takes the longest event wherever an empty one stands, here at %i',
    (start) => {
      const { region, producer, consumer } = ringAt(start);
      expect(write(region, producer, 7, LONGEST)).toBe(true);
      producer.publish();
      expect(consumer.poll()).toBe(true);
      expect(consumer.payload().every((byte) => byte === 7)).toBe(true);
      expect(consumer.payloadBytes).toBe(LONGEST);
    },
  );

  test('an event that could never fit is a defect of the caller, not a full ring', () => {
    const { producer } = ringAt(512);
    expect(() => producer.claim(1, RING_BYTES, 0)).toThrow(
      'an event of a ring of 1024 bytes must have at most 480 bytes, had 1024',
    );
  });
});

test('what has room in total is then taken, event by event, whatever padding falls between', () => {
  for (let start = 0; start < RING_BYTES; start += 8) {
    const { region, producer } = ringAt(start);
    const lengths = [200, 48, 48, 200, 48, 96]; // headers included
    const total = lengths.reduce((sum, length) => sum + length, 0);
    expect(producer.hasRoomFor(total, 200)).toBe(true);
    for (const length of lengths) expect(write(region, producer, 1, length - EVENT_PAYLOAD), `at ${start}`).toBe(true);
    expect(producer.hasRoomFor(total, 200)).toBe(false);
  }
});
