import type { RegionShape } from '../../src/shm/layout.ts';

/** Frame sizes of the topology benchmarks: a slot of 48 assets, one of 400, and one of 248 with asset signals. */
export const FRAME_BYTES = [512, 3328, 4096] as const;
export type FrameBytes = (typeof FRAME_BYTES)[number];

/** Different contents that a sender cycles through, so that no frame equals the one before. */
export const TEMPLATES = 16;
const BAR_SLOTS = 1024;

/** Shape whose bar slots have exactly this many bytes. */
export function regionShape(bytes: FrameBytes): RegionShape {
  const smallest = { tickBytes: 1024, intentSlots: 2, reportSlots: 2, commandSlots: 2 };
  const unused = { ...smallest, engineEventBytes: 1024, executionEventBytes: 1024, barSlots: BAR_SLOTS };
  if (bytes === 512) return { ...unused, assets: 40, hasAssetSignals: false };
  if (bytes === 3328) return { ...unused, assets: 392, hasAssetSignals: false };
  return { ...unused, assets: 244, hasAssetSignals: true };
}

/** Contents of the frames: whole numbers, so that sums are exact in any order. As in spsc-ring.c. */
export function createTemplates(doubles: number): readonly Float64Array[] {
  return Array.from({ length: TEMPLATES }, (_, t) =>
    Float64Array.from({ length: doubles }, (_, i) => (t * doubles + i) % 1000),
  );
}

/** Sum over `frames` frames in order, of every double or of their ends; the first double of each is its number. */
export function expectedSum(doubles: number, frames: number, readsAll: boolean): number {
  const rests = createTemplates(doubles).map((t) => (readsAll ? addUp(t) : addEnds(t)) - t[0]!);
  let sum = 0;
  for (let i = 0; i < frames; i++) sum += rests[i % TEMPLATES]! + i;
  return sum;
}

/** Sum of all values in four strands, so that the additions do not wait for each other. Length: a multiple of four. */
export function addUp(values: Float64Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < values.length; i += 4) {
    a += values[i]!;
    b += values[i + 1]!;
    c += values[i + 2]!;
    d += values[i + 3]!;
  }
  return a + b + c + d;
}

/** First plus last value: what a reader of a hop touches. */
export function addEnds(values: Float64Array): number {
  return values[0]! + values[values.length - 1]!;
}
