import { describe, expect, it, vi } from 'vitest';
import { FLAG_ASSET_VEL_DIV, FRAME_BOOK, FRAME_SCAN } from '../../../src/model/frame.ts';
import { BarRingObserver } from '../../../src/shm/bar-observer.ts';
import { BarRingConsumer, BarRingProducer } from '../../../src/shm/bar-ring.ts';
import { Counter } from '../../../src/shm/counters.ts';
import { DEFAULT_SLOTS, tailOffset, wordIndex } from '../../../src/shm/layout.ts';
import { createRegion } from '../../../src/shm/region.ts';

const ringOf = (barSlots: number, assets = 3, hasAssetSignals = false) => {
  const region = createRegion({ ...DEFAULT_SLOTS, barSlots, assets, hasAssetSignals });
  return { region, producer: new BarRingProducer(region), consumer: new BarRingConsumer(region) };
};

function publishScan(producer: BarRingProducer, price: number): void {
  expect(producer.claim()).toBe(true);
  producer.frame.kind = FRAME_SCAN;
  producer.frame.payload.fill(price);
  producer.commit();
  producer.publish();
}

function publishScanAfterRelease(producer: BarRingProducer, consumer: BarRingConsumer, price: number): void {
  while (consumer.poll());
  consumer.release();
  publishScan(producer, price);
}

describe('BarRing', () => {
  it('carries every field of a frame', () => {
    const { producer, consumer } = ringOf(4, 30, true);
    expect(producer.claim()).toBe(true);
    Object.assign(producer.frame, {
      kind: FRAME_SCAN,
      flags: FLAG_ASSET_VEL_DIV,
      assetIndex: -1,
      tsEventDay: 20_000,
      tsEventNsOfDay: 86_399_999_999_999,
      tsRecvDay: 20_001,
      tsRecvNsOfDay: 1,
      tsTakeDay: 20_002,
      tsTakeNsOfDay: 2,
      scanNumber: 17_280,
      receivedNs: 3,
      publishedNs: 4,
    });
    producer.frame.signals.set([1, 2, 3, 4, 5, 6, Number.NaN]);
    producer.frame.payload.set(Array.from({ length: 30 }, (_, i) => i + 0.5));
    producer.frame.assetVelDivs.fill(-0.03);
    producer.commit();
    producer.publish();

    expect(consumer.poll()).toBe(true);
    expect(consumer.frame).toEqual({
      kind: FRAME_SCAN,
      flags: FLAG_ASSET_VEL_DIV,
      sequence: 0,
      assetIndex: -1,
      tsEventDay: 20_000,
      tsEventNsOfDay: 86_399_999_999_999,
      tsRecvDay: 20_001,
      tsRecvNsOfDay: 1,
      tsTakeDay: 20_002,
      tsTakeNsOfDay: 2,
      scanNumber: 17_280,
      receivedNs: 3,
      publishedNs: 4,
      signals: Float64Array.of(1, 2, 3, 4, 5, 6, Number.NaN),
      payload: Float64Array.from({ length: 30 }, (_, i) => i + 0.5),
      assetVelDivs: new Float64Array(30).fill(-0.03),
    });
  });

  it('has room for a snapshot in a universe of one asset', () => {
    const { producer, consumer } = ringOf(2, 1);
    expect(producer.claim()).toBe(true);
    expect(producer.frame.payload.length).toBe(20);
    expect(producer.frame.assetVelDivs.length).toBe(0);
    producer.frame.kind = FRAME_BOOK;
    producer.frame.assetIndex = 0;
    producer.commit();
    producer.publish();
    expect(consumer.poll()).toBe(true);
    expect(consumer.frame.assetIndex).toBe(0);
  });

  it('shows committed frames only after publish', () => {
    const { producer, consumer } = ringOf(4);
    for (let i = 0; i < 3; i++) {
      producer.claim();
      producer.commit();
    }
    expect(consumer.poll()).toBe(false);
    expect(producer.published).toBe(0);
    producer.publish();
    expect(producer.published).toBe(3);
    expect(consumer.available()).toBe(3);
  });

  it('forgets a claim that was never committed', () => {
    const { producer, consumer } = ringOf(4);
    producer.claim();
    producer.frame.payload.fill(1);
    publishScan(producer, 2);
    expect(consumer.poll()).toBe(true);
    expect(consumer.frame.sequence).toBe(0);
    expect(consumer.frame.payload[0]).toBe(2);
    expect(consumer.poll()).toBe(false);
  });

  it('refuses a claim until a slot is released, not merely polled', () => {
    const { producer, consumer } = ringOf(2);
    publishScan(producer, 1);
    publishScan(producer, 2);
    expect(producer.claim()).toBe(false);
    expect(producer.freeSlots()).toBe(0);
    expect(consumer.poll()).toBe(true);
    expect(producer.claim()).toBe(false);
    consumer.release();
    expect(producer.freeSlots()).toBe(1);
    expect(producer.claim()).toBe(true);
    expect(consumer.released).toBe(1);
  });

  it('tells a waiting producer to go on once a quarter is free', () => {
    const { producer, consumer } = ringOf(8);
    for (let i = 0; i < 8; i++) publishScan(producer, i);
    consumer.poll();
    consumer.release();
    expect(producer.isSpaceReady()).toBe(false);
    consumer.poll();
    consumer.release();
    expect(producer.isSpaceReady()).toBe(true);
  });

  it('counts a frame that the live policy drops', () => {
    const { region, producer } = ringOf(2);
    producer.dropNewest();
    expect(new Counter(region, 'barDropped').value).toBe(1);
  });

  it('goes on where a producer and a consumer before it stopped', () => {
    const { region, producer, consumer } = ringOf(4);
    for (let i = 0; i < 3; i++) publishScan(producer, i);
    consumer.poll();
    consumer.release();
    const [nextProducer, nextConsumer] = [new BarRingProducer(region), new BarRingConsumer(region)];
    publishScan(nextProducer, 9);
    const prices: number[] = [];
    while (nextConsumer.poll()) prices.push(nextConsumer.frame.payload[0]!);
    expect(prices).toEqual([1, 2, 9]);
  });
});

