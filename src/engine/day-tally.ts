import { COUNTERS, type CounterName, type DayResult, GATES } from '../model/day-result.ts';
import { MAX_COUNT, type Stateful, type StateWalk } from '../model/state-walk.ts';

export const GATE_WARMUP = 0;
export const GATE_SIGNAL = 1;
export const GATE_VOLATILITY = 2;
export const GATE_RISK = 3;
export const GATE_DIRECTION = 4;
export const GATE_ORDER_BOOK = 5;
export const GATE_IRP = 6;
export const GATE_SIZING = 7;

/** Funnel and counters of a day; plain integers, so that the step can count without a map. */
export class DayTally implements Stateful {
  bars = 0;
  trades = 0;
  gaps = 0;
  invalidPrices = 0;
  missingSignals = 0;
  duplicateScans = 0;
  lateExits = 0;
  staleFills = 0;
  obMissing = 0;
  obRefused = 0;
  leverageCapped = 0;
  acbRejected = 0;
  staleStateEvents = 0;
  staleScans = 0;
  private readonly reached = new Int32Array(GATES.length);
  private readonly passed = new Int32Array(GATES.length);

  reset(): void {
    this.bars = 0;
    this.trades = 0;
    for (const name of COUNTERS) this[name] = 0;
    this.reached.fill(0);
    this.passed.fill(0);
  }

  /** Counts a bar at a gate and hands the verdict on. */
  gate(gate: number, isPassed: boolean): boolean {
    this.reached[gate] = this.reached[gate]! + 1;
    if (isPassed) this.passed[gate] = this.passed[gate]! + 1;
    return isPassed;
  }

  walkState(walk: StateWalk): void {
    this.bars = walk.count('bars', this.bars, MAX_COUNT);
    this.trades = walk.count('trades', this.trades, MAX_COUNT);
    for (const name of COUNTERS) this[name] = walk.count(name, this[name], MAX_COUNT);
    walk.integers('reached', this.reached, { base: 0, count: GATES.length });
    walk.integers('passed', this.passed, { base: 0, count: GATES.length });
  }

  /** Copies for a report; allocates. */
  funnel(): DayResult['funnel'] {
    const entries = GATES.map((name, gate) => [name, [this.reached[gate]!, this.passed[gate]!]] as const);
    return Object.fromEntries(entries) as DayResult['funnel'];
  }

  counters(): DayResult['counters'] {
    return Object.fromEntries(COUNTERS.map((name) => [name, this[name]])) as Record<CounterName, number>;
  }
}
