import { describe, expect, test } from 'vitest';
import { createFrame, FRAME_SCAN, type FrameView, SIGNAL_VALUES } from '../../../src/model/frame.ts';
import { readCounters } from '../../../src/shm/counters.ts';
import { DEFAULT_SLOTS, SCANNER_INBOX_BYTES } from '../../../src/shm/layout.ts';
import { createRegion, type Region } from '../../../src/shm/region.ts';
import { SCAN_DEADLINE_MS, ScannerClient, ScannerInbox } from '../../../src/workers/scanner-inbox.ts';

const ASSETS = 3;
const DAY = 20_000;

function regionOf(): Region {
  return createRegion({ ...DEFAULT_SLOTS, ...SCANNER_INBOX_BYTES, assets: ASSETS, hasAssetSignals: false });
}

function scan(number: number, day = DAY): FrameView {
  const frame = createFrame(ASSETS);
  frame.kind = FRAME_SCAN;
  frame.tsEventDay = day;
  frame.tsEventNsOfDay = number * 5e9;
  frame.scanNumber = number;
  for (let a = 0; a < ASSETS; a++) frame.payload[a] = 100 * number + a;
  frame.signals.fill(7); // what a slot still holds of an earlier frame
  return frame;
}

/** A scanner whose signals are the sum of the prices; it writes down what it was asked. */
function scannerOf(region: Region): { inbox: ScannerInbox; asked: number[][] } {
  const asked: number[][] = [];
  const inbox = new ScannerInbox(region, (day, nsOfDay, prices, signals) => {
    asked.push([day, nsOfDay, ...prices]);
    signals.fill(prices.reduce((sum, price) => sum + price, 0));
  });
  return { inbox, asked };
}

/** On one thread nobody can answer while the client waits, so the answer is put there before it asks for the next. */
describe('the scanner behind its inbox', () => {
  test('a scan whose signals do not come in time goes without, and is counted', () => {
    const region = regionOf();
    const client = new ScannerClient(region);
    const frame = scan(1);
    const askedMs = performance.now();
    client.fill(frame);
    expect(performance.now() - askedMs).toBeGreaterThanOrEqual(SCAN_DEADLINE_MS - 1);
    expect([...frame.signals]).toEqual(new Array(SIGNAL_VALUES).fill(Number.NaN));
    expect(readCounters(region)).toMatchObject({ scanLate: 1, scanDropped: 0 });
  });

  test('the scanner sees every scan in order, late ones too, and a late answer is nobody else’s', () => {
    const region = regionOf();
    const client = new ScannerClient(region);
    const { inbox, asked } = scannerOf(region);
    for (const number of [1, 2, 3]) client.fill(scan(number));
    expect(inbox.answerAll()).toBe(3);
    expect(asked).toEqual([1, 2, 3].map((n) => [DAY, n * 5e9, 100 * n, 100 * n + 1, 100 * n + 2]));
    const late = scan(4);
    client.fill(late); // three answers lie there, none of them its own
    expect(late.signals.every(Number.isNaN)).toBe(true);
    expect(readCounters(region).scanLate).toBe(4);
  });

  test('a repeated scan is none of the scanner’s, and a new day begins anew', () => {
    const region = regionOf();
    const client = new ScannerClient(region);
    const { inbox, asked } = scannerOf(region);
    client.fill(scan(5));
    const repeated = scan(5);
    client.fill(repeated);
    expect([...repeated.signals]).toEqual(new Array(SIGNAL_VALUES).fill(7));
    client.fill(scan(1, DAY + 1));
    inbox.answerAll();
    expect(asked.map(([day, ns]) => [day, ns])).toEqual([
      [DAY, 5 * 5e9],
      [DAY + 1, 5e9],
    ]);
  });

  test('an inbox that nobody empties drops what does not fit, and says how much', () => {
    const region = createRegion({ ...DEFAULT_SLOTS, scanRequestBytes: 1024, assets: ASSETS, hasAssetSignals: false });
    const client = new ScannerClient(region);
    const room = Math.floor(1024 / (16 + 8 * (3 + ASSETS)));
    for (let number = 1; number <= room + 2; number++) client.fill(scan(number));
    const { scanLate, scanDropped } = readCounters(region);
    expect(scanLate).toBe(room + 2);
    expect(scanDropped).toBeGreaterThanOrEqual(2);
    expect(scannerOf(region).inbox.answerAll()).toBe(scanLate - scanDropped);
  });
});
