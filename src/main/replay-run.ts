import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { ReplayPlan } from '../adapters/day-folder/plan.ts';
import { deriveRunParams } from '../engine/run-params.ts';
import type { DayResult } from '../model/day-result.ts';
import { InputError } from '../model/input-error.ts';
import type { FileDigest, Report } from '../model/report.ts';
import { buildReport } from '../report/build-report.ts';
import type { WaitMode } from '../shm/idle.ts';
import { DEFAULT_SLOTS } from '../shm/layout.ts';
import { createRegion } from '../shm/region.ts';
import type { EngineWorkerOptions, ExecutionWorkerOptions, MarketDataWorkerOptions } from '../workers/messages.ts';
import { scannerThresholds } from '../workers/scan-day.ts';
import { type LoadedStrategy, nameWithInterval } from './config/load-config.ts';
import { type RunOutcome, Supervisor, type WorkerSpec } from './supervisor.ts';

/** Threads that are busy during a spinning replay: market data and engine. */
const SPINNING_THREADS = 2;

export interface ReplayRunOptions {
  readonly plan: ReplayPlan;
  readonly strategy: LoadedStrategy;
  readonly wait: WaitMode;
  /** Event seconds per second; 0 is as fast as possible. */
  readonly speed: number;
  readonly onDayEnd: (result: DayResult) => void;
}

/** A replay through the worker threads, from plan to report. */
export class ReplayRun {
  private readonly options: ReplayRunOptions;
  private readonly supervisor: Supervisor;

  /** @throws InputError when the wait strategy does not fit the machine. */
  constructor(options: ReplayRunOptions) {
    requireCoresToSpin(options.wait);
    this.options = options;
    const region = createRegion({ assets: options.plan.universe.length, hasAssetSignals: false, ...DEFAULT_SLOTS });
    this.supervisor = new Supervisor(region, workerSpecs(options, region.buffer), options.onDayEnd);
  }

  /** Runs to the end of the data, or of what {@link stop} left of it. */
  async run(): Promise<Report> {
    return reportOf(this.options, await this.supervisor.run(), this.supervisor.lostWakes);
  }

  stop(): void {
    this.supervisor.stop();
  }

  get framesStepped(): number {
    return this.supervisor.framesStepped;
  }
}

function requireCoresToSpin(wait: WaitMode): void {
  const cores = availableParallelism();
  if (wait === 'spin' && cores < SPINNING_THREADS) {
    throw new InputError(
      `--wait spin needs at least ${SPINNING_THREADS} cores, this process has ${cores}: a spinning thread would only ` +
        'keep the other from running; use --wait park',
    );
  }
}

function workerSpecs(options: ReplayRunOptions, region: SharedArrayBuffer): WorkerSpec[] {
  const { plan, strategy, wait } = options;
  const params = deriveRunParams(strategy.config, plan.universe, plan.barIntervalMs);
  const execution: ExecutionWorkerOptions = { region, wait };
  const engine: EngineWorkerOptions = {
    region,
    wait,
    config: strategy.config,
    universe: plan.universe,
    barIntervalMs: plan.barIntervalMs,
    factors: plan.factors,
    safety: plan.safety,
  };
  const marketData: MarketDataWorkerOptions = {
    region,
    wait,
    files: plan.files,
    universe: plan.universe,
    excluded: params.excluded,
    barIntervalMs: plan.barIntervalMs,
    scannerThresholds: scannerThresholds(strategy.config),
    needsScanner: plan.files.some((file) => !file.hasSignals),
    speed: options.speed,
    decoders: Math.max(1, Math.min(2, availableParallelism())),
  };
  return [
    { name: 'EXECUTION', entry: 'execution.worker', options: execution },
    { name: 'ENGINE', entry: 'engine.worker', options: engine },
    { name: 'MARKET_DATA', entry: 'market-data.worker', options: marketData },
  ];
}

function reportOf({ plan, strategy }: ReplayRunOptions, outcome: RunOutcome, lostWakes: number): Report {
  const { engine, marketData } = outcome;
  const { bars, seconds, stepNs } = engine.timing;
  const dates = plan.files.map((file) => file.date);
  return buildReport(engine.run, {
    source: {
      dir: plan.dir,
      from: dates[0] as string,
      to: dates.at(-1) as string,
      files: marketData.files,
      beside: [...tableDigests(plan.dir), ...marketData.books],
      synthetic: plan.synthetic,
    },
    strategy: nameWithInterval(strategy.name, plan.barIntervalMs),
    paramHash: strategy.paramHash,
    stateHash: engine.stateHash,
    config: strategy.config,
    barIntervalMs: plan.barIntervalMs,
    universe: plan.universe,
    complete: engine.complete,
    timing: {
      bars,
      seconds,
      barsPerSecond: seconds > 0 ? bars / seconds : 0,
      secondsWaitedForFiles: marketData.secondsWaitedForFiles,
      lostWakes,
      stepNs,
    },
  });
}

/** Digests of the tables that lie beside the days. */
function tableDigests(dir: string): FileDigest[] {
  return ['factors.csv', 'safety.csv'].flatMap((name) => {
    const path = join(dir, name);
    if (!existsSync(path)) return [];
    return [{ name, sha256: createHash('sha256').update(readFileSync(path)).digest('hex') }];
  });
}
