import { readTables } from '../../adapters/day-folder/plan.ts';
import { firstScan } from '../../adapters/redis/first-scan.ts';
import { openRedis } from '../../adapters/redis/open-redis.ts';
import { redisSettings } from '../../adapters/redis/redis-settings.ts';
import type { Rules } from '../../engine/actor.ts';
import { InputError } from '../../model/input-error.ts';
import { decisionHash } from '../../report/decision-hash.ts';
import type { WaitMode } from '../../shm/idle.ts';
import { checkUniverse, loadStrategy, nameWithInterval } from '../config/load-config.ts';
import { exitCodeOfSignal, onStopSignals } from '../exit-codes.ts';
import { connectionLines } from '../signal-connection.ts';
import { SignalRun } from '../signal-run.ts';

export interface SignalRunFlags {
  readonly redis: string;
  readonly stream: string;
  readonly config?: string;
  readonly set: readonly string[];
  readonly tables?: string;
  readonly barInterval?: number;
  readonly rules: Rules;
  readonly freshness: number;
  readonly wait: WaitMode;
}

interface StreamShape {
  readonly universe: readonly string[];
  readonly hasAssetVelDivs: boolean;
}

/** `dolphin signal run`: the engine on a stream. One JSON object on standard output. Answers the exit code. */
export async function signalRunCommand(flags: SignalRunFlags): Promise<number> {
  const strategy = loadStrategy(flags.config ?? null, flags.set);
  const { config } = strategy;
  const shape = await shapeOf(flags);
  if (typeof shape === 'number') return shape;
  const { universe, hasAssetVelDivs } = shape;
  checkUniverse(config, universe, flags.config ?? '--set');
  if (!universe.includes(config.reference_asset)) {
    throw new InputError(
      `stream ${flags.stream}: reference asset ${config.reference_asset} is not among its symbols, it must be`,
    );
  }
  const barIntervalMs = flags.barInterval ?? config.bar_interval_ms;
  const run = new SignalRun({
    config,
    universe,
    barIntervalMs,
    ...(flags.tables === undefined ? { factors: [], safety: [] } : readTables(flags.tables)),
    rules: flags.rules,
    hasAssetVelDivs,
    url: flags.redis,
    stream: flags.stream,
    positionPath: null,
    freshnessLimitMs: flags.freshness,
    wait: flags.wait,
    onDayEnd: ({ date, trades, pnl }) =>
      process.stderr.write(`dolphin: ${date}: ${trades} trades, pnl ${pnl.toFixed(2)}\n`),
  });
  const signals = onStopSignals(() => run.stop());
  try {
    const { engine } = await run.run();
    const { days, trades, capital, warnings } = engine.run;
    const result = {
      strategy: nameWithInterval(strategy.name, barIntervalMs),
      stream: flags.stream,
      complete: engine.complete,
      decisionHash: decisionHash(trades),
      stateHash: engine.stateHash,
      capital,
      trades: trades.length,
      days,
      signals: run.counts,
      warnings,
    };
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  } finally {
    signals.release();
  }
  return signals.received === null ? 0 : exitCodeOfSignal(signals.received);
}

/** What the first scan of the stream fixes; the exit code when a signal came before it. */
async function shapeOf({ redis: url, stream }: SignalRunFlags): Promise<StreamShape | number> {
  const settings = redisSettings(url, process.env);
  const redis = openRedis(settings, connectionLines(settings.address));
  const stopped = Promise.withResolvers<null>();
  const signals = onStopSignals(() => stopped.resolve(null));
  try {
    const scan = await Promise.race([firstScan(redis, stream), stopped.promise]);
    if (scan === null) return exitCodeOfSignal(signals.received ?? 'SIGINT');
    return { universe: [...scan.prices.keys()], hasAssetVelDivs: scan.assetVelDivs !== null };
  } finally {
    signals.release();
    redis.disconnect();
  }
}
