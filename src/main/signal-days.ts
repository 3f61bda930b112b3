import { setTimeout as sleep } from 'node:timers/promises';
import type { ReplayPlan } from '../adapters/day-folder/plan.ts';
import type { RedisSignalPublisher } from '../adapters/redis/signal-publisher.ts';
import { deriveRunParams } from '../engine/run-params.ts';
import { createFrame } from '../model/frame.ts';
import type { StrategyConfig } from '../model/strategy.ts';
import { NS_PER_MS } from '../model/time.ts';
import { Pacing } from '../replay/pacing.ts';
import { DayDecoder } from '../workers/day-decoder.ts';
import { dayParts } from '../workers/day-parts.ts';
import { scannerThresholds } from '../workers/scan-day.ts';
import { SignalStage } from '../workers/signal-stage.ts';

/** Longest sleep between two looks at the stop. */
const SLEEP_MS = 200;

export interface PublishDaysOptions {
  readonly plan: ReplayPlan;
  readonly config: StrategyConfig;
  /** Event seconds per second; 0 is as fast as the server takes them. */
  readonly speed: number;
  /** Tells readers that nothing more will come. */
  readonly withEnd: boolean;
  readonly isStopped: () => boolean;
  /** Called after each message. */
  readonly onMessage: (count: number) => void;
}

/**
 * Publishes the scans and order books of days, in order.
 * @returns true at the end, false when stopped. @throws InputError for a bad day; as the publisher.
 */
export async function publishDays(publisher: RedisSignalPublisher, options: PublishDaysOptions): Promise<boolean> {
  const { plan, config, speed, isStopped } = options;
  const stage = new SignalStage({ ...plan, config });
  const pacing = speed === 0 ? null : new Pacing(speed, plan.barIntervalMs * NS_PER_MS);
  const decoder = await openDecoder(options);
  const frame = createFrame(plan.universe.length);
  let count = 0;
  try {
    for (const file of plan.files) {
      const ready = await decoder.next();
      if (ready === null) return false;
      for await (const frames of dayParts(ready, file.day)) {
        while (frames.hasNext) {
          frames.fill(frame);
          if (pacing !== null) await waitUntilDue(pacing, frame.tsEventDay, frame.tsEventNsOfDay, isStopped);
          if (isStopped()) return false;
          const message = stage.messageOf(frame);
          if (message === null) continue;
          await publisher.publish(message);
          options.onMessage(++count);
        }
      }
    }
    if (options.withEnd) await publisher.publish(stage.endMessage());
    await publisher.flush();
    return true;
  } finally {
    await decoder.close();
  }
}

function openDecoder({ plan, config, isStopped }: PublishDaysOptions): Promise<DayDecoder> {
  const { files, universe, barIntervalMs } = plan;
  return DayDecoder.create(
    {
      files,
      universe,
      excluded: deriveRunParams(config, universe, barIntervalMs).excluded,
      barIntervalMs,
      scannerThresholds: scannerThresholds(config),
      needsScanner: files.some(({ hasSignals }) => !hasSignals),
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
