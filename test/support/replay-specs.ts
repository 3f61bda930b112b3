import { planReplay } from '../../src/adapters/day-folder/plan.ts';
import { deriveRunParams } from '../../src/engine/run-params.ts';
import type { WorkerSpec } from '../../src/main/supervisor.ts';
import { createChampionConfig } from '../../src/model/strategy.ts';
import { DEFAULT_SLOTS, type RegionShape } from '../../src/shm/layout.ts';
import { createRegion, type Region } from '../../src/shm/region.ts';
import type {
  EngineWorkerOptions,
  ExecutionWorkerOptions,
  MarketDataWorkerOptions,
} from '../../src/workers/messages.ts';

/** The region and the three workers of a replay, so that a test can put another worker in the place of one. */
export interface ReplaySpecs {
  readonly region: Region;
  readonly execution: WorkerSpec;
  readonly engine: WorkerSpec;
  readonly marketData: WorkerSpec;
}

/**
 * @param speed - event seconds per second; 0 is as fast as possible.
 * @param slots - sizes of rings, where a test wants another than the program's.
 */
export async function replaySpecs(dir: string, speed = 0, slots: Partial<RegionShape> = {}): Promise<ReplaySpecs> {
  const config = createChampionConfig();
  const plan = await planReplay({ dir, barInterval: 'auto', configBarIntervalMs: 5000, referenceAsset: 'BTCUSDT' });
  const { universe, barIntervalMs, files } = plan;
  const region = createRegion({ assets: universe.length, hasAssetSignals: false, ...DEFAULT_SLOTS, ...slots });
  const base = { region: region.buffer, wait: 'park' } as const;
  const execution: ExecutionWorkerOptions = {
    ...base,
    watermark: null,
    accounted: { entries: 0, exits: 0 },
    routed: null,
    hasTicks: false,
    tape: null,
  };
  const engine: EngineWorkerOptions = {
    ...base,
    config,
    universe,
    barIntervalMs,
    factors: [],
    safety: [],
    rules: 'replay',
    fills: 'analytic',
    isLockstep: false,
    isPaced: speed > 0,
    recording: null,
    journalled: null,
    state: null,
    firstUntaken: 0,
  };
  const marketData: MarketDataWorkerOptions = {
    ...base,
    files,
    universe,
    excluded: deriveRunParams(config, universe, barIntervalMs).excluded,
    barIntervalMs,
    scannerThresholds: [0.02],
    needsScanner: files.some((file) => !file.hasSignals),
    scannerRate: config.scanner_rate,
    speed,
    scannerMode: 'ahead',
    decoders: 1,
    journalled: null,
  };
  return {
    region,
    execution: { name: 'EXECUTION', entry: 'execution.worker', options: execution },
    engine: { name: 'ENGINE', entry: 'engine.worker', options: engine },
    marketData: { name: 'MARKET_DATA', entry: 'market-data.worker', options: marketData },
  };
}

/** `spec` with the entry file of test/integration/planted in the place of its own. */
export function planted(spec: WorkerSpec, name: string): WorkerSpec {
  return { ...spec, entry: `../../test/integration/planted/${name}.worker` };
}
