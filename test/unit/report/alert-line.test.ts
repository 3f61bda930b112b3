import { expect, test } from 'vitest';
import type { ReportAlert } from '../../../src/model/metric-alert.ts';
import { alertLine } from '../../../src/report/watch/alert-rows.ts';

const alert: ReportAlert = {
  ts: '2026-01-05T08:42:05.000Z',
  metric: 'profit_factor',
  level: 'alarm',
  value: 0.6,
  threshold: 0.8,
  samples: 30,
};

test.each<[Partial<ReportAlert>, string]>([
  [{}, 'alarm: profit factor 0.60 below 0.80 over 30 trades, 2026-01-05 08:42:05 UTC'],
  [
    { metric: 'win_rate', value: 0.38, threshold: 0.395, samples: 100 },
    'alarm: win rate 38.0 % below 39.5 % over 100 trades, 2026-01-05 08:42:05 UTC',
  ],
  [
    { metric: 'slippage_bps', value: 5.4, threshold: 5, samples: 1 },
    'alarm: slippage, bps 5.40 above 5.00 over 1 filled end, 2026-01-05 08:42:05 UTC',
  ],
  [
    { metric: 'slippage_bps', level: 'clear', value: 3.256, threshold: 4 },
    'clear: slippage, bps 3.26 back at 4.00 over 30 filled ends, 2026-01-05 08:42:05 UTC',
  ],
])('a line for the operator, %#', (changes, line) => {
  expect(alertLine({ ...alert, ...changes })).toBe(line);
});
