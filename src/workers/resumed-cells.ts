import { type AcbUpdate, type LiveCells, NO_POSTURE, type PostureUpdate } from '../engine/live-cells.ts';

/**
 * Cells of a run that goes on from its journal: what the journal tells while the machine catches up, then what other threads
 * publish now, of which the first step takes the newest. A step whose records end in the middle counts as one under which
 * a cell changed. What the memory said of the posture in the earlier life is taken back where it does not say so now.
 */
export class ResumedCells implements LiveCells {
  private readonly journalled: LiveCells;
  private readonly present: LiveCells;
  private readonly isCatchingUp: () => boolean;
  /** Until the first step behind the journal has asked for the posture. */
  private isFirstWord = true;

  constructor(journalled: LiveCells, present: LiveCells, isCatchingUp: () => boolean) {
    this.journalled = journalled;
    this.present = present;
    this.isCatchingUp = isCatchingUp;
  }

  acbVersion(): number {
    return this.current.acbVersion();
  }

  postureVersion(): number {
    return this.current.postureVersion();
  }

  mcVersion(): number {
    return this.current.mcVersion();
  }

  takeAcb(update: AcbUpdate): boolean {
    return this.current.takeAcb(update);
  }

  takePosture(update: PostureUpdate): boolean {
    if (this.isCatchingUp()) return this.journalled.takePosture(update);
    const isFirst = this.isFirstWord;
    this.isFirstWord = false;
    if (this.present.takePosture(update)) return true;
    if (!isFirst) return false;
    update.posture = NO_POSTURE;
    update.rm = Number.NaN;
    update.tsDay = Number.NaN;
    update.tsNsOfDay = Number.NaN;
    return true;
  }

  private get current(): LiveCells {
    return this.isCatchingUp() ? this.journalled : this.present;
  }
}
