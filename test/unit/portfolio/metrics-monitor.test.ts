import { describe, expect, test } from 'vitest';
import { SnapshotReader, SnapshotWriter } from '../../../src/engine/snapshot-bytes.ts';
import { METRIC_NAMES } from '../../../src/model/metric-alert.ts';
import { type MetricAlert, MetricsMonitor } from '../../../src/portfolio/metrics-monitor.ts';
import {
  createThresholdConfig,
  METRIC_MAKER_SHARE,
  METRIC_PROFIT_FACTOR,
  METRIC_ROI,
  METRIC_SLIPPAGE_BPS,
  METRIC_WIN_RATE,
  type ThresholdConfig,
} from '../../../src/portfolio/metrics-monitor-thresholds.ts';

/** Nothing watched, four samples needed of a window of ten. */
const UNWATCHED = {
  win_rate: null,
  profit_factor: null,
  roi: null,
  slippage_bps: null,
  maker_share: null,
  window: 10,
  minSamples: 4,
} as const;

function monitor(changes: Partial<ThresholdConfig>) {
  const alerts: MetricAlert[] = [];
  const config = createThresholdConfig({ ...UNWATCHED, ...changes });
  return { alerts, monitor: new MetricsMonitor(config, 1000, { emit: (alert) => alerts.push({ ...alert }) }) };
}

/** The alerts in words: `+win_rate` begins, `-win_rate` ends. */
function words(alerts: readonly MetricAlert[]): string[] {
  return alerts.map(({ metric, isRaised }) => `${isRaised ? '+' : '-'}${METRIC_NAMES[metric]}`);
}

describe('figures', () => {
  test('of trades: win rate and profit factor over the window, the return from the start', () => {
    const { monitor: m } = monitor({ window: 4 });
    for (const [pnl, capital] of [
      [900, 1900], // falls out of the window
      [30, 1930],
      [-10, 1920],
      [0, 1920], // neither win nor loss
      [-10, 1910],
    ] as const) {
      m.onTradeClosed(pnl, capital);
    }
    expect(m.values[METRIC_WIN_RATE]).toBe(0.25); // 1 of 4
    expect(m.values[METRIC_PROFIT_FACTOR]).toBe(1.5); // 30 / 20
    expect(m.values[METRIC_ROI]).toBeCloseTo(0.91, 12); // 1910 / 1000 - 1
  });

  test('of fills: both by notional', () => {
    const { monitor: m } = monitor({});
    m.onFilled(-1, 300, 300);
    m.onFilled(4, 100, 0);
    expect(m.values[METRIC_SLIPPAGE_BPS]).toBe(0.25); // (-300 + 400) / 400
    expect(m.values[METRIC_MAKER_SHARE]).toBe(0.75);
  });

  test.each([
    ['a NaN pnl', (m: MetricsMonitor) => m.onTradeClosed(Number.NaN, 1)],
    ['a fill of nothing', (m: MetricsMonitor) => m.onFilled(0, 0, 0)],
    ['more made than filled', (m: MetricsMonitor) => m.onFilled(1, 5, 6)],
    ['a NaN slippage', (m: MetricsMonitor) => m.onFilled(Number.NaN, 5, 5)],
  ])('%s is refused', (_, act) => {
    expect(() => act(monitor({}).monitor)).toThrow(RangeError);
  });
});

