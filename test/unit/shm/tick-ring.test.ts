import { describe, expect, it } from 'vitest';
import { TICK_DEPTH, TICK_QUOTE, TICK_TRADE } from '../../../src/model/tick.ts';
import { readCounters } from '../../../src/shm/counters.ts';
import { DEFAULT_SLOTS } from '../../../src/shm/layout.ts';
import { INSUFFICIENT_CAPACITY } from '../../../src/shm/record-ring.ts';
import { createRegion } from '../../../src/shm/region.ts';
import { maxTickValues, TickRingConsumer, TickRingProducer } from '../../../src/shm/tick-ring.ts';

const TICK_BYTES = 1024;
const ring = () => {
  const region = createRegion({
    ...DEFAULT_SLOTS,
    barSlots: 2,
    tickBytes: TICK_BYTES,
    assets: 1,
    hasAssetSignals: false,
  });
  return { region, producer: new TickRingProducer(region), consumer: new TickRingConsumer(region) };
};

function offer(producer: TickRingProducer, kind: number, values: number[]): number {
  producer.record.kind = kind;
  producer.record.valueCount = values.length;
  producer.record.values.set(values);
  return producer.offer();
}

describe('TickRing', () => {
  it('carries every field', () => {
    const { producer, consumer } = ring();
    Object.assign(producer.record, {
      assetIndex: 7,
      tsEventDay: 20_000,
      tsEventNsOfDay: 123_456_789_012_345 % 86_400_000_000_000,
      tsRecvDay: 20_001,
      tsRecvNsOfDay: 5,
    });
    expect(offer(producer, TICK_QUOTE, [1.5, 2.5, 3.5, 4.5])).toBe(0);
    expect(consumer.poll()).toBe(true);
    expect(consumer.record).toMatchObject({
      kind: TICK_QUOTE,
      sequence: 0,
      assetIndex: 7,
      tsEventDay: 20_000,
      tsEventNsOfDay: 123_456_789_012_345 % 86_400_000_000_000,
      tsRecvDay: 20_001,
      tsRecvNsOfDay: 5,
      valueCount: 4,
    });
    expect([...consumer.record.values.subarray(0, 4)]).toEqual([1.5, 2.5, 3.5, 4.5]);
    expect(consumer.poll()).toBe(false);
  });

  it('pads the end of the ring and reads across the wrap', () => {
    const { producer, consumer } = ring();
    // 48 + 8 x 8 = 112 bytes a record: nine end at 1008, the tenth does not fit into the 16 bytes left
    const values = Array.from({ length: 8 }, (_, i) => i);
    for (let i = 0; i < 9; i++) expect(offer(producer, TICK_TRADE, values)).toBe(i);
    for (let i = 0; i < 9; i++) expect(consumer.poll()).toBe(true);
    consumer.release();
    expect(offer(producer, TICK_DEPTH, values)).toBe(9);
    expect(consumer.poll()).toBe(true);
    expect(consumer.record).toMatchObject({ kind: TICK_DEPTH, sequence: 9 });
    expect(consumer.poll()).toBe(false);
  });

  it('drops and counts when full, and the dropped one takes no number', () => {
    const { region, producer, consumer } = ring();
    const values = new Array(maxTickValues(TICK_BYTES)).fill(1); // 128 bytes a record: eight fill the ring
    for (let i = 0; i < 8; i++) expect(offer(producer, TICK_DEPTH, values)).toBe(i);
    expect(offer(producer, TICK_DEPTH, values)).toBe(INSUFFICIENT_CAPACITY);
    expect(readCounters(region).tickDropped).toBe(1);
    consumer.poll();
    expect(offer(producer, TICK_TRADE, [])).toBe(INSUFFICIENT_CAPACITY);
    consumer.release();
    expect(offer(producer, TICK_TRADE, [])).toBe(8);
  });

  it('allows an eighth of the ring to one record', () => {
    expect(maxTickValues(1024)).toBe(10); // (1024 / 8 - 48) / 8
    expect(maxTickValues(1 << 20)).toBe(16_378);
  });
});
