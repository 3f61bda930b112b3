import type { OfferOutcome } from '../../adapters/memory/latest-writer.ts';

/** What became of the values that a writer offered. */
export interface OfferCounts {
  readonly offered: number;
  /** In the store, or there already. */
  readonly stored: number;
  /** A newer one took its place before it was sent: the store is slower than the days. */
  readonly superseded: number;
  /** The store holds a newer one, of another writer or of later days. */
  readonly older: number;
  /** Not answered at the first attempt; kept, and tried again. */
  readonly unanswered: number;
}

/** Counts the outcomes of offers and tells of the first that lost to a newer value. */
export class OfferTally {
  readonly #counts = { offered: 0, stored: 0, superseded: 0, older: 0, unanswered: 0 };
  readonly #say: (line: string) => void;

  /** @param say - one line for the operator. */
  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  get counts(): OfferCounts {
    return { ...this.#counts };
  }

  /** Counts an offer now and its outcome when it comes. */
  add(offer: Promise<OfferOutcome>): void {
    this.#counts.offered++;
    void offer.then((outcome) => this.#settle(outcome));
  }

  #settle(outcome: OfferOutcome): void {
    const counts = this.#counts;
    if (outcome.kind === 'ok') counts.stored++;
    else if (outcome.kind === 'superseded') counts.superseded++;
    else if (outcome.kind === 'conflict' || outcome.kind === 'fenced') {
      if (counts.older === 0) this.#say(`nothing is written over a newer value: ${reasonOf(outcome)}`);
      counts.older++;
    } else counts.unanswered++;
  }
}

function reasonOf(outcome: { readonly kind: string; readonly reason?: string }): string {
  return outcome.reason ?? outcome.kind;
}
