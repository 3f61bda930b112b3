import type { ReplayPlan } from '../../src/adapters/day-folder/plan.ts';
import type { StrategyConfig } from '../../src/model/strategy.ts';
import type { EngineRun } from '../../src/model/trade.ts';
import { DayDecoder } from '../../src/workers/day-decoder.ts';
import { DirectReplay } from '../../src/workers/direct-replay.ts';

/** A replay by direct call, without ring or worker threads. */
export async function runDirect(plan: ReplayPlan, config: StrategyConfig): Promise<EngineRun> {
  const replay = new DirectReplay({ ...plan, config });
  const decoder = await DayDecoder.create(
    {
      files: plan.files,
      universe: plan.universe,
      excluded: replay.engine.params.excluded,
      barIntervalMs: plan.barIntervalMs,
      scannerThresholds: [Math.abs(config.vel_div_threshold)],
      needsScanner: plan.files.some((file) => !file.hasSignals),
      decoders: 1,
    },
    () => true,
  );
  try {
    for (const file of plan.files) {
      const day = await decoder.next();
      if (day !== null) replay.feed(day.block, file.day);
    }
  } finally {
    await decoder.close();
  }
  return replay.finish();
}
