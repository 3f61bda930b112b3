import type { BridgeCounts } from '../adapters/redis/signal-bridge.ts';
import type { Rules } from '../engine/actor.ts';
import type { DayResult } from '../model/day-result.ts';
import type { FactorRow } from '../model/factors.ts';
import type { SafetyRow } from '../model/safety.ts';
import type { StrategyConfig } from '../model/strategy.ts';
import type { WaitMode } from '../shm/idle.ts';
import { DEFAULT_SLOTS } from '../shm/layout.ts';
import { createRegion, type Region } from '../shm/region.ts';
import type { EngineWorkerOptions, ExecutionWorkerOptions } from '../workers/messages.ts';
import { createSharedCounts, loadCounts, type SignalSourceOptions } from '../workers/signal-source-options.ts';
import { type RunOutcome, Supervisor } from './supervisor.ts';

export interface SignalRunOptions {
  readonly config: StrategyConfig;
  readonly universe: readonly string[];
  readonly barIntervalMs: number;
  readonly factors: readonly FactorRow[];
  readonly safety: readonly SafetyRow[];
  /** `live`: a scan is judged by its age. `replay`: recorded days, whose age means nothing. */
  readonly rules: Rules;
  /** The stream states velocities per asset. */
  readonly hasAssetVelDivs: boolean;
  /** As `redisSettings` takes it. */
  readonly url: string;
  readonly stream: string;
  readonly positionPath: string | null;
  /** Asked under live rules only. */
  readonly freshnessLimitMs: number;
  readonly wait: WaitMode;
  readonly onDayEnd: (result: DayResult) => void;
}

/** The engine on a stream of signals, with analytic fills: the threads and the ring of a replay, fed by the bridge. */
export class SignalRun {
  readonly region: Region;
  readonly #supervisor: Supervisor;
  readonly #counts = createSharedCounts();

  constructor(options: SignalRunOptions) {
    const { universe, hasAssetVelDivs, onDayEnd } = options;
    this.region = createRegion({ assets: universe.length, hasAssetSignals: hasAssetVelDivs, ...DEFAULT_SLOTS });
    const { buffer } = this.region;
    this.#supervisor = new Supervisor(
      this.region,
      [
        { name: 'EXECUTION', entry: 'execution.worker', options: executionOptions(options, buffer) },
        { name: 'ENGINE', entry: 'engine.worker', options: engineOptions(options, buffer) },
        { name: 'MARKET_DATA', entry: 'signal-source.worker', options: sourceOptions(options, buffer, this.#counts) },
      ],
      { onDayEnd },
    );
  }

  /** Runs to the stream's end message, or until {@link stop}. @throws as {@link Supervisor.run}. */
  async run(): Promise<RunOutcome> {
    return await this.#supervisor.run();
  }

  stop(): void {
    this.#supervisor.stop();
  }

  get framesStepped(): number {
    return this.#supervisor.framesStepped;
  }

  /** What became of the signals so far. */
  get counts(): BridgeCounts {
    return loadCounts(this.#counts);
  }
}

function executionOptions({ wait }: SignalRunOptions, region: SharedArrayBuffer): ExecutionWorkerOptions {
  const accounted = { entries: 0, exits: 0 };
  return { region, wait, watermark: null, accounted, routed: null, hasTicks: false, tape: null };
}

function engineOptions(options: SignalRunOptions, region: SharedArrayBuffer): EngineWorkerOptions {
  const { config, universe, barIntervalMs, factors, safety, rules, wait } = options;
  return {
    region,
    wait,
    config,
    universe,
    barIntervalMs,
    factors,
    safety,
    rules,
    fills: 'analytic',
    isLockstep: false,
    isPaced: rules === 'live',
    recording: null,
    journalled: null,
    state: null,
    firstUntaken: 0,
  };
}

function sourceOptions(
  options: SignalRunOptions,
  region: SharedArrayBuffer,
  counts: SharedArrayBuffer,
): SignalSourceOptions {
  const { universe, url, stream, positionPath, rules, wait } = options;
  const freshnessLimitMs = rules === 'live' ? options.freshnessLimitMs : null;
  return { region, wait, universe, url, stream, positionPath, freshnessLimitMs, counts };
}
