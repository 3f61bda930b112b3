import type { ReplayPlan } from '../../src/adapters/day-folder/plan.ts';
import { deriveRunParams } from '../../src/engine/run-params.ts';
import { createFrame, type FrameView } from '../../src/model/frame.ts';
import type { StrategyConfig } from '../../src/model/strategy.ts';
import { DayDecoder } from '../../src/workers/day-decoder.ts';
import { dayParts } from '../../src/workers/day-parts.ts';

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
      scannerRate: config.scanner_rate,
      scannerMode: 'ahead',
      decoders: 1,
    },
    () => true,
  );
  const frames: FrameView[] = [];
  try {
    for (const file of plan.files) {
      for await (const part of dayParts((await decoder.next())!, file.day)) {
        while (part.hasNext) {
          const frame = createFrame(plan.universe.length);
          part.fill(frame);
          frames.push(frame);
        }
      }
    }
  } finally {
    await decoder.close();
  }
  return frames;
}
