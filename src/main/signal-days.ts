import type { RedisSignalPublisher } from '../adapters/redis/signal-publisher.ts';
import { SignalStage } from '../workers/signal-stage.ts';
import { type DayFeedOptions, feedDays } from './day-feed.ts';

export interface PublishDaysOptions extends Omit<DayFeedOptions, 'needsSignals'> {
  /** Tells readers that nothing more will come. */
  readonly withEnd: boolean;
  /** Called after each message. */
  readonly onMessage: (count: number) => void;
}

/**
 * Publishes the scans and order books of days, in order.
 * @returns true at the end, false when stopped. @throws InputError for a bad day; as the publisher.
 */
export async function publishDays(publisher: RedisSignalPublisher, options: PublishDaysOptions): Promise<boolean> {
  const { plan, config, onMessage } = options;
  const stage = new SignalStage({ ...plan, config });
  let count = 0;
  const isWhole = await feedDays({ ...options, needsSignals: true }, async (frame) => {
    const message = stage.messageOf(frame);
    if (message === null) return;
    await publisher.publish(message);
    onMessage(++count);
  });
  if (!isWhole) return false;
  if (options.withEnd) await publisher.publish(stage.endMessage());
  await publisher.flush();
  return true;
}
