import { beforeEach, describe, expect, test } from 'vitest';
import { bellOffset, DEFAULT_SLOTS, sleepingOffset, wordIndex } from '../../../src/shm/layout.ts';
import { createRegion, type Region } from '../../../src/shm/region.ts';
import { WatermarkReader, WatermarkWriter } from '../../../src/shm/watermarks.ts';

let region: Region;
let writer: WatermarkWriter;
beforeEach(() => {
  region = createRegion({ ...DEFAULT_SLOTS, assets: 2, hasAssetSignals: false });
  writer = new WatermarkWriter(region, 'engine');
});

describe('a watermark', () => {
  test('covers the events below its count, none of the others', () => {
    const written = new WatermarkReader(region, 'engine', 'written');
    expect(written.covers(0)).toBe(false);
    writer.advance(3, 0);
    expect([written.count, written.covers(2), written.covers(3)]).toEqual([3, true, false]);
  });

  test('covers from the start what an earlier life of the run has written: event -1', () => {
    expect(new WatermarkReader(region, 'engine', 'written').covers(-1)).toBe(true);
  });

  test('is one of two, of one stream', () => {
    writer.advance(5, 2);
    const counts = (['engine', 'execution'] as const).flatMap((stream) =>
      (['written', 'durable'] as const).map((which) => new WatermarkReader(region, stream, which).count),
    );
    expect(counts).toEqual([5, 2, 0, 0]);
  });

  test.each([2 ** 31 - 2, 2 ** 32 - 2])('covers rightly where counts wrap, near %d', (events) => {
    const reader = new WatermarkReader(region, 'engine', 'durable');
    writer.advance(events, events);
    expect([reader.covers(events - 1), reader.covers(events), reader.covers(events + 3)]).toEqual([true, false, false]);
    writer.advance(events + 4, events + 4);
    expect([reader.covers(events), reader.covers(events + 3), reader.covers(events + 4)]).toEqual([true, true, false]);
  });

  test('rings for execution when it sleeps', () => {
    const bell = wordIndex(bellOffset(region.layout, 'intentData'));
    Atomics.store(region.words, wordIndex(sleepingOffset(region.layout, 'intentData')), 1);
    const before = Atomics.load(region.words, bell);
    writer.advance(1, 1);
    expect(Atomics.load(region.words, bell)).not.toBe(before);
  });
});
