import type { AcbUpdate, LiveCells, PostureUpdate } from '../engine/live-cells.ts';

/**
 * Cells of a run that goes on from its journal: what the journal tells while the machine catches up, then what other threads
 * publish now, of which the first step takes the newest. A step whose records end in the middle counts as one under which
 * a cell changed.
 */
export class ResumedCells implements LiveCells {
  private readonly journalled: LiveCells;
  private readonly present: LiveCells;
  private readonly isCatchingUp: () => boolean;

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
    return this.current.takePosture(update);
  }

  private get current(): LiveCells {
    return this.isCatchingUp() ? this.journalled : this.present;
  }
}
