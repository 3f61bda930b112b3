import type { Deployment } from '../adapters/memory/maps.ts';
import type { MemoryConfig } from '../adapters/memory/memory-config.ts';
import { openMemory } from '../adapters/memory/open-memory.ts';
import { SystemMemory } from '../adapters/memory/system-memory.ts';
import { connectionLines } from '../adapters/redis/connection-lines.ts';
import { firstScan } from '../adapters/redis/first-scan.ts';
import { openRedis } from '../adapters/redis/open-redis.ts';
import { redisSettings } from '../adapters/redis/redis-settings.ts';
import { requireLogin } from '../adapters/redis/require-login.ts';
import type { EigenScan } from '../model/memory-values.ts';
import { dateFromDay } from '../model/time.ts';
import type { FirstScan } from './live-source.ts';
import { sayOnStderr } from './say-on-stderr.ts';

/* A run on a live source waits for its first scan as long as that takes, or until it is stopped. */

/**
 * The first scan of a Redis stream.
 * @param stopped - settles when nobody wants to wait any more; then the answer is null.
 * @throws InputError as redisSettings, and as requireLogin.
 */
export async function firstScanOfStream(
  url: string,
  stream: string,
  stopped: Promise<null>,
): Promise<FirstScan | null> {
  const settings = redisSettings(url, process.env);
  await Promise.race([requireLogin(settings), stopped]);
  const redis = openRedis(settings, connectionLines(settings.address, sayOnStderr));
  try {
    const message = await Promise.race([firstScan(redis, stream), stopped]);
    if (message === null) return null;
    const { scan, synthetic = false } = message;
    return {
      universe: [...scan.prices.keys()],
      date: dateFromDay(scan.day),
      hasAssetVelDivs: scan.assetVelDivs !== null,
      synthetic,
    };
  } finally {
    redis.disconnect();
  }
}

/**
 * The scan that a memory tells first: the one that stands there, or the next one that is written. Its symbols are in the
 * order of the JSON text, which is that of the alphabet where this program wrote it.
 * @param stopped - as in {@link firstScanOfStream}.
 */
export async function firstScanOfMemory(
  config: MemoryConfig,
  deployment: Deployment,
  stopped: Promise<null>,
): Promise<FirstScan | null> {
  const memory = new SystemMemory(openMemory(config), deployment);
  const heard = Promise.withResolvers<EigenScan>();
  const listening = memory.latestScan.listen((scan) => heard.resolve(scan));
  try {
    const scan = await Promise.race([heard.promise, stopped]);
    if (scan === null) return null;
    const universe = Object.keys(scan.assetPrices);
    return { universe, date: dateFromDay(scan.day), hasAssetVelDivs: false, synthetic: false };
  } finally {
    listening.close();
    await memory.close();
  }
}
