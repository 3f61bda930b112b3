import { MAX_COUNT, type Stateful, type StateWalk } from '../../model/state-walk.ts';
import type { Histories } from '../histories.ts';
import { RollingOrder } from '../kernels/rolling-order.ts';

/** Layer 2: is the market moving enough to trade? One method to be told of each bar, one to be asked. */
export interface VolatilityDetector extends Stateful {
  /** Told once per bar, after the histories took it. */
  onBar(): void;
  /** True when positions may be opened. */
  isHighRegime(): boolean;
  /** The value that is compared; NaN while there is none. */
  value(): number;
  /** What it is compared with; NaN while there is nothing to compare. */
  threshold(): number;
  reset(): void;
  /** Bars that were permitted because the history was still too short; over the whole run. */
  readonly permissiveBars: number;
}

/** The champion's detector: the reference asset's volatility against a calibrated constant. */
export class ThresholdVolatilityDetector implements VolatilityDetector {
  /** It never permits by default. */
  readonly permissiveBars = 0;
  private readonly histories: Histories;
  private readonly minVolatility: number;

  /** @param minVolatility - `vol_p60`, already scaled to the bar interval of the run. */
  constructor(histories: Histories, minVolatility: number) {
    this.histories = histories;
    this.minVolatility = minVolatility;
  }

  onBar(): void {
    // Two-pass on the bars that ask: nothing to keep (semantics §4.2).
  }

  isHighRegime(): boolean {
    return this.histories.referenceVolatility() > this.minVolatility; // NaN: false
  }

  value(): number {
    return this.histories.referenceVolatility();
  }

  threshold(): number {
    return this.minVolatility;
  }

  reset(): void {
    // No state of its own.
  }

  walkState(): void {
    // No state of its own.
  }
}

const HISTORY_BARS = 1000;
const MIN_HISTORY_BARS = 100;
/** The audit's factor: 252 days x 12 hours x 720 bars of 5 s. A constant scale, it changes no decision. */
const ANNUALISATION = Math.sqrt(252 * 12 * 720);

/** The signal-level strategy's detector: above the median and the 75th percentile of its own history. */
export class PercentileVolatilityDetector implements VolatilityDetector {
  permissiveBars = 0;
  private readonly histories: Histories;
  private readonly history: RollingOrder;
  private readonly minHistory: number;
  private current = Number.NaN;

  /** @param stepsPerBar - by which the counts of its history are multiplied. */
  constructor(histories: Histories, stepsPerBar = 1) {
    this.histories = histories;
    this.history = new RollingOrder(1, HISTORY_BARS * stepsPerBar);
    this.minHistory = MIN_HISTORY_BARS * stepsPerBar;
  }

  onBar(): void {
    this.current = this.histories.referenceVolatility() * ANNUALISATION;
    if (!Number.isNaN(this.current)) this.history.push(0, this.current);
  }

  isHighRegime(): boolean {
    if (this.history.count(0) < this.minHistory) {
      this.permissiveBars++;
      return true;
    }
    return this.current > this.history.quantile(0, 0.5) && this.current > this.history.quantile(0, 0.75);
  }

  value(): number {
    return this.current;
  }

  threshold(): number {
    return this.history.count(0) < this.minHistory ? Number.NaN : this.history.quantile(0, 0.75);
  }

  reset(): void {
    this.history.reset();
    this.current = Number.NaN;
  }

  walkState(walk: StateWalk): void {
    this.permissiveBars = walk.count('permissiveBars', this.permissiveBars, MAX_COUNT);
    this.current = walk.number('current', this.current);
    this.history.walkSeries(walk, 'history', 0);
  }
}
