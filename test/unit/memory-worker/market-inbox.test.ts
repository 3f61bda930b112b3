import { expect, test } from 'vitest';
import { createFrame, FRAME_BOOK, FRAME_SCAN } from '../../../src/model/frame.ts';
import { readCounters } from '../../../src/shm/counters.ts';
import { DEFAULT_SLOTS } from '../../../src/shm/layout.ts';
import { createRegion } from '../../../src/shm/region.ts';
import { MarketInbox, MarketInboxWriter } from '../../../src/workers/memory/market-inbox.ts';
import { book, DAY, scan } from '../../integration/memory/sample-values.ts';

const UNIVERSE = ['ETHUSDT', 'BTCUSDT', 'SOLUSDT'];

function inbox() {
  const region = createRegion({ ...DEFAULT_SLOTS, assets: UNIVERSE.length, hasAssetSignals: false });
  return { region, writer: new MarketInboxWriter(region, UNIVERSE), reader: new MarketInbox(region) };
}

test('a scan becomes a frame: prices in the order of the universe, NaN where there is none', () => {
  const { writer, reader } = inbox();
  const frame = createFrame(UNIVERSE.length);
  expect(reader.take(frame)).toBe(false);
  writer.scan({ ...scan(17), assetPrices: { BTCUSDT: 84_000.5, DOGEUSDT: 0.1, ETHUSDT: Number.NaN } });
  expect(reader.isDataReady()).toBe(true);
  expect(reader.take(frame)).toBe(true);
  expect(frame).toMatchObject({ kind: FRAME_SCAN, flags: 0, scanNumber: 17, assetIndex: -1, tsEventDay: DAY });
  expect(frame.tsEventNsOfDay).toBe(300_000_000_123);
  expect([...frame.signals]).toEqual([-0.031, -0.02, 0.011, Number.NaN, 0.001, 0.4, 0.3]);
  expect([...frame.payload.subarray(0, 3)]).toEqual([Number.NaN, 84_000.5, Number.NaN]);
  expect(reader.take(frame)).toBe(false);
});

test('a book becomes a frame of its asset, in the order of BOOK_FIELDS; one of another universe is left out', () => {
  const { writer, reader } = inbox();
  const frame = createFrame(UNIVERSE.length);
  writer.book('DOGEUSDT', book(1));
  writer.book('SOLUSDT', book(2));
  expect(reader.take(frame)).toBe(true);
  expect(frame).toMatchObject({ kind: FRAME_BOOK, assetIndex: 2, tsEventDay: DAY, tsEventNsOfDay: 2 });
  const { bidNotional, bidDepth, askNotional, askDepth } = book();
  expect([...frame.payload]).toEqual([...bidNotional, ...bidDepth, ...askNotional, ...askDepth]);
  expect(reader.take(frame)).toBe(false);
});

test('scans and books keep their order, and a full inbox drops the newest and counts it', () => {
  const { region, writer, reader } = inbox();
  const frame = createFrame(UNIVERSE.length);
  for (let i = 0; i < 20; i++) writer.scan(scan(i));
  const numbers: number[] = [];
  while (reader.take(frame)) numbers.push(frame.scanNumber);
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => i));
  expect(readCounters(region).inboxDropped).toBe(20 - numbers.length);
  writer.book('BTCUSDT', book(3));
  expect(reader.take(frame)).toBe(true);
});
