import type { FrameView } from '../../../../src/model/frame.ts';

/** Fills a frame so that every value tells the frame and its place: one stale value shows. */
export function writePattern(frame: FrameView, sequence: number): void {
  const { payload, signals } = frame;
  for (let i = 0; i < payload.length; i++) payload[i] = sequence + i / 1024;
  for (let i = 0; i < signals.length; i++) signals[i] = sequence - i / 1024;
  frame.scanNumber = sequence;
}

/** What is wrong with a frame that should carry `sequence`: nothing, `torn`, `lost` or `doubled`. */
export function judgePattern(frame: FrameView, sequence: number): 'torn' | 'lost' | 'doubled' | undefined {
  const { payload, signals } = frame;
  for (let i = 0; i < payload.length; i++) if (payload[i] !== payload[0]! + i / 1024) return 'torn';
  for (let i = 0; i < signals.length; i++) if (signals[i] !== payload[0]! - i / 1024) return 'torn';
  // Header and vectors of different frames are a torn frame too.
  if (frame.scanNumber !== payload[0]) return 'torn';
  if (frame.scanNumber === sequence) return undefined;
  return frame.scanNumber > sequence ? 'lost' : 'doubled';
}
