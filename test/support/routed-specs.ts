import { loadStrategy } from '../../src/main/config/load-config.ts';
import { routedSource } from '../../src/main/routed-source.ts';
import type { RoutedInputs } from '../../src/replay/journal/routed-inputs.ts';
import type { RegionShape } from '../../src/shm/layout.ts';
import { sessionOptionsOf } from '../../src/workers/journalled-tape.ts';
import { type ReplaySpecs, replaySpecs } from './replay-specs.ts';
import { daysOf } from './replay-through-ring.ts';

/**
 * The workers of a routed replay of the champion, on a venue of bars with seed 1.
 * @param slots - sizes of rings, where a test wants another than the program's.
 */
export async function routedSpecs(dir: string, slots: Partial<RegionShape> = {}): Promise<ReplaySpecs> {
  const specs = await replaySpecs(dir, 0, slots);
  const { inputs } = routedSource(await daysOf(loadStrategy(null, []), { data: dir }), { venue: 'bars', seed: 1 });
  const routed = sessionOptionsOf(inputs.routed as RoutedInputs);
  return {
    ...specs,
    execution: { ...specs.execution, options: { ...specs.execution.options, routed } },
    engine: { ...specs.engine, options: { ...specs.engine.options, fills: 'routed', isLockstep: true } },
  };
}
