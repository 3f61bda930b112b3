import fc from 'fast-check';
import { expect, test } from 'vitest';
import { METRIC_NAMES } from '../../../src/model/metric-alert.ts';
import { type MetricAlert, MetricsMonitor } from '../../../src/portfolio/metrics-monitor.ts';
import { createThresholdConfig, isBeyond, METRICS } from '../../../src/portfolio/metrics-monitor-thresholds.ts';

const CONFIG = createThresholdConfig({ window: 8, minSamples: 3 });
const anyEvent = fc.record({
  isFill: fc.boolean(),
  pnl: fc.integer({ min: -40, max: 40 }),
  isMaker: fc.boolean(),
  slippageBps: fc.integer({ min: -10, max: 20 }),
  notional: fc.integer({ min: 1, max: 1000 }),
});

test('alarms of a metric begin and end in turn, each beyond its own limit, and stand for what is beyond', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 80 }), (events) => {
      const alerts: MetricAlert[] = [];
      const monitor = new MetricsMonitor(CONFIG, 1000, { emit: (alert) => alerts.push({ ...alert }) });
      let capital = 1000;
      for (const { isFill, pnl, isMaker, slippageBps, notional } of events) {
        capital += isFill ? 0 : pnl;
        if (isFill) monitor.onFilled(slippageBps, notional, isMaker ? notional : 0);
        else monitor.onTradeClosed(pnl, capital);
      }
      expect(alerts.map(({ sequence }) => sequence)).toEqual(alerts.map((_, index) => index));
      for (let metric = 0; metric < METRICS; metric++) {
        const own = alerts.filter((alert) => alert.metric === metric);
        const threshold = CONFIG[METRIC_NAMES[metric] as (typeof METRIC_NAMES)[number]];
        own.forEach(({ isRaised, value, limit }, index) => {
          expect(isRaised).toBe(index % 2 === 0);
          expect(limit).toBe(isRaised ? threshold?.alarmAt : threshold?.clearAt);
          expect(isBeyond(metric, value, limit)).toBe(isRaised);
        });
        expect(monitor.isAlarmOn(metric)).toBe(own.length % 2 === 1);
      }
    }),
    { numRuns: 500 },
  );
});
