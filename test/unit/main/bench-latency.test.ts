import { describe, expect, test } from 'vitest';
import {
  type LatencyPoint,
  latencyPlan,
  secondsOf,
  TARGET_ASSETS,
  TARGET_RATE_HZ,
} from '../../../src/main/commands/bench-latency-plan.ts';
import { latencyReport } from '../../../src/main/commands/bench-latency-report.ts';
import {
  type LatencyResult,
  quantilesOfHistogram,
  quantilesOfSamples,
  type StageQuantiles,
} from '../../../src/main/commands/bench-latency-samples.ts';
import { DEFAULT_SLOTS } from '../../../src/shm/layout.ts';
import { createRegion } from '../../../src/shm/region.ts';
import { StageHistogram } from '../../../src/shm/stage-histogram.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

describe('quantiles', () => {
  test.each<[string, number, Partial<StageQuantiles>]>([
    ['none of nothing', 0, { count: 0, p50: null, p99: null, max: null }],
    ['no median with nine values beyond it', 19, { p50: null, max: 19 }],
    ['a median with ten beyond it', 20, { p50: 10, p99: null }],
    ['no p99 with nine beyond it: rank 991 of 1000 is 990, of 999 is 990 as well', 999, { p50: 500, p99: null }],
    ['p99 with ten beyond it', 1000, { p99: 990, p999: null }],
    ['p99.9 with ten beyond it', 10_000, { p99: 9900, p999: 9990, max: 10_000 }],
  ])('%s', (_, count, expected) => {
    expect(quantilesOfSamples(numbers(count).reverse())).toMatchObject(expected);
  });

  test('of a histogram they are those of its samples, to 1/64', () => {
    const region = createRegion({ ...DEFAULT_SLOTS, assets: 1, hasAssetSignals: false });
    const histogram = new StageHistogram(region, 'step');
    for (const ns of numbers(1000)) histogram.record(ns * 100);
    const { count, p50, p99, p999, max } = quantilesOfHistogram(histogram);
    expect([count, p999, max]).toEqual([1000, null, 100_000]);
    expect(p50! / 50_000).toBeCloseTo(1 + 1 / 128, 1.5);
    expect(p99! / 99_000).toBeCloseTo(1 + 1 / 128, 1.5);
  });
});

describe('the plan', () => {
  const nameOf = (point: LatencyPoint) =>
    [point.rateHz, point.assets, point.wait, point.fills, point.hasJournal ? 'journal' : 'none'].join(' ');

  test('by default sends frames for three minutes at most, peers not counted', () => {
    const seconds = latencyPlan(false).reduce((sum, point) => sum + secondsOf(point), 0);
    expect(seconds).toBeLessThan(180);
  });

  test('judges its targets by a point that is long enough for a p99', () => {
    for (const isFull of [false, true]) {
      const judged = latencyPlan(isFull).find(
        ({ rateHz, assets, wait, hasJournal }) =>
          rateHz === TARGET_RATE_HZ && assets === TARGET_ASSETS && wait === 'park' && !hasJournal,
      );
      expect(quantilesOfSamples(numbers(judged!.frames)).p99).not.toBeNull();
    }
  });

  test('measures no point twice, and in full every one of the default', () => {
    const full = latencyPlan(true).map(nameOf);
    const short = latencyPlan(false).map(nameOf);
    expect(new Set(full).size).toBe(full.length);
    expect(new Set(short).size).toBe(short.length);
    expect(full).toEqual(expect.arrayContaining(short));
  });
});

describe('the report', () => {
  const stage = (p50: number | null, p99: number | null): StageQuantiles => ({
    count: 2000,
    p50,
    p99,
    p999: null,
    max: 9e6,
  });
  const result = (stages: LatencyResult['stages']): LatencyResult => ({
    channel: 'dolphin',
    rateHz: TARGET_RATE_HZ,
    assets: TARGET_ASSETS,
    waiting: 'park',
    isRouted: false,
    frames: 2000,
    framesPerSecond: TARGET_RATE_HZ,
    stages,
    cpuPct: { execution: 2.25, engine: 99.7, 'market-data': Number.NaN },
  });
  const verdicts = (stages: LatencyResult['stages']) =>
    latencyReport([result(stages)], []).targets.map(({ measured, verdict }) => `${verdict} ${measured}`);

  test.each([
    // 90 - 70 = 20 µs, 350 - 150 = 200 µs, 100 µs: each exactly its limit
    ['at the limits', 90_000, 350_000, 100_000, ['met 20.0 µs', 'met 200 µs', 'met 100 µs']],
    ['beyond them', 90_100, 351_000, 101_000, ['missed 20.1 µs', 'missed 201 µs', 'missed 101 µs']],
  ])('%s', (_, intentP50, intentP99, stepP99, expected) => {
    const hop = stage(70_000, 150_000);
    expect(verdicts({ hop, intent: stage(intentP50, intentP99), step: stage(9, stepP99) })).toEqual(expected);
  });

  test('judges nothing by quantiles that too few samples stand behind', () => {
    expect(verdicts({ hop: stage(1, null), intent: stage(1, null), step: stage(1, null) })).toEqual(['met 0.0 µs']);
  });

  test('a peer at the same point, or ours with a journal, is not what is judged', () => {
    const others = [
      { ...result({ step: stage(1, 1) }), channel: 'C11 rings' },
      { ...result({ step: stage(1, 1) }), waiting: 'park, journal' },
      { ...result({ step: stage(1, 1) }), isRouted: true },
    ];
    expect(latencyReport(others, []).targets).toEqual([]);
  });

  test('shows microseconds, leaves out what is not stated, and puts the CPU in the order of the frame', () => {
    const { rows } = latencyReport([result({ total: stage(123_456, null) })], []).tables[0]!;
    expect(rows).toEqual([
      ['10 Hz, dolphin, park', '2000', '', '', '', '', '', '', '', '123', '', '', '9000', '? / 100 / 2.3'],
    ]);
  });

  test('orders stand beside the same point with analytic fills, in a table of their own', () => {
    const routed = { ...result({ order: stage(69_600, 201_000) }), isRouted: true };
    const elsewhere = { ...result({}), assets: 50 };
    const { tables } = latencyReport([result({ handover: stage(90_000, null) }), elsewhere, routed], []);
    const orders = tables.find(({ title }) => title.startsWith('Orders'))!;
    const order = (column: string) => orders.rows.map((row) => row[orders.columns.indexOf(column)]);
    expect(orders.rows.map(([first]) => first)).toEqual(['10 Hz x 400, analytic', '10 Hz x 400, routed']);
    expect(order('orders')).toEqual(['', '2000']);
    expect(order('order p50')).toEqual(['', '69.6']);
    expect(order('order p99')).toEqual(['', '201']);
    expect(order('handover p50')).toEqual(['90.0', '']);
    expect(tables.flatMap(({ rows }) => rows).filter(([first]) => first?.startsWith('10 Hz, dolphin'))).toHaveLength(2);
  });
});
