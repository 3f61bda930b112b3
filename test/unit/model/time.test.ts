import { describe, expect, test } from 'vitest';
import {
  dateFromDay,
  dayFromDate,
  dayOfUnixNs,
  isoFrom,
  NS_PER_DAY,
  nsBetween,
  nsOfDayOfUnixNs,
  unixNsFrom,
} from '../../../src/model/time.ts';

describe('UNIX time in ns, as a day and the ns of that day', () => {
  test.each([
    ['the epoch', 0n, 0, 0],
    ['the last ns of a day', 86_399_999_999_999n, 0, NS_PER_DAY - 1],
    ['midnight', 86_400_000_000_000n, 1, 0],
    ['before the epoch', -1n, -1, NS_PER_DAY - 1],
    ['midnight before the epoch', -86_400_000_000_000n, -1, 0],
    ['a stamp no double holds', 1_767_571_200_000_000_001n, 20_458, 1],
  ])('%s', (_, unixNs, day, nsOfDay) => {
    expect(dayOfUnixNs(unixNs)).toBe(day);
    expect(nsOfDayOfUnixNs(unixNs)).toBe(nsOfDay);
    expect(unixNsFrom(day, nsOfDay)).toBe(unixNs);
  });

  test('differences run across midnight', () => {
    expect(nsBetween(5, NS_PER_DAY - 1, 6, 1)).toBe(2);
    expect(nsBetween(6, 1, 5, NS_PER_DAY - 1)).toBe(-2);
  });
});

describe('dates', () => {
  test.each([
    ['1970-01-01', 0],
    ['1969-12-31', -1],
    ['2000-02-29', 11_016],
    ['2024-02-29', 19_782],
    ['2026-01-05', 20_458],
    ['2100-03-01', 47_541],
  ])('%s is day %i', (date, day) => {
    expect(dayFromDate(date)).toBe(day);
    expect(dateFromDay(day)).toBe(date);
  });

  test('every day of four hundred years goes there and back, one after the other', () => {
    const first = dayFromDate('1800-01-01');
    for (let day = first; day < first + 146_097; day += 97) expect(dayFromDate(dateFromDay(day))).toBe(day);
  });

  test.each(['2023-02-29', '2026-13-01', '2026-00-10', '2026-1-5', '2026-01-05T00:00:00Z', '', 'today', '2100-02-29'])(
    '"%s" is none',
    (text) => {
      expect(dayFromDate(text)).toBeNaN();
    },
  );
});

describe('ISO 8601', () => {
  test.each([
    ['midnight', 0, '2026-01-05T00:00:00.000Z'],
    ['whole ms', 3_723_004_000_000, '2026-01-05T01:02:03.004Z'],
    ['with ns', 3_723_004_000_001, '2026-01-05T01:02:03.004000001Z'],
    ['the last ns', NS_PER_DAY - 1, '2026-01-05T23:59:59.999999999Z'],
  ])('%s', (_, nsOfDay, text) => {
    expect(isoFrom(20_458, nsOfDay)).toBe(text);
  });
});
