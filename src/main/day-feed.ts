import { setTimeout as sleep } from 'node:timers/promises';
import type { ReplayPlan } from '../adapters/day-folder/plan.ts';
import { deriveRunParams } from '../engine/run-params.ts';
import { createFrame, type FrameView } from '../model/frame.ts';
import type { StrategyConfig } from '../model/strategy.ts';
import { NS_PER_MS } from '../model/time.ts';
import { Pacing } from '../replay/pacing.ts';
import { DayDecoder } from '../workers/day-decoder.ts';
import { dayParts } from '../workers/day-parts.ts';
import { scannerThresholds } from '../workers/scan-day.ts';

/** Longest sleep between two looks at the stop. */
const SLEEP_MS = 200;

export interface DayFeedOptions {
  readonly plan: ReplayPlan;
  readonly config: StrategyConfig;
  /** Event seconds per second; 0 is as fast as the frames are taken. */
  readonly speed: number;
  /** Scans without signals get them from the scanner; false where nobody asks for signals. */
  readonly needsSignals: boolean;
  readonly isStopped: () => boolean;
}

/**
 * Feeds the scans and order books of days to a writer on this thread, in order and, if so wanted, paced.
 * @param take - what it answers is waited for before the next frame; the frame is used again.
 * @returns true at the end, false when stopped. @throws InputError for a bad day; what `take` throws.
 */
export async function feedDays(
  options: DayFeedOptions,
  take: (frame: FrameView) => Promise<void> | void,
): Promise<boolean> {
  const { plan, speed, isStopped } = options;
  const pacing = speed === 0 ? null : new Pacing(speed, plan.barIntervalMs * NS_PER_MS);
  const decoder = await openDecoder(options);
  const frame = createFrame(plan.universe.length);
  try {
    for (const file of plan.files) {
      const ready = await decoder.next();
      if (ready === null) return false;
      for await (const frames of dayParts(ready, file.day)) {
        while (frames.hasNext) {
          frames.fill(frame);
          if (pacing !== null) await waitUntilDue(pacing, frame.tsEventDay, frame.tsEventNsOfDay, isStopped);
          if (isStopped()) return false;
          await take(frame);
        }
      }
    }
    return true;
  } finally {
    await decoder.close();
  }
}

function openDecoder({ plan, config, needsSignals, isStopped }: DayFeedOptions): Promise<DayDecoder> {
  const { files, universe, barIntervalMs } = plan;
  return DayDecoder.create(
    {
      files,
      universe,
      excluded: deriveRunParams(config, universe, barIntervalMs).excluded,
      barIntervalMs,
      scannerThresholds: scannerThresholds(config),
      needsScanner: needsSignals && files.some(({ hasSignals }) => !hasSignals),
      scannerMode: 'ahead',
      scannerRate: '5s',
      decoders: 1,
    },
    () => !isStopped(),
  );
}

async function waitUntilDue(pacing: Pacing, day: number, nsOfDay: number, isStopped: () => boolean): Promise<void> {
  let waitMs = pacing.msUntilDue(day, nsOfDay, performance.now());
  while (waitMs > 0 && !isStopped()) {
    await sleep(Math.min(waitMs, SLEEP_MS));
    waitMs = pacing.msUntilDue(day, nsOfDay, performance.now());
  }
}
