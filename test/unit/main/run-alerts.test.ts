import { expect, test } from 'vitest';
import { alertLine } from '../../../src/main/run-alerts.ts';
import type { ReportAlert } from '../../../src/model/metric-alert.ts';

const alert: ReportAlert = {
  ts: '2026-01-05T10:00:00.000Z',
  metric: 'win_rate',
  level: 'alarm',
  value: 0.38,
  threshold: 0.395,
  samples: 100,
};

test.each<[ReportAlert, string]>([
  [alert, 'alarm: win_rate 38.0 % beyond 39.5 % over 100 at 2026-01-05 10:00:00'],
  [
    { ...alert, metric: 'slippage_bps', level: 'clear', value: 3.256, threshold: 4, samples: 30 },
    'clear: slippage_bps 3.26 back at 4.00 over 30 at 2026-01-05 10:00:00',
  ],
])('a line for the operator, %#', (told, line) => {
  expect(alertLine(told)).toBe(line);
});
