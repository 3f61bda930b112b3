import { describe, expect, it } from 'vitest';
import { TICK_TRADE, type Tick, type TickSource } from '../../../src/model/tick.ts';
import { requestStop } from '../../../src/shm/control.ts';
import { Heartbeat } from '../../../src/shm/heartbeats.ts';
import { DEFAULT_SLOTS } from '../../../src/shm/layout.ts';
import { createRegion } from '../../../src/shm/region.ts';
import { TickPublisher } from '../../../src/workers/publish-ticks.ts';
import { TickFeed } from '../../../src/workers/tick-feed.ts';

const DAY = 20_000;

/** Trades numbered from 0, one a nanosecond, without end. */
class EndlessTicks implements TickSource {
  readonly nextDay = DAY;
  nextNsOfDay = 0;

  take(out: Tick): void {
    Object.assign(out, {
      kind: TICK_TRADE,
      assetIndex: 0,
      tsEventDay: DAY,
      tsEventNsOfDay: this.nextNsOfDay,
      valueCount: 1,
    });
    out.values[0] = this.nextNsOfDay++;
  }
}

function scene() {
  const region = createRegion({ ...DEFAULT_SLOTS, barSlots: 2, tickBytes: 1024, assets: 1, hasAssetSignals: false });
  const heard: number[] = [];
  return {
    region,
    heard,
    publisher: new TickPublisher(region, new EndlessTicks(), new Heartbeat(region, 'MARKET_DATA')),
    feed: new TickFeed(region, ({ values }) => heard.push(values[0] as number)),
  };
}

describe('ticks between two frames', () => {
  it('a frame gets those up to its time, itself included; what is behind it waits for the next', () => {
    const { publisher, feed, heard } = scene();
    expect(publisher.publishUntil(DAY, 6)).toBe(true);
    feed.pollUntil(DAY, 3);
    expect(heard).toEqual([0, 1, 2, 3]);
    feed.pollUntil(DAY, 3);
    expect(heard.length).toBe(4);
    feed.pollUntil(DAY, 4);
    expect(heard).toEqual([0, 1, 2, 3, 4]);
    feed.pollAll();
    expect(heard).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('without a frame they are handed out when the reader is idle, and one that was held back first', () => {
    const { publisher, feed, heard } = scene();
    publisher.publishUntil(DAY, 2);
    feed.pollUntil(DAY, 0);
    feed.pollAhead(() => false);
    expect(heard).toEqual([0]);
    feed.pollAhead(() => true);
    expect(heard).toEqual([0, 1, 2]);
  });

  it('a stop ends the wait for a reader of a full ring', () => {
    const { publisher, region, feed, heard } = scene();
    requestStop(region);
    expect(publisher.publishUntil(DAY, 1_000_000)).toBe(false);
    feed.pollAll();
    expect(heard).toEqual([...heard.keys()]);
    expect(heard.length).toBeGreaterThan(10);
  });

  it('a reader that makes no room for 5 s is an error', () => {
    const { publisher } = scene();
    expect(() => publisher.publishUntil(DAY, 1_000_000)).toThrow(
      /no progress in lockstep for 5000 ms: market data waits for execution to take tick \d+ from a full ring/,
    );
  });
});
