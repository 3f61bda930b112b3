import { describe, expect, test } from 'vitest';
import {
  createFrame,
  FLAG_BAR_SIGNALS,
  FLAG_LAST_OF_DAY,
  FRAME_BAR,
  FRAME_BOOK,
  FRAME_SCAN,
  SIGNAL_VALUES,
} from '../../../src/model/frame.ts';
import { DayFrames } from '../../../src/replay/day-frames.ts';
import { type BarBlock, barBlockOf } from '../../../src/shm/bar-block.ts';
import { createDayBlock, type DayBlock } from '../../../src/shm/day-block.ts';

const DAY = 20_000;
const KINDS = new Map([
  [FRAME_SCAN, 'scan'],
  [FRAME_BAR, 'bar'],
  [FRAME_BOOK, 'book'],
]);

/** @param scans - [ns, number] of each row. */
function dayOf(scans: readonly (readonly [number, number])[], books: readonly number[] = []): DayBlock {
  const block = createDayBlock({ rows: scans.length, assets: 2, books: books.length });
  scans.forEach(([ns, number], row) => {
    block.nsOfDay[row] = ns;
    block.scanNumbers[row] = number;
    block.prices.set([ns, -ns], 2 * row);
  });
  block.bookNsOfDay.set(books);
  return block;
}

function barsAt(...stamps: readonly number[]): BarBlock {
  const block = barBlockOf({ rows: stamps.length, assets: 2 });
  block.nsOfDay.set(stamps);
  stamps.forEach((ns, row) => {
    block.prices.set([ns + 0.5, -ns], 2 * row);
  });
  return block;
}

/** The frames of a day as `scan 5`, given its blocks of bars as they are asked for. */
function told(day: DayBlock, blocks: readonly BarBlock[] | null): string[] {
  const frames = new DayFrames(day, DAY, { hasBars: blocks !== null, barScanner: null });
  const frame = createFrame(2);
  const lines: string[] = [];
  const left = [...(blocks ?? [])];
  do {
    if (frames.needsBars) frames.takeBars(left.shift() ?? null);
    while (frames.hasNext) {
      const ns = frames.nextNsOfDay;
      frames.fill(frame);
      expect(frame.tsEventNsOfDay).toBe(ns);
      const isLast = (frame.flags & FLAG_LAST_OF_DAY) !== 0;
      expect(isLast).toBe(!frames.hasNext && !frames.needsBars);
      lines.push(`${KINDS.get(frame.kind)} ${ns}${isLast ? ' last' : ''}`);
    }
  } while (frames.needsBars);
  return lines;
}

describe('frames of a day in event order', () => {
  const day = dayOf([
    [10, 1],
    [20, 2],
  ]);

  test('at one instant the scan comes before the bar: a bar is stepped on the signal of its own instant', () => {
    expect(told(day, [barsAt(5, 10, 15, 20, 25)])).toEqual([
      'bar 5',
      'scan 10',
      'bar 10',
      'bar 15',
      'scan 20',
      'bar 20',
      'bar 25 last',
    ]);
  });

  test('where a block ends, scans wait for the next one', () => {
    expect(told(day, [barsAt(5), barsAt(11), barsAt(19, 30)])).toEqual([
      'bar 5',
      'scan 10',
      'bar 11',
      'bar 19',
      'scan 20',
      'bar 30 last',
    ]);
  });

  test('bars that end early leave the scans behind them, and no bars at all leave scans alone', () => {
    expect(told(day, [barsAt(5)])).toEqual(['bar 5', 'scan 10', 'scan 20 last']);
    expect(told(day, [])).toEqual(['scan 10', 'scan 20 last']);
    expect(told(day, null)).toEqual(['scan 10', 'scan 20 last']);
  });

  test('a snapshot comes before the scan and before the bar that it is not newer than', () => {
    const withBooks = dayOf([[10, 1]], [10, 12, 99]);
    expect(told(withBooks, null)).toEqual(['book 10', 'scan 10 last']);
    expect(told(withBooks, [barsAt(10, 12)])).toEqual(['book 10', 'scan 10', 'bar 10', 'book 12', 'bar 12 last']);
  });

  test('a repeated scan keeps its place behind the one before, whatever its stamp', () => {
    const repeated = dayOf([
      [10, 1],
      [500, 1],
      [20, 2],
    ]);
    expect(told(repeated, [barsAt(10, 15, 20)])).toEqual([
      'scan 10',
      'scan 500',
      'bar 10',
      'bar 15',
      'scan 20',
      'bar 20 last',
    ]);
  });
});

describe('a bar frame', () => {
  const filled = (barScanner: ConstructorParameters<typeof DayFrames>[2]) => {
    const frames = new DayFrames(dayOf([]), DAY, barScanner);
    frames.takeBars(barsAt(7, 8));
    const frame = createFrame(2);
    frame.flags = 255;
    frame.signals.fill(3);
    frames.fill(frame);
    return frame;
  };

  test('has its prices and no signals', () => {
    const frame = filled({ hasBars: true, barScanner: null });
    expect([...frame.payload.subarray(0, 2)]).toEqual([7.5, -7]);
    expect([frame.flags, frame.assetIndex, frame.scanNumber, frame.tsEventDay]).toEqual([0, -1, Number.NaN, DAY]);
    expect([...frame.signals]).toEqual(new Array(SIGNAL_VALUES).fill(Number.NaN));
  });

  test('has signals of its own where a scanner makes them', () => {
    const asked: unknown[] = [];
    const frame = filled({
      hasBars: true,
      barScanner: {
        step: (day, ns, prices, offset, out, outOffset) => {
          asked.push([day, ns, prices[offset], outOffset]);
          out.fill(0.25);
        },
      },
    });
    expect(asked).toEqual([[DAY, 7, 7.5, 0]]);
    expect(frame.flags).toBe(FLAG_BAR_SIGNALS);
    expect([...frame.signals]).toEqual(new Array(SIGNAL_VALUES).fill(0.25));
  });
});
