import { DEFAULT_SLOTS, type RegionShape } from '../../src/shm/layout.ts';

/** Frame sizes of the topology benchmarks: a slot of 48 assets, one of 400, and one of 244 with asset signals. */
export const FRAME_BYTES = [576, 3392, 4096] as const;
export type FrameBytes = (typeof FRAME_BYTES)[number];

/** Different contents that a sender cycles through, so that no frame equals the one before. */
export const TEMPLATES = 16;
const BAR_SLOTS = 1024;

/** Shape whose bar slots have exactly this many bytes. */
export function regionShape(bytes: FrameBytes): RegionShape {
  const unused = { ...DEFAULT_SLOTS, barSlots: BAR_SLOTS };
  if (bytes === 576) return { ...unused, assets: 48, hasAssetSignals: false };
  if (bytes === 3392) return { ...unused, assets: 400, hasAssetSignals: false };
  return { ...unused, assets: 244, hasAssetSignals: true };
}

/** Contents of the frames: whole numbers, so that sums are exact in any order. As in spsc-ring.c. */
export function createTemplates(doubles: number): readonly Float64Array[] {
  return Array.from({ length: TEMPLATES }, (_, t) =>
    Float64Array.from({ length: doubles }, (_, i) => (t * doubles + i) % 1000),
  );
}

/**
 * What a consumer does with a frame: adds every double up; adds its ends up; adds its ends up and copies it on, as the
 * engine copies every slot into its event ring.
 */
export type Reads = 'all' | 'ends' | 'copy';

/** Room for copies: the event ring of an engine that is recorded. */
export const COPY_BYTES = 1 << 23;

/** Sum over frames in order, of every double or of their ends; the first double of each is its number. */
export function expectedSum(doubles: number, frames: number, reads: Reads): number {
  return sumOfFrames(doubles, 0, frames, reads === 'all');
}

/** Sum over every double of the copies that are there at the end: of the last frames that fitted. */
export function expectedCopySum(doubles: number, frames: number, bytes: number): number {
  return sumOfFrames(doubles, Math.max(0, frames - copiedFrames(bytes)), frames, true);
}

/** Copies of frames of this size that fit; the next one overwrites the first. */
export function copiedFrames(bytes: number): number {
  return Math.floor(COPY_BYTES / bytes);
}

function sumOfFrames(doubles: number, from: number, to: number, isWhole: boolean): number {
  const rests = createTemplates(doubles).map((t) => (isWhole ? addUp(t) : addEnds(t)) - t[0]!);
  let sum = 0;
  for (let i = from; i < to; i++) sum += rests[i % TEMPLATES]! + i;
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
