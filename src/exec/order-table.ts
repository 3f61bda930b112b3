import { isTerminal } from '../model/order.ts';
import type { Stateful, StateWalk } from '../model/state-walk.ts';
import { Order } from './order.ts';

/** Orders that are remembered: the last so many of the run. Late and repeated reports of older ones say nothing new. */
export const ORDER_TABLE_SIZE = 128;

/**
 * The last orders of the run by their sequence, in a ring of records that are allocated once. A record is used anew only
 * when its order is at its end and every fill of it was told.
 */
export class OrderTable implements Stateful {
  private readonly orders: readonly Order[] = Array.from({ length: ORDER_TABLE_SIZE }, () => new Order());
  private sequences = 0;

  /** Sequence of the next order: so many were made so far. */
  get nextSeq(): number {
    return this.sequences;
  }

  /** A record for the next order, or null while the one that it would replace still lives. */
  next(): Order | null {
    const order = this.orders[this.sequences % ORDER_TABLE_SIZE]!;
    if (order.seq >= 0 && !(isTerminal(order.state) && order.isSettled)) return null;
    order.begin(this.sequences++);
    return order;
  }

  /** The order of a sequence, or null when it is not made yet or not remembered any more. */
  find(seq: number): Order | null {
    if (!Number.isSafeInteger(seq) || seq < 0) return null;
    const order = this.orders[seq % ORDER_TABLE_SIZE]!;
    return order.seq === seq ? order : null;
  }

  /** Sequence of the oldest order that is remembered. */
  get firstSeq(): number {
    return Math.max(0, this.sequences - ORDER_TABLE_SIZE);
  }

  walkState(walk: StateWalk): void {
    if (walk.isReading) for (const order of this.orders) order.forget();
    this.sequences = walk.number('sequences', this.sequences);
    for (let seq = this.firstSeq; seq < this.sequences; seq++) {
      walk.part('order', this.orders[seq % ORDER_TABLE_SIZE]!);
    }
  }
}
