import { planReplay } from '../../adapters/day-folder/plan.ts';
import { connectionLines } from '../../adapters/redis/connection-lines.ts';
import { openRedis } from '../../adapters/redis/open-redis.ts';
import { redisSettings } from '../../adapters/redis/redis-settings.ts';
import { requireLogin } from '../../adapters/redis/require-login.ts';
import { RedisSignalPublisher, SignalConflict } from '../../adapters/redis/signal-publisher.ts';
import { InputError } from '../../model/input-error.ts';
import { formatCount } from '../../report/number-format.ts';
import { plural } from '../../report/words.ts';
import { checkUniverse, loadStrategy } from '../config/load-config.ts';
import { exitCodeOfSignal, onStopSignals } from '../exit-codes.ts';
import { sayOnStderr } from '../say-on-stderr.ts';
import { publishDays } from '../signal-days.ts';

export interface SignalPublishFlags {
  readonly data: string;
  readonly redis: string;
  readonly stream: string;
  readonly from?: string;
  readonly to?: string;
  readonly config?: string;
  readonly set: readonly string[];
  readonly barInterval?: number | 'auto';
  readonly speed: number;
  readonly keep?: number;
  readonly end: boolean;
}

/** `dolphin signal publish`: days into a stream. Answers the exit code. */
export async function signalPublishCommand(flags: SignalPublishFlags): Promise<number> {
  const { data: dir, from, to, barInterval, stream, keep: maxEntries, speed } = flags;
  const settings = redisSettings(flags.redis, process.env);
  await requireLogin(settings);
  const { config } = loadStrategy(flags.config ?? null, flags.set);
  const { bar_interval_ms: configBarIntervalMs, reference_asset: referenceAsset } = config;
  const plan = await planReplay({ dir, from, to, barInterval, configBarIntervalMs, referenceAsset });
  checkUniverse(config, plan.universe, flags.config ?? '--set');
  const redis = openRedis(settings, connectionLines(settings.address, sayOnStderr));
  const publisher = new RedisSignalPublisher(redis, { stream, maxEntries });
  let isStopped = false;
  const signals = onStopSignals(() => {
    isStopped = true;
    publisher.close(); // it may be waiting for a server that never comes back
  });
  try {
    const progress = { isStopped: () => isStopped, onMessage: () => undefined };
    await publishDays(publisher, { plan, config, speed, withEnd: flags.end, ...progress });
  } catch (error) {
    if (error instanceof SignalConflict) throw new InputError(error.message, { cause: error });
    if (!isStopped) throw error;
  } finally {
    signals.release();
    redis.disconnect();
  }
  process.stdout.write(`${settings.address} ${stream}: ${publishedWords(publisher)}\n`);
  return signals.received === null ? 0 : exitCodeOfSignal(signals.received);
}

/** What a publisher has brought: `5,200 scans and the end added`. */
export function publishedWords({ counts, byKind }: Pick<RedisSignalPublisher, 'counts' | 'byKind'>): string {
  const { added, alreadyThere } = counts;
  const books = byKind.book === 0 ? [] : [plural(byKind.book, 'order book')];
  const parts = [plural(byKind.scan, 'scan'), ...books, ...(byKind.end === 0 ? [] : ['the end'])];
  const what = [parts.slice(0, -1).join(', '), parts.at(-1)].filter((text) => text !== '').join(' and ');
  if (alreadyThere === 0) return `${what} added`;
  if (added === 0) return `${what} were there already`;
  return `${what}: ${formatCount(added)} added, ${formatCount(alreadyThere)} were there already`;
}
