import { BOOK_VALUES, createFrame, FRAME_BOOK, type FrameView } from '../model/frame.ts';
import { InputError } from '../model/input-error.ts';
import { isoFrom } from '../model/time.ts';
import type { FrameSource } from './frame-publisher.ts';

/**
 * Leaves out the frames of the data that a run has journalled before it was interrupted. The last of them must be the one
 * in the journal: other data would go on with a history that it does not have.
 */
export class ResumePoint {
  private readonly last: FrameView;
  private readonly frame: FrameView;
  private readonly assets: number;
  private remaining: number;

  /** @param last - the journal's last frame; its number, from 0, says how many there are. */
  constructor(last: FrameView, assets: number) {
    this.last = last;
    this.frame = createFrame(assets);
    this.assets = assets;
    this.remaining = last.sequence + 1;
  }

  /**
   * Takes what is to be left out from the source.
   * @param onFrame - told of each: a scanner that runs scan by scan needs them all.
   * @throws InputError when the data are not those of the journal.
   */
  skip(source: FrameSource, onFrame: (frame: FrameView) => void = () => undefined): void {
    while (this.remaining > 0 && source.hasNext) {
      source.fill(this.frame);
      onFrame(this.frame);
      this.remaining--;
      if (this.remaining === 0) requireSameFrame(this.frame, this.last, this.assets);
    }
  }

  /** @throws InputError when the data ended before the journal did. */
  requireReached(): void {
    if (this.remaining === 0) return;
    throw new InputError(
      `--resume: data must have the ${this.last.sequence + 1} frames of the journal, ended ${this.remaining} before`,
    );
  }
}

/**
 * Asks whether the data bring the frame with which a journal ends.
 * @param found - of the data, `last` of the journal.
 * @throws InputError when it is another one.
 */
export function requireSameFrame(found: FrameView, last: FrameView, assets: number): void {
  if (isSameFrame(found, last, assets)) return;
  throw new InputError(
    `--resume: data must be those of the journal: frame ${last.sequence} there is of ` +
      `${isoFrom(last.tsEventDay, last.tsEventNsOfDay)}, here of ${isoFrom(found.tsEventDay, found.tsEventNsOfDay)} ` +
      'or has other values',
  );
}

/** True for two frames of one kind, time and values: prices of a scan or bar, a snapshot of a book. NaN is like NaN. */
export function isSameFrame(a: FrameView, b: FrameView, assets: number): boolean {
  const values = b.kind === FRAME_BOOK ? BOOK_VALUES : assets;
  return (
    a.kind === b.kind &&
    a.tsEventDay === b.tsEventDay &&
    a.tsEventNsOfDay === b.tsEventNsOfDay &&
    a.payload.subarray(0, values).every((value, i) => Object.is(value, b.payload[i]))
  );
}
