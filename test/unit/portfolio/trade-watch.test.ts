import { describe, expect, test } from 'vitest';
import type { ReportAlert } from '../../../src/model/metric-alert.ts';
import type { TradeDetail } from '../../../src/model/trade.ts';
import { createThresholdConfig, type ThresholdConfig } from '../../../src/portfolio/metrics-monitor-thresholds.ts';
import { alertsOf, TradeWatch } from '../../../src/portfolio/trade-watch.ts';

const VIP0 = { makerFee: 0.0002, takerFee: 0.0005 };
const UNWATCHED = { win_rate: null, profit_factor: null, roi: null, slippage_bps: null, maker_share: null };
const soon = (changes: Partial<ThresholdConfig>) =>
  createThresholdConfig({ ...UNWATCHED, window: 4, minSamples: 2, ...changes });

/** A booked trade; `hour` is when it closed. */
function trade(hour: number, pnl: number, changes: Partial<TradeDetail> = {}): TradeDetail {
  return {
    date: '2026-01-05',
    entryTs: '2026-01-05T00:00:00.000Z',
    exitTs: `2026-01-05T${String(hour).padStart(2, '0')}:00:00.000Z`,
    entryBar: 0,
    exitBar: 1,
    asset: 'ETHUSDT',
    assetIndex: 1,
    direction: -1,
    reason: 'MAX_HOLD',
    entry: 100,
    exit: 100,
    notional: 1000,
    leverage: 1,
    fees: 0,
    pnl,
    bucket: 0,
    capital: 1000,
    feesExpected: 0,
    entryNextBar: 100,
    exitNextBar: 100,
    ...changes,
  };
}

/** A routed SHORT of 10 at these average prices, decided at 100, that paid these fees. */
const routed = (hour: number, prices: { entry: number; exit: number }, fees: { entry: number; exit: number }) =>
  trade(hour, 1, {
    ...prices,
    routed: { qty: 10, entryDecision: 100, exitDecision: 100, funding: 0, feesEntry: fees.entry, feesExit: fees.exit },
  });

const alerts = (trades: readonly TradeDetail[], thresholds: ThresholdConfig): ReportAlert[] =>
  alertsOf(trades, 1000, thresholds, VIP0);

describe('an analytic run', () => {
  test('alarms with the trade that goes beyond, by its event time, and clears with the one that comes back', () => {
    const thresholds = soon({ win_rate: { alarmAt: 0.5, clearAt: 0.6 } });
    const trades = [trade(1, 5), trade(2, -1), trade(3, -1), trade(4, 2), trade(5, 2), trade(6, 2)];
    // Win rates over the last four: -, 1/2, 1/3: alarm, 2/4, 2/4 (of 2..5), 3/4 (of 3..6): clear.
    expect(alerts(trades, thresholds)).toEqual([
      { ts: '2026-01-05T03:00:00.000Z', metric: 'win_rate', level: 'alarm', value: 1 / 3, threshold: 0.5, samples: 3 },
      { ts: '2026-01-05T06:00:00.000Z', metric: 'win_rate', level: 'clear', value: 0.75, threshold: 0.6, samples: 4 },
    ]);
  });

  test('the return is measured on the capital after the trade', () => {
    const thresholds = soon({ roi: { alarmAt: -0.1, clearAt: -0.08 } });
    const trades = [trade(1, -50, { capital: 950 }), trade(2, -60, { capital: 890 })];
    expect(alerts(trades, thresholds)).toMatchObject([{ metric: 'roi', value: -0.11, threshold: -0.1 }]);
  });

  test('has no slippage and no maker share', () => {
    const everything = soon({ slippage_bps: { alarmAt: -99, clearAt: -100 }, maker_share: { alarmAt: 2, clearAt: 3 } });
    expect(alerts([trade(1, 1), trade(2, 1), trade(3, 1)], everything)).toEqual([]);
  });
});

describe('a routed run', () => {
  test('slippage: each end against its decision price, by notional', () => {
    const thresholds = soon({ slippage_bps: { alarmAt: 5, clearAt: 4 } });
    // SHORT: sold 10 at 99.9 in place of 100, 10 bps on 999; bought back at 100.1, 10 bps on 1001.
    const [alert] = alerts([routed(1, { entry: 99.9, exit: 100.1 }, { entry: 0.4, exit: 0.4 })], thresholds);
    expect(alert).toMatchObject({ metric: 'slippage_bps', level: 'alarm', threshold: 5, samples: 2 });
    expect(alert?.value).toBeCloseTo(10, 9);
    // Better than decided is a gain.
    expect(alerts([routed(1, { entry: 100.1, exit: 99.9 }, { entry: 0.4, exit: 0.4 })], thresholds)).toEqual([]);
  });

  test('maker share: follows from what was paid', () => {
    const thresholds = soon({ maker_share: { alarmAt: 0.4, clearAt: 0.45 } });
    // In: 0.2 of 1000 is the maker's rate, all made. Out: 0.5 is the taker's, nothing made. Together a half.
    const half = routed(1, { entry: 100, exit: 100 }, { entry: 0.2, exit: 0.5 });
    expect(alerts([half], thresholds)).toEqual([]);
    // In: 0.41 = 0.2 x 0.3 + 0.5 x 0.7, 30 % made: (1 + 0 + 0.3) / 3 = 0.43 after it. Out nothing: 1.3 / 4 = 0.325.
    const [alert] = alerts([half, routed(2, { entry: 100, exit: 100 }, { entry: 0.41, exit: 0.5 })], thresholds);
    expect(alert).toMatchObject({ metric: 'maker_share', level: 'alarm', threshold: 0.4, samples: 4 });
    expect(alert?.value).toBeCloseTo(0.325, 9);
  });

  test('a position that was marked at the end has an entry alone, and is no outcome', () => {
    const thresholds = soon({
      win_rate: { alarmAt: 0.9, clearAt: 0.95 },
      slippage_bps: { alarmAt: 5, clearAt: 4 },
      minSamples: 1,
    });
    const marked: TradeDetail = {
      ...routed(1, { entry: 99.9, exit: 200 }, { entry: 0.4, exit: 0 }),
      pnl: -5,
      reason: 'UNFILLED_END',
    };
    expect(alerts([marked], thresholds)).toMatchObject([{ metric: 'slippage_bps', samples: 1 }]);
  });
});

test('told trade by trade it says the same as of the whole run', () => {
  const thresholds = soon({ win_rate: { alarmAt: 0.5, clearAt: 0.6 }, profit_factor: { alarmAt: 1, clearAt: 1.2 } });
  const trades = Array.from({ length: 40 }, (_, i) => trade(i % 24, Math.round(7 * Math.sin(i * i))));
  const heard: ReportAlert[] = [];
  const watch = new TradeWatch(thresholds, 1000, VIP0, (alert) => heard.push(alert));
  for (const one of trades) watch.onTrade(one);
  expect(heard.length).toBeGreaterThan(3);
  expect(heard).toEqual(alerts(trades, thresholds));
});

test('rates that are one tell nothing of what was made', () => {
  const rates = { makerFee: 0.0005, takerFee: 0.0005 };
  expect(() => new TradeWatch(soon({}), 1000, rates, () => undefined)).toThrow('must differ, were both 0.0005');
});
