import type { ReplayPlan } from '../../src/adapters/day-folder/plan.ts';
import { openRedis } from '../../src/adapters/redis/open-redis.ts';
import { redisSettings } from '../../src/adapters/redis/redis-settings.ts';
import { DEFAULT_STREAM, RedisSignalPublisher } from '../../src/adapters/redis/signal-publisher.ts';
import type { Rules } from '../../src/engine/actor.ts';
import { paramHash } from '../../src/main/config/champion-hash.ts';
import { liveSource } from '../../src/main/live-source.ts';
import { ReplayRun } from '../../src/main/replay-run.ts';
import type { ReplaySource } from '../../src/main/replay-source.ts';
import type { ReplayRunOptions } from '../../src/main/run-options.ts';
import { publishDays } from '../../src/main/signal-days.ts';
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

/** The stream that days were published into, as the source of a run; its tables lie beside the days. */
export function streamSource(
  url: string,
  plan: ReplayPlan,
  config: StrategyConfig,
  rules: Rules = 'replay',
): ReplaySource {
  const { universe, barIntervalMs, files, dir } = plan;
  return liveSource(
    {
      strategy: { name: 'golden', baseName: 'custom', config, paramHash: paramHash(config) },
      configName: '--set',
      rules,
      tables: dir,
      barIntervalMs,
      origin: { kind: 'stream', url, stream: DEFAULT_STREAM, freshnessLimitMs: 10_000, funding: [] },
      name: `stream ${DEFAULT_STREAM}`,
    },
    {
      universe,
      date: files[0]!.date,
      hasAssetVelDivs: files.some(({ hasAssetVelDivs }) => hasAssetVelDivs),
      synthetic: plan.synthetic,
    },
  );
}

/** A run on a source as it is told; not yet started. */
export function liveRun(source: ReplaySource, changes: Partial<ReplayRunOptions> = {}): ReplayRun {
  return new ReplayRun({
    ...source,
    recording: null,
    wait: 'park',
    speed: 0,
    scannerMode: 'ahead',
    onDayEnd: () => undefined,
    onAlarm: () => undefined,
    ...changes,
  });
}

/** The engine on the stream, under the rules of a replay; not yet started. */
export function signalRun(url: string, plan: ReplayPlan, config: StrategyConfig): ReplayRun {
  return liveRun(streamSource(url, plan, config));
}
