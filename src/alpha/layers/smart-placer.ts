import type { Mt19937 } from '../kernels/mt19937.ts';

/** Layer 3: what a fill costs, as a fraction of its value; negative is a rebate. */
export interface FeeSchedule {
  readonly makerFee: number;
  readonly takerFee: number;
  /** True: maker or taker by a draw; false: the expectation, without one. */
  readonly isSampled: boolean;
}

/** Fee without luck: the mix that a maker rate in [0, 1] gives. */
export function expectedFee(schedule: FeeSchedule, makerRate: number): number {
  return makerRate * schedule.makerFee + (1 - makerRate) * schedule.takerFee;
}

/** Fee of one fill; takes exactly one value from `random` when the schedule is sampled, none otherwise. */
export function drawFee(schedule: FeeSchedule, makerRate: number, random: Mt19937): number {
  if (!schedule.isSampled) return expectedFee(schedule, makerRate);
  return random.randomSample() < makerRate ? schedule.makerFee : schedule.takerFee;
}
