import { deriveRunParams } from '../../src/engine/run-params.ts';
import { plannedDays } from '../../src/main/frame-origin.ts';
import type { ReplaySource } from '../../src/main/replay-source.ts';
import type { RoutedInputs } from '../../src/replay/journal/routed-inputs.ts';
import type { RegionShape } from '../../src/shm/layout.ts';
import { sessionOptionsOf } from '../../src/workers/journalled-tape.ts';
import { type ReplaySpecs, replaySpecs } from './replay-specs.ts';

/**
 * The workers of a routed replay.
 * @param source - of `routedSource`.
 * @param slots - sizes of rings, where a test wants another than the program's.
 */
export async function routedSpecs(source: ReplaySource, slots: Partial<RegionShape> = {}): Promise<ReplaySpecs> {
  const { inputs, universe, origin } = source;
  const files = plannedDays(origin);
  const ticks = origin.kind === 'days' ? origin.ticks : null;
  const { config, barIntervalMs } = inputs;
  const specs = await replaySpecs(inputs.source.dir, 0, slots);
  const routed = sessionOptionsOf(inputs.routed as RoutedInputs);
  const engine = { config, universe, barIntervalMs, fills: 'routed', isLockstep: true };
  const { excluded } = deriveRunParams(config, universe, barIntervalMs);
  const days = { files, universe, excluded, barIntervalMs, scannerThresholds: [config.vel_div_threshold] };
  const hasTicks = ticks !== null && ticks.files.length > 0;
  const marketData = { ...days, needsScanner: files.some((file) => !file.hasSignals), ...(hasTicks ? { ticks } : {}) };
  const { execution } = specs;
  return {
    ...specs,
    execution: { ...execution, options: { ...execution.options, routed, hasTicks } },
    engine: { ...specs.engine, options: { ...specs.engine.options, ...engine } },
    marketData: { ...specs.marketData, options: { ...specs.marketData.options, ...marketData } },
  };
}
