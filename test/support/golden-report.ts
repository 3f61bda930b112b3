import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { COUNTERS, type DayResult } from '../../src/model/day-result.ts';
import type { Report, ReportMetrics, RepricedMetrics } from '../../src/model/report.ts';
import { createChampionConfig, type StrategyConfig } from '../../src/model/strategy.ts';
import { dayFromDate, isoFrom, NS_PER_SECOND } from '../../src/model/time.ts';
import type { EngineRun, Trade, TradeDetail } from '../../src/model/trade.ts';
import { buildReport, type ReportContext } from '../../src/report/build-report.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const BAR_SECONDS = 5;

/** One expected result of the golden sets, as its JSON file states it. */
export interface Golden {
  /** `set/configuration`, e.g. `plain/champion`. */
  readonly name: string;
  readonly config: Partial<StrategyConfig>;
  readonly metrics: ReportMetrics;
  readonly venueFees: RepricedMetrics;
  readonly nextBarFills: RepricedMetrics;
  readonly days: readonly Omit<DayResult, 'mcStatus' | 'staleState'>[];
  readonly trades: readonly Omit<Trade, 'entryTs' | 'exitTs'>[];
  readonly decisionHash: string;
}

/** Every golden result of the repository, and those on real data where the shared folder is there. */
export function readGoldens(): Golden[] {
  const shared = process.env['DOLPHIN_SHARED'] ?? resolve(ROOT, '../shared');
  const real = join(shared, 'golden/real');
  if (!existsSync(real)) console.log(`skipped: golden results on real data (${real} is absent)`);
  return [...filesBelow(join(ROOT, 'test/golden')), ...(existsSync(real) ? filesIn(real) : [])].map(readGolden);
}

/** One golden result by name, e.g. `plain/champion`. */
export function goldenNamed(name: string): Golden {
  return readGolden(join(ROOT, 'test/golden', `${name}.json`));
}

/** The settings of a golden result: the champion's with the file's overrides. */
export function goldenConfig(golden: Golden): StrategyConfig {
  return { ...createChampionConfig(), ...golden.config };
}

/**
 * The run behind a golden result. The files hold no stamps, expected fees or later prices: stamps are made from the bar
 * number within the day (5 s bars from 00:00), fees expected from the fees drawn, later prices 0.5 bps worse at entry.
 */
export function goldenRun(golden: Golden): EngineRun {
  const firstBars = firstBarOfDays(golden.days);
  const stamp = (date: string, bar: number) => isoFrom(dayFromDate(date), nsOfBar(bar - (firstBars.get(date) ?? 0)));
  const trades = golden.trades.map(
    (trade): TradeDetail => ({
      ...trade,
      entryTs: stamp(trade.date, trade.entryBar),
      exitTs: stamp(trade.date, trade.exitBar),
      feesExpected: trade.fees + golden.metrics.feeLuck / golden.trades.length,
      entryNextBar: trade.entry * (1 + trade.direction * 0.5e-4),
      exitNextBar: trade.exit,
    }),
  );
  return {
    days: golden.days.map((day) => ({ ...day, mcStatus: 'OFF', staleState: false })),
    trades,
    initialCapital: goldenConfig(golden).initial_capital,
    capital: golden.metrics.capital,
    maxDrawdownMarked: golden.metrics.maxDrawdownMarked,
    warnings: [],
  };
}

/** A report on a golden run; `context` replaces what the test cares about. */
export function goldenReport(name: string, context: Partial<ReportContext> = {}): Report {
  const golden = goldenNamed(name);
  const dates = golden.days.map((day) => day.date);
  return buildReport(goldenRun(golden), {
    source: {
      dir: `data/${dirname(name)}`,
      from: dates[0]!,
      to: dates.at(-1)!,
      files: dates.map((date) => ({ name: `${date}.parquet`, sha256: 'ab'.repeat(32) })),
      beside: [],
      synthetic: true,
    },
    strategy: 'champion',
    paramHash: 'cd'.repeat(32),
    config: goldenConfig(golden),
    barIntervalMs: 5000,
    universe: [...new Set(golden.trades.map((trade) => trade.asset))],
    complete: true,
    timing: {
      bars: golden.days.reduce((total, day) => total + day.bars, 0),
      seconds: 0.143,
      barsPerSecond: 36_363,
      secondsWaitedForFiles: 0.021,
      lostWakes: 0,
      stepNs: { p50: 1_240, p99: 3_870, p999: 11_900, max: 214_000 },
    },
    ...context,
  });
}

/** A day on which nothing happened, with `fields` changed. */
export function quietDay(fields: Partial<DayResult> = {}): DayResult {
  return {
    ...(goldenNamed('plain/champion').days[0]! as DayResult),
    mcStatus: 'OFF',
    staleState: false,
    pnl: 0,
    trades: 0,
    counters: Object.fromEntries(COUNTERS.map((name) => [name, 0])) as unknown as DayResult['counters'],
    ...fields,
  };
}

function firstBarOfDays(days: Golden['days']): Map<string, number> {
  let bars = 0;
  return new Map(
    days.map((day) => {
      const first = bars;
      bars += day.bars;
      return [day.date, first];
    }),
  );
}

const nsOfBar = (bar: number) => Math.max(0, bar + 1) * BAR_SECONDS * NS_PER_SECOND;

function filesBelow(folder: string): string[] {
  // The sets of routed execution hold orders, not reports.
  const sets = readdirSync(folder, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && entry.name !== 'routed',
  );
  return sets.flatMap((set) => filesIn(join(folder, set.name)));
}

function filesIn(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => join(folder, name));
}

function readGolden(path: string): Golden {
  const name = path.split('/').slice(-2).join('/').replace('.json', '');
  return { name, ...JSON.parse(readFileSync(path, 'utf8')) };
}
