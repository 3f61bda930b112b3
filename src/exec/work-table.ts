import type { Stateful, StateWalk } from '../model/state-walk.ts';
import type { Order } from './order.ts';
import { PHASE_FREE, Work } from './work.ts';

/** Intents that can be worked at once. */
export const WORKS = 16;

/** The intents that are being worked: slots that are allocated once and used anew. */
export class WorkTable implements Stateful {
  private readonly works: readonly Work[] = Array.from({ length: WORKS }, () => new Work());

  /** All slots, the free ones too. */
  get slots(): readonly Work[] {
    return this.works;
  }

  /** Intents that are not at their end. */
  get working(): number {
    let working = 0;
    for (const work of this.works) if (work.phase !== PHASE_FREE) working++;
    return working;
  }

  /** A free slot, or null. */
  free(): Work | null {
    for (const work of this.works) if (work.phase === PHASE_FREE) return work;
    return null;
  }

  /** The work of an order, or null when its intent is at its end. */
  ofOrder(order: Order): Work | null {
    const work = this.works[order.workIndex];
    const isIts = work !== undefined && work.phase !== PHASE_FREE && work.intentSequence === order.intentSequence;
    return isIts ? work : null;
  }

  /** The entry, or the exit, that is worked for an asset, or null. */
  find(assetIndex: number, isEntry: boolean): Work | null {
    for (const work of this.works) {
      if (work.phase !== PHASE_FREE && work.assetIndex === assetIndex && work.isEntry === isEntry) return work;
    }
    return null;
  }

  isBusyWith(assetIndex: number): boolean {
    return this.find(assetIndex, true) !== null || this.find(assetIndex, false) !== null;
  }

  walkState(walk: StateWalk): void {
    for (const work of this.works) walk.part('work', work);
  }
}
