import { describe, expect, test } from 'vitest';
import type { ReplayPlan } from '../../src/adapters/day-folder/plan.ts';
import { deriveRunParams } from '../../src/engine/run-params.ts';
import type { StrategyConfig } from '../../src/model/strategy.ts';
import type { EngineRun, TradeDetail } from '../../src/model/trade.ts';
import { decisionHash } from '../../src/report/decision-hash.ts';
import { attachDayBlock, type DayBlock } from '../../src/shm/day-block.ts';
import { DayDecoder } from '../../src/workers/day-decoder.ts';
import { DirectReplay } from '../../src/workers/direct-replay.ts';
import { type GoldenCase, goldenCases, planOf } from '../support/golden-case.ts';
import { quietBars } from '../support/quiet-bars.ts';

const BARS_PER_SCAN = 50;

const decoded = new Map<string, Promise<DayBlock[]>>();

/** The days of a golden case, decoded once: no setting that is changed here has a part in that. */
function daysOf({ name, config }: GoldenCase, plan: ReplayPlan): Promise<DayBlock[]> {
  const days = decoded.get(name) ?? decode(plan, config);
  decoded.set(name, days);
  return days;
}

async function decode(plan: ReplayPlan, config: StrategyConfig): Promise<DayBlock[]> {
  const { excluded } = deriveRunParams(config, plan.universe, plan.barIntervalMs);
  const needsScanner = plan.files.some((file) => !file.hasSignals);
  const scannerThresholds = [Math.abs(config.vel_div_threshold)];
  const scanner = { needsScanner, scannerThresholds, scannerRate: '5s', scannerMode: 'ahead' } as const;
  const decoder = await DayDecoder.create({ ...plan, ...scanner, excluded, decoders: 1 }, () => true);
  const blocks: DayBlock[] = [];
  try {
    for (const _ of plan.files) {
      const { block } = (await decoder.next())!;
      blocks.push(attachDayBlock(block.buffer.slice(), block)); // its own memory is for a later day
    }
  } finally {
    await decoder.close();
  }
  return blocks;
}

/** A golden case with 0.1 s bars in which nothing happens, by direct call; its engine after the last frame as well. */
async function replayWithQuietBars(goldenCase: GoldenCase, settings: Partial<StrategyConfig>): Promise<DirectReplay> {
  const plan = await planOf(goldenCase);
  const blocks = await daysOf(goldenCase, plan);
  const replay = new DirectReplay({ ...plan, config: { ...goldenCase.config, ...settings } });
  blocks.forEach((block, i) => replay.feedWithBars(block, plan.files[i]!.day, quietBars(block, BARS_PER_SCAN)));
  return replay;
}

const runWithQuietBars = async (goldenCase: GoldenCase, settings: Partial<StrategyConfig>): Promise<EngineRun> =>
  (await replayWithQuietBars(goldenCase, settings)).finish();

/** What was decided, without the lifetime bars: at 0.1 s they are other bars. */
function decisions(trades: readonly TradeDetail[]) {
  return trades.map(({ date, entryTs, exitTs, asset, direction, reason, entry, exit, bucket }) => ({
    date,
    entryTs,
    // A day ends with its last bar, 4.9 s after its last scan.
    exitTs: reason === 'DAY_END' ? date : exitTs,
    asset,
    direction,
    reason,
    entry,
    exit,
    bucket,
  }));
}

const cases = goldenCases().map((goldenCase) => [goldenCase.name, goldenCase] as const);

describe('0.1 s bars in which nothing happens between scans give the 5 s decisions', () => {
  test.each(cases)('%s, hybrid: the same hash, days, sizes and marks', async (_, goldenCase) => {
    const scansOnly = await runWithQuietBars(goldenCase, { resolution: '5s' });
    expect(decisionHash(scansOnly.trades), 'at 5s bars are no frames').toBe(goldenCase.expected.decisionHash);
    const hybrid = await runWithQuietBars(goldenCase, { resolution: 'hybrid' });
    expect(decisionHash(hybrid.trades)).toBe(goldenCase.expected.decisionHash);
    expect(decisions(hybrid.trades)).toEqual(decisions(scansOnly.trades));
    expect(hybrid.days).toEqual(scansOnly.days);
    expect(hybrid.capital).toBe(scansOnly.capital);
    expect(hybrid.maxDrawdownMarked).toBe(scansOnly.maxDrawdownMarked);
  });

  // Where a price or a scan is missing, its 49 quiet bars have returns and the bar after it has none: windows of returns
  // and signs then reach back over other scans, and nothing is to be equal.
  const whole = cases.filter(([, { expected }]) =>
    expected.days.every(({ counters }) => counters?.gaps === 0 && counters.invalidPrices === 0),
  );

  test('there are sets without a missing scan or price', () => {
    expect(whole.map(([name]) => name)).toContain('plain/champion');
    expect(whole.length).toBeGreaterThan(5);
  });

  // A quiet bar has signs of 0 and returns of 0: 1 of 50 signs can be along, and the volatility is that of the scans but
  // for the mean, which the zeros shrink. So the share asked is a fiftieth, and the volatility gate stands open.
  test.each(whole)('%s, 0.1s: the same trades at the same instants and prices', async (_, goldenCase) => {
    const scansOnly = await runWithQuietBars(goldenCase, { vol_p60: 0 });
    const min_irp_alignment = goldenCase.config.min_irp_alignment / BARS_PER_SCAN;
    const run = await runWithQuietBars(goldenCase, { vol_p60: 0, min_irp_alignment, resolution: '0.1s' });
    expect(scansOnly.trades.length).toBeGreaterThan(5);
    expect(decisions(run.trades)).toEqual(decisions(scansOnly.trades));
    const inBars = (trades: readonly TradeDetail[], steps: number) => trades.map(({ entryBar }) => entryBar / steps);
    expect(inBars(run.trades, BARS_PER_SCAN)).toEqual(inBars(scansOnly.trades, 1));
  });

  test.each(whole)('%s, 0.1s: the volatility is that of the scans but for the mean', async (_, goldenCase) => {
    const scansOnly = (await replayWithQuietBars(goldenCase, {})).engine.histories.referenceVolatility();
    const replay = await replayWithQuietBars(goldenCase, { resolution: '0.1s' });
    const scaled = replay.engine.histories.referenceVolatility() * Math.sqrt(BARS_PER_SCAN);
    expect(scaled).toBeGreaterThanOrEqual(scansOnly);
    expect(scaled / scansOnly).toBeLessThan(1.05);
    expect(replay.engine.params.minVolatility).toBe(goldenCase.config.vol_p60 / Math.sqrt(BARS_PER_SCAN));
  });
});
