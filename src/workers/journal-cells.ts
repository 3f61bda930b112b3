import type { AcbUpdate, LiveCells, PostureUpdate } from '../engine/live-cells.ts';
import { type CellTaken, decodeCells } from '../replay/journal/payloads.ts';
import type { CellName } from '../shm/layout.ts';

/** Cells as the records of a journal tell of them: what the step took, and whether one changed while it was taken. */
export class JournalCells implements LiveCells {
  private record: Uint8Array | null = null;
  private hasChanged = false;
  private version = 0;
  private postureTaken = 0;

  /**
   * Readies the answers of the next step.
   * @param cells - payloads of its CELLS records, one behind the other; null when it took nothing.
   */
  prepare(cells: Uint8Array | null, hasChanged: boolean): void {
    this.record = cells;
    this.hasChanged = hasChanged;
  }

  /** Asked behind the step: another version than the one taken means that it changed meanwhile. */
  acbVersion(): number {
    return this.version + (this.hasChanged ? 1 : 0);
  }

  /** Which of the cells changed is not recorded, nor needed: one is enough. */
  postureVersion(): number {
    return this.postureTaken;
  }

  mcVersion(): number {
    return 0;
  }

  takeAcb(update: AcbUpdate): boolean {
    const taken = this.taken('acb');
    if (taken !== undefined) this.version = taken.version;
    update.version = this.version;
    if (taken === undefined) return false;
    const [hasValue, boost, beta, refusals] = taken.values as unknown as [number, number, number, number];
    update.hasValue = hasValue === 1;
    update.boost = boost;
    update.beta = beta;
    update.refusals = refusals;
    return true;
  }

  takePosture(update: PostureUpdate): boolean {
    const taken = this.taken('posture');
    if (taken !== undefined) this.postureTaken = taken.version;
    update.version = this.postureTaken;
    if (taken === undefined) return false;
    const [posture, rm, tsDay, tsNsOfDay] = taken.values as unknown as [number, number, number, number];
    update.posture = posture as PostureUpdate['posture'];
    update.rm = rm;
    update.tsDay = tsDay;
    update.tsNsOfDay = tsNsOfDay;
    return true;
  }

  private taken(name: CellName): CellTaken | undefined {
    return this.record === null ? undefined : decodeCells(this.record).find(({ cell }) => cell === name);
  }
}