describe('alerts', () => {
  test('none below the least number of samples, then one, with the figure and its limit', () => {
    const { monitor: m, alerts } = monitor({ win_rate: { alarmAt: 0.4, clearAt: 0.5 } });
    for (const pnl of [-1, -1, -1]) m.onTradeClosed(pnl, 1000);
    expect(alerts).toEqual([]);
    m.onTradeClosed(1, 1000);
    m.onTradeClosed(-1, 1000);
    expect(alerts).toEqual([
      { sequence: 0, metric: METRIC_WIN_RATE, isRaised: true, value: 0.25, limit: 0.4, samples: 4 },
    ]);
    expect(m.isAlarmOn(METRIC_WIN_RATE)).toBe(true);
  });

  test('a return that wavers around its limit gives one alert; it ends where it has really recovered', () => {
    const { monitor: m, alerts } = monitor({ roi: { alarmAt: -0.1, clearAt: -0.05 }, minSamples: 1 });
    const said = [900, 899, 901, 899, 920, 949, 950, 901, 899].map((capital) => {
      const before = alerts.length;
      m.onTradeClosed(capital - 1000, capital);
      return words(alerts.slice(before)).join();
    });
    // exactly -10 % is not beyond -10 %; 950 is at the limit that clears
    expect(said).toEqual(['', '+roi', '', '', '', '', '-roi', '', '+roi']);
  });

  test('slippage alarms upwards, the maker share downwards', () => {
    const { monitor: m, alerts } = monitor({
      slippage_bps: { alarmAt: 5, clearAt: 3 },
      maker_share: { alarmAt: 0.4, clearAt: 0.6 },
      window: 2,
      minSamples: 2,
    });
    m.onFilled(8, 100, 0);
    m.onFilled(4, 100, 0); // mean 6, no maker
    m.onFilled(2, 100, 100); // mean 3: clear; share 0.5: not yet
    m.onFilled(2, 100, 100);
    expect(words(alerts)).toEqual(['+slippage_bps', '+maker_share', '-slippage_bps', '-maker_share']);
  });

  test('a window of gains only is beyond no limit; one of zeros is no figure', () => {
    const { monitor: m, alerts } = monitor({ profit_factor: { alarmAt: 1, clearAt: 1.1 }, minSamples: 1, window: 2 });
    m.onTradeClosed(0, 1000);
    m.onTradeClosed(0, 1000);
    m.onTradeClosed(5, 1005);
    m.onTradeClosed(5, 1010);
    expect(alerts).toEqual([]);
    m.onTradeClosed(-50, 960);
    expect(words(alerts)).toEqual(['+profit_factor']); // 5 / 50
  });
});

describe('thresholds', () => {
  test.each([
    [
      'a lower limit that clears below it',
      { win_rate: { alarmAt: 0.4, clearAt: 0.3 } },
      /win_rate\.clearAt.*above.*0\.3/,
    ],
    ['no band', { slippage_bps: { alarmAt: 5, clearAt: 5 } }, /slippage_bps\.clearAt.*below.*5/],
    ['a NaN', { roi: { alarmAt: Number.NaN, clearAt: 0 } }, /roi/],
    ['no window', { window: 0 }, /window.*at least 1, was 0/],
    ['more samples than the window holds', { window: 5, minSamples: 6 }, /minSamples.*at most window \(5\), was 6/],
  ])('%s is refused', (_, changes, message) => {
    expect(() => createThresholdConfig(changes)).toThrow(message);
  });
});

test('comes back from its state in the middle of a window, and says the same from there on', () => {
  const watched = {
    profit_factor: { alarmAt: 1, clearAt: 1.2 },
    slippage_bps: { alarmAt: 1, clearAt: 0.5 },
    window: 5,
  };
  const { monitor: before, alerts: told } = monitor(watched);
  for (let i = 0; i < 8; i++) {
    before.onTradeClosed(i % 3 === 0 ? 10 : -7, 1000 - i);
    before.onFilled(i, 100 + i, i % 2 === 0 ? 100 + i : 0);
  }
  const writer = new SnapshotWriter();
  before.walkState(writer);
  const { monitor: after, alerts: retold } = monitor(watched);
  after.walkState(new SnapshotReader(writer.bytes()));
  const again = new SnapshotWriter();
  after.walkState(again);
  expect(again.bytes()).toEqual(writer.bytes());
  const told0 = told.length;
  for (let i = 0; i < 12; i++) {
    for (const m of [before, after]) {
      m.onTradeClosed(i % 2 === 0 ? 9 : -8, 990 + i);
      m.onFilled(-i, 50, 50);
    }
  }
  expect(told.length).toBeGreaterThan(told0);
  expect(retold).toEqual(told.slice(told0));
});
