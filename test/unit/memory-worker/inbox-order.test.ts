import { describe, expect, test } from 'vitest';
import { createFrame, FRAME_BOOK, FRAME_SCAN, type FrameView } from '../../../src/model/frame.ts';
import { InboxOrder } from '../../../src/workers/memory/inbox-order.ts';

const DAY = 20_533;

function scan(scanNumber: number, nsOfDay: number, day = DAY): FrameView {
  return Object.assign(createFrame(2), { kind: FRAME_SCAN, scanNumber, tsEventDay: day, tsEventNsOfDay: nsOfDay });
}

function book(assetIndex: number, nsOfDay: number): FrameView {
  const head = { kind: FRAME_BOOK, assetIndex, scanNumber: Number.NaN, tsEventDay: DAY, tsEventNsOfDay: nsOfDay };
  return Object.assign(createFrame(2), head);
}

const NOTHING = { scans: 0, books: 0, duplicates: 0, late: 0, gaps: 0, missed: 0 };

describe('values of a memory in the order in which they are told', () => {
  test.each<[string, FrameView[], boolean[], Partial<typeof NOTHING>]>([
    ['scans that go forward', [scan(1, 5), scan(2, 10)], [true, true], { scans: 2 }],
    ['the same scan again', [scan(1, 5), scan(1, 5)], [true, false], { scans: 1, duplicates: 1 }],
    ['an older scan', [scan(2, 10), scan(1, 5)], [true, false], { scans: 1, late: 1 }],
    ['another scan of the same time', [scan(1, 5), scan(2, 5)], [true, false], { scans: 1, late: 1 }],
    ['two numbers left out', [scan(1, 5), scan(4, 20)], [true, true], { scans: 2, gaps: 1, missed: 2 }],
    ['numbers that begin anew', [scan(900, 5), scan(1, 10)], [true, true], { scans: 2 }],
    ['numbers that go on behind midnight', [scan(1, 5), scan(9, 5, DAY + 1)], [true, true], { scans: 2 }],
    ['yesterday behind today', [scan(1, 5, DAY + 1), scan(9, 10)], [true, false], { scans: 1, late: 1 }],
    ['books, each asset by itself', [book(0, 10), book(1, 5), book(0, 5)], [true, true, false], { books: 2, late: 1 }],
    ['the same book again', [book(0, 10), book(0, 10)], [true, false], { books: 1, duplicates: 1 }],
    ['a book older than a scan', [scan(1, 10), book(0, 5)], [true, true], { scans: 1, books: 1 }],
  ])('%s', (_, frames, taken, counts) => {
    const order = new InboxOrder(2);
    expect(frames.map((frame) => order.accepts(frame))).toEqual(taken);
    expect(order.counts).toEqual({ ...NOTHING, ...counts });
  });

  test('what an earlier life has taken is told again, and counted as such', () => {
    const order = new InboxOrder(2);
    order.note(scan(7, 35));
    order.note(book(1, 30));
    expect([scan(7, 35), book(1, 30), scan(9, 45)].map((frame) => order.accepts(frame))).toEqual([false, false, true]);
    expect(order.counts).toEqual({ ...NOTHING, scans: 1, duplicates: 2, gaps: 1, missed: 1 });
  });
});
