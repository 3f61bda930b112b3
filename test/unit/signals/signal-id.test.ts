import { describe, expect, it } from 'vitest';
import {
  compareSignalIds,
  entryIdOf,
  parseSignalId,
  SignalIds,
  signalIdText,
} from '../../../src/adapters/redis/signal-id.ts';
import { dayFromDate } from '../../../src/model/time.ts';

const DAY = dayFromDate('2026-01-05');

describe('signal ids', () => {
  it('are the time and the place among those of the same nanosecond', () => {
    const ids = new SignalIds();
    expect([5e9, 5e9, 5e9 + 1, 4e9].map((ns) => signalIdText(ids.next(DAY, ns)))).toEqual([
      '1767571205000000000-0',
      '1767571205000000000-1',
      '1767571205000000001-0',
      '1767571205000000001-1', // an earlier stamp takes the time of the one before
    ]);
  });

  it('order entries of the stream as they order signals', () => {
    const ids = new SignalIds();
    const made = [0, 0, 1, 999_999, 1_000_000, 1_000_001, 5e9].map((ns) => ids.next(DAY, ns));
    const entries = made.map((id) => entryIdOf(id).split('-').map(BigInt) as [bigint, bigint]);
    for (let i = 1; i < made.length; i++) {
      expect(compareSignalIds(made[i - 1]!, made[i]!)).toBeLessThan(0);
      const [[ms, seq], [nextMs, nextSeq]] = [entries[i - 1]!, entries[i]!];
      expect(nextMs > ms || (nextMs === ms && nextSeq > seq)).toBe(true);
    }
  });

  it.each(['', '1', '1-4096', '-1-0', '1-0-0', 'x-1'])('are not read out of %j', (text) => {
    expect(parseSignalId(text)).toBeNull();
  });

  it('are refused beyond 4096 in one nanosecond', () => {
    const ids = new SignalIds();
    for (let i = 0; i < 4096; i++) ids.next(DAY, 1);
    expect(() => ids.next(DAY, 1)).toThrow(/at most 4096/);
  });
});
