import { describe, expect, test } from 'vitest';
import type { PlannedDay } from '../../../src/adapters/day-folder/plan.ts';
import { decodeDay } from '../../../src/adapters/parquet/read-day.ts';
import { EigenScanner } from '../../../src/alpha/scanner/eigen-scanner.ts';
import { type BarExplanation, BarWatch } from '../../../src/engine/explain.ts';
import { GATES, type GateName } from '../../../src/model/day-result.ts';
import { dateFromDay } from '../../../src/model/time.ts';
import { attachDayBlock } from '../../../src/shm/day-block.ts';
import { DirectReplay } from '../../../src/workers/direct-replay.ts';
import { scanDay, scannerThresholds } from '../../../src/workers/scan-day.ts';
import { type GoldenCase, goldenCases, planOf } from '../../support/golden-case.ts';

type Funnel = Record<string, Record<GateName, [reached: number, passed: number]>>;

/** Steps a golden case and explains every bar right after its step. */
async function explainEveryBar(goldenCase: GoldenCase, onBar: (explanation: BarExplanation) => void) {
  const { config } = goldenCase;
  const plan = await planOf(goldenCase);
  const watch = new BarWatch();
  const replay = new DirectReplay({ ...plan, config, intents: watch });
  const { engine } = replay;
  const { excluded } = engine.params;
  const thresholds = scannerThresholds(config);
  const scanner = plan.files.some((file) => !file.hasSignals)
    ? new EigenScanner({ assets: plan.universe.length, excluded, barIntervalMs: plan.barIntervalMs, thresholds })
    : null;
  for (const file of plan.files) {
    const decoded = await decodeDay({ ...(file as PlannedDay), universe: plan.universe });
    const block = attachDayBlock(decoded.buffer, decoded.shape);
    if (scanner !== null) scanDay(scanner, block, file.day, decoded.hasSignals);
    let explained = engine.lifetimeBar;
    const explainNew = () => {
      if (engine.lifetimeBar === explained) return;
      explained = engine.lifetimeBar;
      onBar(watch.explain(engine));
    };
    replay.feed(block, file.day, (frame) => {
      explainNew();
      watch.onFrame(frame, engine);
      return true;
    });
    explainNew();
  }
  return replay.finish();
}

function emptyFunnel(): Funnel[string] {
  return Object.fromEntries(GATES.map((gate) => [gate, [0, 0]])) as unknown as Funnel[string];
}

describe('explaining every bar gives the funnel and the trades of the run', () => {
  test.each(goldenCases().map((goldenCase) => [goldenCase.name, goldenCase] as const))('%s', async (_, goldenCase) => {
    const funnels: Funnel = {};
    const entries: unknown[] = [];
    const exits: unknown[] = [];
    const run = await explainEveryBar(goldenCase, (explanation) => {
      const date = dateFromDay(explanation.day);
      funnels[date] ??= emptyFunnel();
      const funnel = funnels[date];
      for (const { gate, isReached, isPassed } of explanation.gates) {
        if (isReached) funnel[gate][0]++;
        if (isReached && isPassed) funnel[gate][1]++;
      }
      const { action, ranking, size, bar } = explanation;
      const isThrough = explanation.gates.every(({ isReached, isPassed }) => isReached && isPassed);
      expect(action.kind === 'entry', `bar ${bar}`).toBe(isThrough);
      if (action.kind === 'exit') exits.push([bar, action.assetIndex, action.reason, action.price]);
      if (action.kind !== 'entry') return;
      const chosen = ranking[0];
      expect(chosen?.verdict).toBe('best');
      expect(size.leverage).toBe(action.leverage);
      expect(size.notional).toBe(action.notional);
      entries.push([bar, chosen?.assetIndex, chosen?.direction, chosen?.price, size.notional, size.leverage]);
    });

    for (const day of run.days) expect(funnels[day.date], day.date).toEqual(day.funnel);
    const decided = run.trades.map((t) => [t.entryBar, t.assetIndex, t.direction, t.entry, t.notional, t.leverage]);
    expect(entries).toEqual(decided);
    const closed = run.trades.filter(({ reason }) => reason !== 'DAY_END');
    expect(exits).toEqual(closed.map((t) => [t.exitBar, t.assetIndex, t.reason, t.exit]));
  });
});
