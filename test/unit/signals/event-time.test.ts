import { describe, expect, it } from 'vitest';
import { eventTimeOf } from '../../../src/adapters/json-scans/event-time.ts';
import { dayFromDate } from '../../../src/model/time.ts';

// 2026-01-05T00:00:05Z = 1767571205 s.
const EXPECTED = { day: dayFromDate('2026-01-05'), nsOfDay: 5e9 };

describe('eventTimeOf', () => {
  it.each([
    ['s', 1_767_571_205],
    ['ms', 1_767_571_205_000],
    ['us', 1_767_571_205_000_000],
    ['ns', '1767571205000000000'],
  ] as const)('takes %s as declared, and finds out the same without a unit', (unit, stamp) => {
    expect(eventTimeOf(stamp, unit)).toEqual(EXPECTED);
    expect(eventTimeOf(stamp, undefined)).toEqual(EXPECTED);
  });

  it('reads every nanosecond', () => {
    expect(eventTimeOf('1767571205123456789', 'ns')).toEqual({ ...EXPECTED, nsOfDay: 5_123_456_789 });
    expect(eventTimeOf('1767571205.123456789', 's')).toEqual({ ...EXPECTED, nsOfDay: 5_123_456_789 });
    expect(eventTimeOf('1767571205123.456789', 'ms')).toEqual({ ...EXPECTED, nsOfDay: 5_123_456_789 });
    expect(eventTimeOf('2026-01-05T02:00:05.123456789+02:00', undefined)).toEqual({
      ...EXPECTED,
      nsOfDay: 5_123_456_789,
    });
  });

  it('lets a declared unit win over the magnitude, and refuses what it makes of the number', () => {
    // ms that are declared as us would lie in January 1970: the audited code took exactly that for a time.
    expect(eventTimeOf(1_767_571_205_000, 'us')).toMatch(/^is us outside of 2017-01-01T00:00:00Z to 2100-01-01/);
    expect(eventTimeOf(1_767_571_205_000, 's')).toMatch(/^is s outside of/);
  });

  it.each([
    ['a day in 1970', 86_400],
    ['between the units', 40_000_000_000],
    ['zero', 0],
    ['a number without exactness', 1_767_571_205_123_456_800],
    ['a sign', -1_767_571_205],
    ['an exponent', '1.7e9'],
    ['a time without zone', '2026-01-05T00:00:05'],
    ['words', 'yesterday'],
    ['nothing', ''],
  ])('refuses %s', (_, stamp) => {
    expect(typeof eventTimeOf(stamp, undefined)).toBe('string');
  });

  it('needs no unit within a day, and refuses the day before', () => {
    const day = { earliestSeconds: 1_767_571_200, latestSeconds: 1_767_571_200 + 86_400 };
    expect(eventTimeOf(1_767_571_205_000, undefined, day)).toEqual(EXPECTED);
    expect(eventTimeOf(1_767_571_199_999, undefined, day)).toMatch(/lies in no unit of s, ms, us, ns/);
  });
});
