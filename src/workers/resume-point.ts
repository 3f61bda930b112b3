import { createFrame, FRAME_BOOK, type FrameView } from '../model/frame.ts';
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
      if (this.remaining === 0) this.requireSame();
    }
  }

  /** @throws InputError when the data ended before the journal did. */
  requireReached(): void {
    if (this.remaining === 0) return;
    throw new InputError(
      `--resume: data must have the ${this.last.sequence + 1} frames of the journal, ended ${this.remaining} before`,
    );
  }

  private requireSame(): void {
    const { frame, last } = this;
    const isSame =
      frame.kind === last.kind &&
      frame.tsEventDay === last.tsEventDay &&
      frame.tsEventNsOfDay === last.tsEventNsOfDay &&
      frame.payload.subarray(0, this.values).every((value, i) => Object.is(value, last.payload[i]));
    if (isSame) return;
    throw new InputError(
      `--resume: data must be those of the journal: frame ${last.sequence} there is of ` +
        `${isoFrom(last.tsEventDay, last.tsEventNsOfDay)}, here of ${isoFrom(frame.tsEventDay, frame.tsEventNsOfDay)} ` +
        'or has other values',
    );
  }

  private get values(): number {
    return this.last.kind === FRAME_BOOK ? this.last.payload.length : this.assets;
  }
}
