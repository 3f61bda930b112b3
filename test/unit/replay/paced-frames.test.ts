import { describe, expect, test } from 'vitest';
import { createFrame, FRAME_SCAN, type FrameView, SIGNAL_VEL_DIV } from '../../../src/model/frame.ts';
import { PacedFrames } from '../../../src/replay/synthetic/paced-frames.ts';

const ASSETS = 5;
const INTERVAL_NS = 1e9;

function take(source: PacedFrames, count: number): { frame: FrameView; prices: readonly number[] }[] {
  return Array.from({ length: count }, () => {
    const frame = createFrame(ASSETS);
    source.fill(frame);
    return { frame, prices: [...frame.payload.subarray(0, ASSETS)] };
  });
}

describe('made-up scans', () => {
  test('are offered only as far as they were extended, and go on where they stopped', () => {
    const source = new PacedFrames(7, ASSETS, INTERVAL_NS);
    expect(source.hasNext).toBe(false);
    source.extend(2);
    take(source, 2);
    expect(source.hasNext).toBe(false);
    source.extend(1);
    expect([source.hasNext, source.nextNsOfDay]).toEqual([true, 2 * INTERVAL_NS]);
  });

  test('are numbered scans of one day, seen and taken when they happened, that ask for an entry', () => {
    const source = new PacedFrames(7, ASSETS, INTERVAL_NS);
    source.extend(3);
    const { frame } = take(source, 3)[2]!;
    expect(frame).toMatchObject({
      kind: FRAME_SCAN,
      flags: 0,
      scanNumber: 3,
      tsEventDay: 7,
      tsEventNsOfDay: 2 * INTERVAL_NS,
      tsRecvDay: 7,
      tsRecvNsOfDay: 2 * INTERVAL_NS,
      tsTakeDay: 7,
      tsTakeNsOfDay: 2 * INTERVAL_NS,
    });
    expect(frame.signals[SIGNAL_VEL_DIV]).toBe(-0.06);
  });

  test('move every price at every scan by little, also where the rows turn round', () => {
    const source = new PacedFrames(7, ASSETS, INTERVAL_NS);
    source.extend(300); // the rows turn at scans 63, 126, 189 and 252
    const scans = take(source, 300);
    for (let i = 1; i < scans.length; i++) {
      for (let a = 0; a < ASSETS; a++) {
        const move = Math.abs(scans[i]!.prices[a]! / scans[i - 1]!.prices[a]! - 1);
        expect(move, `scan ${i}, asset ${a}`).toBeGreaterThan(0);
        expect(move, `scan ${i}, asset ${a}`).toBeLessThan(2.1e-4);
      }
    }
  });
});
