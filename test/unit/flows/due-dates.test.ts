import { describe, expect, test } from 'vitest';
import { dueDates } from '../../../src/flows/due-dates.ts';

const at = (iso: string) => Date.parse(iso);
const FIVE_PAST_MS = 5 * 60_000;
const due = (now: string, lastDate: string | null, daysBehind: 0 | 1 = 1, registered = '2026-01-01T12:00:00Z') =>
  dueDates({ nowMs: at(now), atMs: FIVE_PAST_MS, daysBehind, lastDate, registeredMs: at(registered) });

describe('dates that are due', () => {
  test.each([
    ['a minute before the schedule: yesterday is not due yet', '2026-01-10T00:04:59Z', '2026-01-08', []],
    ['at the schedule: yesterday', '2026-01-10T00:05:00Z', '2026-01-08', ['2026-01-09']],
    ['late on the same day: still yesterday alone', '2026-01-10T23:59:59Z', '2026-01-08', ['2026-01-09']],
    ['it is done: nothing', '2026-01-10T12:00:00Z', '2026-01-09', []],
    [
      'three days off: each of them, in order',
      '2026-01-10T00:06:00Z',
      '2026-01-06',
      ['2026-01-07', '2026-01-08', '2026-01-09'],
    ],
    ['over the end of a leap February', '2028-03-01T00:05:00Z', '2028-02-28', ['2028-02-29']],
    ['the state is ahead of the clock: nothing', '2026-01-10T12:00:00Z', '2026-02-01', []],
  ])('%s', (_situation, now, lastDate, dates) => {
    expect(due(now, lastDate)).toEqual(dates);
  });

  test.each([
    ['registered at noon: its first firing is the next midnight', '2026-01-01T13:00:00Z', []],
    ['a day later: the day of the registration', '2026-01-02T00:05:00Z', ['2026-01-01']],
    ['two days later: both', '2026-01-03T00:05:00Z', ['2026-01-01', '2026-01-02']],
  ])('nothing was ever done, %s', (_situation, now, dates) => {
    expect(due(now, null)).toEqual(dates);
  });

  test('factors are those of the day itself', () => {
    expect(due('2026-01-10T00:05:00Z', '2026-01-09', 0)).toEqual(['2026-01-10']);
  });
});
