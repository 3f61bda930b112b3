import { MAX_COUNT, type Stateful, type StateWalk } from '../model/state-walk.ts';

/** What may go wrong and changes nothing; codes stand in journals and are never renumbered. */
export const IRREGULAR_TRANSITION = 0;
/** A trade that was told before. */
export const IRREGULAR_DUPLICATE_FILL = 1;
/** A trade beyond the quantity of its order: not booked, for the venue contradicts itself. */
export const IRREGULAR_OVERFILL = 2;
/** An event without a price, quantity, trade id or kind that can be. */
export const IRREGULAR_MALFORMED = 3;
/** A rejection of an order that the venue had shown to have. */
export const IRREGULAR_LATE_REJECT = 4;
/** A query found no trace of an order that the venue had shown to have. */
export const IRREGULAR_NOT_FOUND = 5;
/** A fill of an order whose intent is at its end: told to the engine all the same. */
export const IRREGULAR_LATE_FILL = 6;
/** An event of an order that is not known: parked. */
export const IRREGULAR_PARKED = 7;
/** An event of an order too old to be remembered. */
export const IRREGULAR_FORGOTTEN = 8;
/** An intent that was there before, or a cancel or haste for an intent that is not worked. */
export const IRREGULAR_STALE_INTENT = 9;

/** Names by code, for reports and counters. */
export const IRREGULARITY_NAMES = [
  'illegalTransitions',
  'duplicateFills',
  'overfills',
  'malformedEvents',
  'lateRejects',
  'notFoundAfterAck',
  'lateFills',
  'parkedEvents',
  'forgottenOrderEvents',
  'staleIntents',
] as const;

/** Where irregularities are written down, besides being counted. */
export interface IrregularitySink {
  /**
   * @param clientOrderSeq - of the order, or the sequence of the intent for IRREGULAR_STALE_INTENT.
   * @param state - of the order, ORDER_NONE when it is not known.
   * @param event - EVENT_* of a transition; the kind of the venue's event for the rest.
   */
  irregular(code: number, clientOrderSeq: number, state: number, event: number): void;
}

/** Writes nothing down. */
export const COUNT_ONLY: IrregularitySink = { irregular: () => undefined };

/** Counts what was irregular and harmless, by code, and passes it on to be journalled. */
export class Irregularities implements Stateful {
  /** By code, in the order of {@link IRREGULARITY_NAMES}. */
  readonly counts = new Uint32Array(IRREGULARITY_NAMES.length);
  private readonly sink: IrregularitySink;

  constructor(sink: IrregularitySink) {
    this.sink = sink;
  }

  note(code: number, clientOrderSeq: number, state: number, event: number): void {
    if (this.counts[code]! < MAX_COUNT) this.counts[code] = this.counts[code]! + 1;
    this.sink.irregular(code, clientOrderSeq, state, event);
  }

  walkState(walk: StateWalk): void {
    walk.integers('counts', this.counts, { base: 0, count: this.counts.length });
  }
}
