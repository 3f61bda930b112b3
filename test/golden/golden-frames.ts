import type { ReplayPlan } from '../../src/adapters/day-folder/plan.ts';
import { deriveRunParams } from '../../src/engine/run-params.ts';
import { createFrame, type FrameView } from '../../src/model/frame.ts';
import type { StrategyConfig } from '../../src/model/strategy.ts';
import { DayFrames } from '../../src/replay/day-frames.ts';
import { DayDecoder } from '../../src/workers/day-decoder.ts';

/** Every frame of a plan's days, in order, each with memory of its own, so that a run can be cut at any of them. */
export async function framesOf(plan: ReplayPlan, config: StrategyConfig): Promise<FrameView[]> {
  const decoder = await DayDecoder.create(
    {
      files: plan.files,
      universe: plan.universe,
      excluded: deriveRunParams(config, plan.universe, plan.barIntervalMs).excluded,
      barIntervalMs: plan.barIntervalMs,
      scannerThresholds: [Math.abs(config.vel_div_threshold)],
      needsScanner: plan.files.some((file) => !file.hasSignals),
      decoders: 1,
    },
    () => true,
  );
  const frames: FrameView[] = [];
  try {
    for (const file of plan.files) {
      const day = new DayFrames((await decoder.next())!.block, file.day);
      while (day.hasNext) {
        const frame = createFrame(plan.universe.length);
        day.fill(frame);
        frames.push(frame);
      }
    }
  } finally {
    await decoder.close();
  }
  return frames;
}
