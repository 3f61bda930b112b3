import type { Stateful, StateWalk } from '../model/state-walk.ts';

/** Counters of execution (semantics §11), in the order in which they are kept. */
export const EXECUTION_COUNTERS = [
  'entries_maker',
  'entries_taker',
  'entries_unfilled',
  'exits_maker',
  'exits_taker',
  'exits_unfilled',
  'fallbacks',
  'rejects',
  'post_only_rejects',
  'partials',
  'denied',
  'orders',
  'cancels',
  'unknown_outcomes',
] as const;
export type ExecutionCounter = (typeof EXECUTION_COUNTERS)[number];

/** Codes of denials are below this number. */
const DENY_REASON_CODES = 80;

/** One side of the account: entries or exits. */
export class FillQuality implements Stateful {
  /** Intents of which anything was filled. */
  filled = 0;
  /** Quote currency, by how the trade was made. */
  makerNotional = 0;
  takerNotional = 0;
  /** Quote currency, negative for rebates. */
  fees = 0;
  /** Where slippage came from, quote currency, positive a cost; together `side * (fill - decision) * qty` over all fills. */
  latencyCost = 0;
  queueCost = 0;
  spreadCost = 0;
  /** Sum of slippage times notional; its quotient is the mean. */
  private slippageNotional = 0;
  private slippageMaxBps = Number.NaN;
  private timeToFillSumNs = 0;
  private timeToFillMaxNs = Number.NaN;

  /** Share of the notional that was made, in [0, 1]; NaN without a fill. */
  get makerShare(): number {
    return this.makerNotional / (this.makerNotional + this.takerNotional);
  }

  /** Mean of the slippage against the decision price, weighted by notional, bps; positive is a cost; NaN without a fill. */
  get slippageMeanBps(): number {
    return this.slippageNotional / (this.makerNotional + this.takerNotional);
  }

  /** Worst intent, bps; NaN without a fill. */
  get slippageWorstBps(): number {
    return this.slippageMaxBps;
  }

  /** From the arrival of an intent to its last fill, ms; NaN without a fill. */
  get timeToFillMeanMs(): number {
    return this.timeToFillSumNs / this.filled / 1e6;
  }

  get timeToFillMaxMs(): number {
    return this.timeToFillMaxNs / 1e6;
  }

  /** @param isMaker - 1 maker, 0 taker. */
  onTrade(notional: number, fee: number, isMaker: number): void {
    if (isMaker === 1) this.makerNotional += notional;
    else this.takerNotional += notional;
    this.fees += fee;
  }

  /**
   * Splits what a trade cost against the price of the decision. All quote currency.
   * @param side - BUY or SELL.
   * @param firstMidPx - mid when the venue said its first word about the intent.
   * @param heardMidPx - mid when the trade was heard of.
   */
  onCost(side: number, qty: number, fillPx: number, decisionPx: number, firstMidPx: number, heardMidPx: number): void {
    this.latencyCost += side * qty * (firstMidPx - decisionPx);
    this.queueCost += side * qty * (heardMidPx - firstMidPx);
    this.spreadCost += side * qty * (fillPx - heardMidPx);
  }

  /** An intent that was filled, in part or in whole, is at its end. */
  onFilledIntent(slippageBps: number, notional: number, timeToFillNs: number): void {
    this.filled++;
    this.slippageNotional += slippageBps * notional;
    if (!(slippageBps <= this.slippageMaxBps)) this.slippageMaxBps = slippageBps;
    this.timeToFillSumNs += timeToFillNs;
    if (!(timeToFillNs <= this.timeToFillMaxNs)) this.timeToFillMaxNs = timeToFillNs;
  }

  walkState(walk: StateWalk): void {
    this.filled = walk.integer('filled', this.filled);
    this.makerNotional = walk.number('makerNotional', this.makerNotional);
    this.takerNotional = walk.number('takerNotional', this.takerNotional);
    this.fees = walk.number('fees', this.fees);
    this.latencyCost = walk.number('latencyCost', this.latencyCost);
    this.queueCost = walk.number('queueCost', this.queueCost);
    this.spreadCost = walk.number('spreadCost', this.spreadCost);
    this.slippageNotional = walk.number('slippageNotional', this.slippageNotional);
    this.slippageMaxBps = walk.number('slippageMaxBps', this.slippageMaxBps);
    this.timeToFillSumNs = walk.number('timeToFillSumNs', this.timeToFillSumNs);
    this.timeToFillMaxNs = walk.number('timeToFillMaxNs', this.timeToFillMaxNs);
  }
}

/**
 * Metrics of execution (semantics §11). An intent counts once, when it ends: maker when every trade of it was made, taker
 * when any was taken, unfilled when there was none.
 */
export class ExecutionMetrics implements Stateful {
  readonly entries = new FillQuality();
  readonly exits = new FillQuality();
  private readonly counts = new Uint32Array(EXECUTION_COUNTERS.length);
  private readonly denialsByReason = new Uint32Array(DENY_REASON_CODES);

  get(counter: ExecutionCounter): number {
    return this.counts[EXECUTION_COUNTERS.indexOf(counter)]!;
  }

  add(counter: ExecutionCounter): void {
    const at = EXECUTION_COUNTERS.indexOf(counter);
    this.counts[at] = this.counts[at]! + 1;
  }

  /** An order or an intent was denied. @param reason - of the pre-trade check, or of execution. */
  onDenied(reason: number): void {
    this.add('denied');
    this.denialsByReason[reason] = this.denialsByReason[reason]! + 1;
  }

  /** Reasons that occurred, by code. */
  denials(): { readonly reason: number; readonly count: number }[] {
    return [...this.denialsByReason].map((count, reason) => ({ reason, count })).filter(({ count }) => count > 0);
  }

  walkState(walk: StateWalk): void {
    walk.integers('counts', this.counts, { base: 0, count: this.counts.length });
    walk.integers('denialsByReason', this.denialsByReason, { base: 0, count: DENY_REASON_CODES });
    walk.part('entries', this.entries);
    walk.part('exits', this.exits);
  }
}

/** Slippage of an average price against the price of the decision, bps; positive is a cost. @param side - BUY or SELL. */
export function slippageBps(side: number, averagePx: number, decisionPx: number): number {
  return side * (averagePx / decisionPx - 1) * 1e4;
}
