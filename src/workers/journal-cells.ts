import type { AcbUpdate, LiveCells } from '../engine/actor.ts';
import { decodeCells } from '../replay/journal/payloads.ts';

/** Cells as the records of a journal tell of them: what the step took, and whether one changed while it was taken. */
export class JournalCells implements LiveCells {
  private record: Uint8Array | null = null;
  private hasChanged = false;
  private version = 0;

  /**
   * Readies the answers of the next step.
   * @param cells - payload of its CELLS record; null when it took nothing.
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
    return 0;
  }

  mcVersion(): number {
    return 0;
  }

  takeAcb(update: AcbUpdate): boolean {
    const taken = this.record === null ? undefined : decodeCells(this.record).find(({ cell }) => cell === 'acb');
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
}
