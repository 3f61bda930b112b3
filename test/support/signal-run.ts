import type { ReplayPlan } from '../../src/adapters/day-folder/plan.ts';
import { openRedis } from '../../src/adapters/redis/open-redis.ts';
import { redisSettings } from '../../src/adapters/redis/redis-settings.ts';
import { DEFAULT_STREAM, RedisSignalPublisher } from '../../src/adapters/redis/signal-publisher.ts';
import { publishDays } from '../../src/main/signal-days.ts';
import { SignalRun, type SignalRunOptions } from '../../src/main/signal-run.ts';
import type { StrategyConfig } from '../../src/model/strategy.ts';

/** A connection that nobody is told of. */
export function connect(url: string) {
  return openRedis(redisSettings(url, {}), { onConnected: () => undefined, onLost: () => undefined });
}

/** Days as the program's publisher puts them into a stream, their end included. */
export async function publishPlan(
  url: string,
  plan: ReplayPlan,
  config: StrategyConfig,
  onMessage: (count: number) => void = () => undefined,
): Promise<{ added: number; alreadyThere: number }> {
  const redis = connect(url);
  const publisher = new RedisSignalPublisher(redis, { stream: DEFAULT_STREAM });
  try {
    const changes = { speed: 0, withEnd: true, isStopped: () => false, onMessage };
    await publishDays(publisher, { plan, config, ...changes });
    return publisher.counts;
  } finally {
    redis.disconnect();
  }
}

/** The engine on the stream, under the rules of a replay; not yet started. */
export function signalRun(
  url: string,
  plan: ReplayPlan,
  config: StrategyConfig,
  changes: Partial<SignalRunOptions> = {},
): SignalRun {
  return new SignalRun({
    ...plan,
    config,
    rules: 'replay',
    hasAssetVelDivs: plan.files.some(({ hasAssetVelDivs }) => hasAssetVelDivs),
    url,
    stream: DEFAULT_STREAM,
    positionPath: null,
    freshnessLimitMs: 10_000,
    wait: 'park',
    onDayEnd: () => undefined,
    ...changes,
  });
}
