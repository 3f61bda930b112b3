import { describe, expect, it } from 'vitest';
import {
  formatCount,
  formatDuration,
  formatInterval,
  formatMoney,
  formatNs,
  formatPnl,
  formatPrice,
  formatProfitFactor,
  formatReturn,
  formatSeconds,
  formatShare,
} from '../../../src/report/number-format.ts';
import { displayWidth, pad, textBar, wrap } from '../../../src/report/text-table.ts';

describe('numbers as people read them', () => {
  it.each([
    [formatCount(17_280), '17,280'],
    [formatMoney(24_954.547), '24,954.55'],
    [formatMoney(-0.001), '0.00'],
    [formatPnl(12.3), '+12.30'],
    [formatPnl(-0.001), '0.00'],
    [formatReturn(0.08083), '+8.08 %'],
    [formatShare(0.3793), '37.9 %'],
    [formatShare(Number.NaN), 'n/a'],
    [formatPrice(0.0001234567), '0.0001234567'],
    [formatPrice(97_123.4), '97,123.4'],
    [formatProfitFactor(null, 3), 'no losses'],
    [formatProfitFactor(null, 0), 'n/a'],
    [formatNs(850), '850 ns'],
    [formatNs(1240), '1.24 µs'],
    [formatNs(9999), '10.0 µs'],
    [formatNs(214_000), '214 µs'],
    [formatNs(3_870_000), '3.87 ms'],
    [formatNs(Number.NaN), 'n/a'],
    [formatSeconds(0.143), '0.14 s'],
    [formatSeconds(83), '1 min 23 s'],
    [formatDuration(60_100), '60.1 s'],
    [formatDuration(2_724_000), '45 min 24 s'],
    [formatDuration(73_405_000), '20 h 23 min'],
    [formatDuration(180_000_000), '2 d 2 h'],
    [formatDuration(Number.NaN), 'n/a'],
    [formatInterval(100), '0.1 s'],
    [formatInterval(60_000), '60 s'],
    [formatInterval(300_000), '5 min'],
  ])('%s', (found, expected) => expect(found).toBe(expected));
});

describe('text in columns', () => {
  it('pads wide characters by the columns they take', () => {
    expect(displayWidth('币安人生USDT')).toBe(12);
    expect(pad('币安', 6, 'right')).toBe('  币安');
  });
  it('wraps at spaces', () => expect(wrap('one two three', 8)).toEqual(['one two', 'three']));
  it.each([
    [1, '████'],
    [0.5, '██'],
    [0.001, '▏'],
    [0, ''],
    [Number.NaN, ''],
  ])('draws %s of a bar', (fraction, bar) => expect(textBar(fraction, 4)).toBe(bar));
});
