import { describe, expect, it } from 'vitest';
import { readScanJson } from '../../../src/adapters/json-scans/scan-json.ts';

const BASE = { timestamp: '1767571205000000000', timestamp_unit: 'ns', scan_number: 7 };
const PRICES = { asset_prices: { BTCUSDT: 60_000, ETHUSDT: null } };
const read = (scan: object) => readScanJson(JSON.stringify({ ...BASE, ...scan }));

describe('a scan of JSON', () => {
  it('reads velocities out of the windows and makes the divergence of them', () => {
    const tracking = (velocity: number) => ({ tracking_data: { lambda_max_velocity: velocity } });
    const scan = read({ ...PRICES, windows: { '50': tracking(0.01), '150': tracking(0.05), '750': tracking(0.2) } });
    // vel_div = v50 - v150 = 0.01 - 0.05
    expect([...scan.signals]).toEqual([0.01 - 0.05, 0.01, 0.05, Number.NaN, 0.2, Number.NaN, Number.NaN]);
    expect([...scan.prices]).toEqual([
      ['BTCUSDT', 60_000],
      ['ETHUSDT', Number.NaN],
    ]);
    expect(scan.assetVelDivs).toBeNull();
  });

  it('makes no divergence of half of the velocities: a missing one is not 0', () => {
    const scan = read({ ...PRICES, windows: { '50': { tracking_data: { lambda_max_velocity: -0.03 } } } });
    expect(scan.signals[0]).toBeNaN();
  });

  it('reads a divergence per asset, stated or of its velocities', () => {
    const scan = read({
      assets: {
        BTCUSDT: { price: 60_000, v50: 0.0234, v150: 0.0468 },
        ETHUSDT: { price: 3000, vel_div: -0.0156 },
        SOLUSDT: { price: 100, v50: 0.01 },
      },
    });
    expect(scan.assetVelDivs).toEqual(
      new Map([
        ['BTCUSDT', 0.0234 - 0.0468],
        ['ETHUSDT', -0.0156],
        ['SOLUSDT', Number.NaN],
      ]),
    );
    expect(scan.prices.get('SOLUSDT')).toBe(100);
  });

  it('takes a block of prices alone for prices', () => {
    expect(read({ assets: { BTCUSDT: { price: 1 } } }).assetVelDivs).toBeNull();
  });

  it('keeps every nanosecond of a number that no double holds', () => {
    const text = '{"timestamp": 1767571205123456789, "scan_number": 1, "asset_prices": {"BTCUSDT": 1}}';
    expect(readScanJson(text).nsOfDay).toBe(5_123_456_789);
  });

  it.each([
    ['no JSON', '{"timestamp": 1', /^is no JSON \(/],
    ['a text for a number', { ...PRICES, vel_div: '-0.03' }, /^key vel_div: "-0.03": /],
    [
      'a velocity that is a list',
      { ...PRICES, windows: { 50: { tracking_data: { lambda_max_velocity: [1] } } } },
      /^key windows\.50\.tracking_data\.lambda_max_velocity: \[1\]: /,
    ],
    ['another window', { ...PRICES, windows: { 60: { tracking_data: {} } } }, /^key windows/],
    ['a fractional number', { ...PRICES, scan_number: 1.5 }, /^key scan_number: 1.5: /],
    ['a symbol of another quote', { asset_prices: { BTCEUR: 1 } }, /^key asset_prices\.BTCEUR: 1: /],
    ['no prices', {}, /^key asset_prices: is missing/],
    ['a time of 1970', { ...PRICES, timestamp: 5, timestamp_unit: 's' }, /^key timestamp: 5 is s outside of/],
    ['an unknown unit', { ...PRICES, timestamp_unit: 'min' }, /^key timestamp_unit: "min": /],
    ['a list', '[1]', /^the whole: \[1\]: /],
  ])('refuses %s by key, value and rule', (_, scan, message) => {
    const text = typeof scan === 'string' ? scan : JSON.stringify({ ...BASE, ...scan });
    expect(() => readScanJson(text)).toThrow(message);
  });
});