describe('BarRingObserver', () => {
  it('starts at the newest frame and sees every later one while it keeps up', () => {
    const { region, producer, consumer } = ringOf(8);
    publishScan(producer, 0);
    const observer = new BarRingObserver(region);
    expect(observer.poll()).toBe(false);
    for (let price = 1; price <= 20; price++) {
      publishScan(producer, price);
      consumer.poll();
      consumer.release();
      expect(observer.poll()).toBe(true);
      expect(observer.frame.payload[0]).toBe(price);
      expect(observer.frame.sequence).toBe(price);
    }
    expect(observer.lapped).toBe(0);
  });

  it('may lag by three quarters of the ring, and the quarter that is being written', () => {
    const { region, producer, consumer } = ringOf(8);
    const observer = new BarRingObserver(region);
    for (let price = 0; price < 8; price++) {
      publishScan(producer, price);
      consumer.poll();
      consumer.release();
    }
    expect(observer.poll()).toBe(true); // the producer has announced no more than these eight
    expect(observer.frame.payload[0]).toBe(0);
    producer.claim(); // announces the next two: frames 0 and 1 may be overwritten
    producer.commit();
    expect(observer.poll()).toBe(true);
    expect(observer.frame.payload[0]).toBe(7);
    expect(observer.lapped).toBe(6);
  });

  it('throws a copy away that was overtaken while it was made', () => {
    const { region, producer, consumer } = ringOf(2);
    const observer = new BarRingObserver(region);
    publishScan(producer, 1);
    const copy = vi.spyOn(Float64Array.prototype, 'set').mockImplementationOnce(() => {
      for (let i = 0; i < 3; i++) {
        consumer.poll();
        consumer.release();
        publishScan(producer, 2 + i);
      }
    });
    expect(observer.poll()).toBe(false);
    copy.mockRestore();
    expect(observer.lapped).toBe(4);
    publishScanAfterRelease(producer, consumer, 9);
    expect(observer.poll()).toBe(true);
    expect(observer.frame.payload[0]).toBe(9);
  });

  it('counts the frames over which it was lapped and goes on at the newest', () => {
    const { region, producer, consumer } = ringOf(8);
    const observer = new BarRingObserver(region);
    for (let price = 0; price < 20; price++) {
      publishScan(producer, price);
      consumer.poll();
      consumer.release();
    }
    expect(observer.poll()).toBe(true);
    expect(observer.frame.payload[0]).toBe(19);
    expect(observer.lapped).toBe(19);
    expect(new Counter(region, 'observerLapped').value).toBe(19);
    expect(observer.poll()).toBe(false);
  });

  it('does not gate the producer', () => {
    const { region, producer, consumer } = ringOf(2);
    new BarRingObserver(region);
    for (let i = 0; i < 10; i++) {
      publishScan(producer, i);
      consumer.poll();
      consumer.release();
    }
    expect(producer.published).toBe(10);
  });

  it('keeps a frame that was polled whatever the producer writes afterwards', () => {
    const { region, producer, consumer } = ringOf(2);
    const observer = new BarRingObserver(region);
    publishScan(producer, 1);
    observer.poll();
    for (let i = 2; i < 5; i++) {
      consumer.poll();
      consumer.release();
      publishScan(producer, i);
    }
    expect(observer.frame.payload[0]).toBe(1);
  });
});

describe('ring indices', () => {
  it('are published by one store that the other side reads', () => {
    const { region, producer } = ringOf(4);
    publishScan(producer, 1);
    expect(region.words[wordIndex(tailOffset(region.layout, 'bar'))]).toBe(1);
  });
});
