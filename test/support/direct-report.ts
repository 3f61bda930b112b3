import type { ReplayPlan } from '../../src/adapters/day-folder/plan.ts';
import type { StrategyConfig } from '../../src/model/strategy.ts';
import type { EngineRun } from '../../src/model/trade.ts';
import { DayDecoder } from '../../src/workers/day-decoder.ts';
import { dayParts } from '../../src/workers/day-parts.ts';
import { DirectReplay } from '../../src/workers/direct-replay.ts';
import { scannerThresholds } from '../../src/workers/scan-day.ts';

/** What of a plan a machine is made from and fed with. */
type DirectPlan = Pick<ReplayPlan, 'files' | 'universe' | 'barIntervalMs' | 'factors' | 'safety'>;

/** A replay by direct call, without ring or worker threads. */
export async function runDirect(plan: DirectPlan, config: StrategyConfig): Promise<EngineRun> {
  return (await runDirectMachine(plan, config)).finish();
}

/** The machine of such a replay after its last frame, before its end. */
export async function runDirectMachine(plan: DirectPlan, config: StrategyConfig): Promise<DirectReplay> {
  const replay = new DirectReplay({ ...plan, config });
  const decoder = await DayDecoder.create(
    {
      files: plan.files,
      universe: plan.universe,
      excluded: replay.engine.params.excluded,
      barIntervalMs: plan.barIntervalMs,
      scannerThresholds: scannerThresholds(config),
      needsScanner: plan.files.some((file) => !file.hasSignals),
      scannerRate: config.scanner_rate,
      scannerMode: 'ahead',
      decoders: 1,
    },
    () => true,
  );
  try {
    for (const file of plan.files) {
      const day = await decoder.next();
      if (day === null) continue;
      for await (const frames of dayParts(day, file.day)) replay.feedFrames(frames);
    }
  } finally {
    await decoder.close();
  }
  return replay;
}
