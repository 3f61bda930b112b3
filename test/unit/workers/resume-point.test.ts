import { describe, expect, test } from 'vitest';
import { createFrame, FRAME_SCAN, type FrameView } from '../../../src/model/frame.ts';
import { InputError } from '../../../src/model/input-error.ts';
import type { FrameSource } from '../../../src/workers/frame-publisher.ts';
import { ResumePoint } from '../../../src/workers/resume-point.ts';

const ASSETS = 2;

/** Scans whose stamp and prices tell their number. */
class Scans implements FrameSource {
  private next = 0;
  private readonly count: number;
  private readonly change: (frame: FrameView, number: number) => void;

  constructor(count: number, change: (frame: FrameView, number: number) => void = () => undefined) {
    this.count = count;
    this.change = change;
  }

  get hasNext(): boolean {
    return this.next < this.count;
  }

  get nextNsOfDay(): number {
    return this.next;
  }

  fill(frame: FrameView): void {
    const number = this.next++;
    frame.kind = FRAME_SCAN;
    frame.flags = 0;
    frame.tsEventDay = 20_458;
    frame.tsEventNsOfDay = number * 5e9;
    frame.payload[0] = 100 + number;
    frame.payload[1] = Number.NaN;
    this.change(frame, number);
  }
}

/** Where a run ended whose last frame was this one. */
function pointAt(number: number): ResumePoint {
  const last = createFrame(ASSETS);
  const source = new Scans(number + 1);
  while (source.hasNext) source.fill(last);
  last.sequence = number;
  return new ResumePoint(last, ASSETS);
}

describe('the data of a run that goes on', () => {
  test('are left out up to the last frame of the journal, over days as it may be', () => {
    const point = pointAt(4);
    const first = new Scans(3);
    point.skip(first);
    expect(first.hasNext).toBe(false);
    const second = new Scans(9, (frame, number) => {
      frame.tsEventNsOfDay = (number + 3) * 5e9;
      frame.payload[0] = 103 + number;
    });
    point.skip(second);
    expect(second.nextNsOfDay).toBe(2);
    point.skip(second);
    expect(second.nextNsOfDay).toBe(2);
    expect(() => point.requireReached()).not.toThrow();
  });

  test.each<[string, (frame: FrameView) => void]>([
    ['another price', (frame) => frame.payload.fill(1, 0, 1)],
    ['a price where there was none', (frame) => frame.payload.fill(1, 1, 2)],
    [
      'another time',
      (frame) => {
        frame.tsEventNsOfDay += 1;
      },
    ],
    [
      'another day',
      (frame) => {
        frame.tsEventDay += 1;
      },
    ],
    [
      'another kind of frame',
      (frame) => {
        frame.kind = 2;
      },
    ],
  ])('are refused with %s in the frame at which they meet the journal', (_, change) => {
    const other = new Scans(9, (frame, number) => number === 4 && change(frame));
    expect(() => pointAt(4).skip(other)).toThrow(InputError);
    expect(() => pointAt(4).skip(new Scans(9, (frame, number) => number === 4 && change(frame)))).toThrow(
      /^--resume: data must be those of the journal: frame 4 there is of 2026-01-05T00:00:20/,
    );
  });

  test('that end before the journal does are refused', () => {
    const point = pointAt(4);
    point.skip(new Scans(3));
    expect(() => point.requireReached()).toThrow(
      '--resume: data must have the 5 frames of the journal, ended 2 before',
    );
  });
});
