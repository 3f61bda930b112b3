import type { Stateful, StateWalk } from '../model/state-walk.ts';

/** The equity of a run, marked at every bar with a position and after every trade, and its largest fall (semantics §5). */
export class MarkedEquity implements Stateful {
  /** Largest fall from the running peak so far, as a fraction. */
  maxDrawdown = 0;
  /** As it was marked last, USDT; the initial capital before. */
  latest: number;
  private peak: number;

  /** @param initialCapital - USDT; the first peak. */
  constructor(initialCapital: number) {
    this.latest = initialCapital;
    this.peak = initialCapital;
  }

  /** @param equity - realised capital and the gain of what is held, USDT. */
  mark(equity: number): void {
    this.latest = equity;
    if (equity > this.peak) this.peak = equity;
    const drawdown = (this.peak - equity) / this.peak;
    if (drawdown > this.maxDrawdown) this.maxDrawdown = drawdown;
  }

  walkState(walk: StateWalk): void {
    this.latest = walk.number('latest', this.latest);
    this.peak = walk.number('peak', this.peak);
    this.maxDrawdown = walk.number('maxDrawdown', this.maxDrawdown);
  }
}
