import type { Stateful, StateWalk } from '../model/state-walk.ts';

/** The equity of a run, marked at every bar with a position and after every trade, and its largest fall (semantics §5). */
export class MarkedEquity implements Stateful {
  /** Largest fall from the running peak so far, as a fraction. */
  maxDrawdown = 0;
  /** Realised capital and the gain of what is held, as it was marked last, USDT; the initial capital before. */
  latest = Number.NaN; // a double from the start: a field that began as a small integer is boxed anew at every store
  private peak: number;

  /** @param initialCapital - USDT; the first peak. */
  constructor(initialCapital: number) {
    this.latest = initialCapital;
    this.peak = initialCapital;
  }

  /** Takes {@link latest}, as it was set just now: a double that is handed over costs memory where V8 does not inline. */
  mark(): void {
    const { latest } = this;
    if (latest > this.peak) this.peak = latest;
    const drawdown = (this.peak - latest) / this.peak;
    if (drawdown > this.maxDrawdown) this.maxDrawdown = drawdown;
  }

  walkState(walk: StateWalk): void {
    this.latest = walk.number('latest', this.latest);
    this.peak = walk.number('peak', this.peak);
    this.maxDrawdown = walk.number('maxDrawdown', this.maxDrawdown);
  }
}
