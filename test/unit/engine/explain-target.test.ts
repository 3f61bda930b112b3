import { describe, expect, test } from 'vitest';
import { acceptedRows, findTarget, parseAt } from '../../../src/main/commands/explain-target.ts';
import { InputError } from '../../../src/model/input-error.ts';
import type { Report } from '../../../src/model/report.ts';
import { dayFromDate, NS_PER_SECOND } from '../../../src/model/time.ts';
import { createDayBlock, type DayBlock } from '../../../src/shm/day-block.ts';

/** A decoded day of scans, each its second and its number. */
function day(scans: readonly (readonly [second: number, number: number])[]): DayBlock {
  const block = createDayBlock({ rows: scans.length, assets: 1, books: 0 });
  for (const [row, [second, number]] of scans.entries()) {
    block.nsOfDay[row] = second * NS_PER_SECOND;
    block.scanNumbers[row] = number;
  }
  return block;
}

const DAYS = [
  day([
    [5, 1],
    [10, 2],
    [12, 2], // repeated: no bar
    [15, 3],
  ]),
  day([
    [0, 1],
    [5, 2],
  ]),
];
const REPORT = {
  barIntervalMs: 5000,
  days: [
    { date: '2026-01-05', bars: 3 },
    { date: '2026-01-07', bars: 2 },
  ],
} as unknown as Report;

const find = (at: string, report = REPORT) => findTarget(report, parseAt(at), async (index) => DAYS[index] as DayBlock);

describe('--at', () => {
  test.each([
    ['bar:17', { kind: 'bar', bar: 17 }],
    ['2026-01-05T01:02:03Z', { kind: 'time', day: dayFromDate('2026-01-05'), nsOfDay: 3723e9 }],
    ['2026-01-05T01:02:03', { kind: 'time', day: dayFromDate('2026-01-05'), nsOfDay: 3723e9 }],
    ['2026-01-05 01:02:03.000000007', { kind: 'time', day: dayFromDate('2026-01-05'), nsOfDay: 3723e9 + 7 }],
    ['2026-01-05 01:02:03.5', { kind: 'time', day: dayFromDate('2026-01-05'), nsOfDay: 3723.5e9 }],
  ])('%s', (text, asked) => {
    expect(parseAt(text)).toEqual(asked);
  });

  test.each([
    '',
    'bar:',
    'bar:-1',
    'bar:1.5',
    '12:00:00',
    '2026-02-30 00:00:00',
    '2026-01-05',
    '2026-01-05T12:00:00+01:00',
  ])('"%s" is refused', (text) => {
    expect(() => parseAt(text)).toThrow(InputError);
  });
});

describe('the bar that is meant', () => {
  test.each([
    ['the first', '2026-01-05 00:00:05', 0, 0, null],
    ['between two', '2026-01-05 00:00:09', 0, 0, 'there is no bar at 2026-01-05T00:00:09.000Z'],
    ['at a repeated scan', '2026-01-05 00:00:12', 1, 1, 'the scan at 2026-01-05T00:00:12.000Z repeats a number (2)'],
    ['after a repeated scan', '2026-01-05 00:00:15', 2, 2, null],
    ['in the evening', '2026-01-05 20:00:00', 2, 2, 'there is no bar at'],
    ['on a day without a file', '2026-01-06 12:00:00', 2, 2, 'there is no bar at 2026-01-06'],
    ['at midnight', '2026-01-07 00:00:00', 3, 0, null],
    ['the last', '2026-01-07 00:00:05', 4, 1, null],
    ['within a bar interval after the last', '2026-01-07 00:00:09.999', 4, 1, 'there is no bar at'],
    ['by its number', 'bar:3', 3, 0, null],
  ])('%s', async (_, at, bar, barOfDay, note) => {
    const target = await find(at);
    expect([target.bar, target.barOfDay, target.dayIndex]).toEqual([bar, barOfDay, bar < 3 ? 0 : 1]);
    if (note === null) expect(target.note).toBeNull();
    else expect(target.note).toContain(note);
  });

  test('before the first scan of a later day it is the last bar of the day before', async () => {
    const days = [DAYS[0] as DayBlock, day([[60, 1]])];
    const report = { ...REPORT, days: [REPORT.days[0], { date: '2026-01-07', bars: 1 }] } as unknown as Report;
    const asked = parseAt('2026-01-07 00:00:30');
    const target = await findTarget(report, asked, async (index) => days[index] as DayBlock);
    expect([target.bar, target.dayIndex, target.barOfDay]).toEqual([2, 0, 2]);
    expect(target.note).toContain('this is the nearest earlier bar, 2026-01-05T00:00:15.000Z');
  });

  test.each(['2026-01-05 00:00:04', '2026-01-04 00:00:00', '2026-01-07 00:00:10', '2026-02-01 00:00:00', 'bar:5'])(
    '%s lies outside, and the message names first and last',
    async (at) => {
      await expect(find(at)).rejects.toThrow(InputError);
      await expect(find(at)).rejects.toThrow(
        'outside the run, which has bar 0 (2026-01-05T00:00:05.000Z) to bar 4 (2026-01-07T00:00:05.000Z)',
      );
    },
  );

  test('a stopped run ends where it was stopped', async () => {
    const report = { ...REPORT, days: [{ date: '2026-01-05', bars: 2 }] } as unknown as Report;
    await expect(find('2026-01-05 00:00:15', report)).rejects.toThrow('to bar 1 (2026-01-05T00:00:10.000Z)');
    await expect(find('bar:0', { ...REPORT, days: [] })).rejects.toThrow('the run has no bar');
  });
});

test('rows that are bars: a number greater than the last one taken', () => {
  const rows = [3, 3, 2, 4, Number.NaN, 5].map((number, i) => [i, number] as const);
  expect([...acceptedRows(day(rows))]).toEqual([0, 3, 5]);
});
