import { multipleOfStep } from './limit-price.ts';

/*
 * The one rule for prices in ticks and sizes in lots: decimals outside, whole numbers of steps inside, so that 0.1 + 0.2 is
 * 0.3 and equal prices are equal. A value stands on a step when it is off it by no more than the last digits of a double.
 */

/** Nearest whole number of steps. @param step - > 0. */
export function nearestSteps(value: number, step: number): number {
  return Math.round(stepsIn(value, step, wholeInverse(step)));
}

/** Largest whole number of steps that is not above a value, but for the last digits of a double. @param step - > 0. */
export function floorSteps(value: number, step: number): number {
  return floorOf(stepsIn(value, step, wholeInverse(step)));
}

/**
 * The steps of one price or size; a step of 0 means that any value goes: then a value is its own number of steps. Steps like
 * 0.1 are held as "10 in 1", for `3 / 10` is the double that "0.3" reads as, and `3 * 0.1` is not.
 */
export class StepGrid {
  readonly step: number;
  private readonly inverse: number;

  /** @throws RangeError unless the step is finite and >= 0. */
  constructor(step: number) {
    if (!(step >= 0 && step < Number.POSITIVE_INFINITY))
      throw new RangeError(`step must be finite and >= 0, was ${step}`);
    this.step = step;
    this.inverse = wholeInverse(step);
  }

  /** Nearest whole number of steps; the value itself when any goes. NaN stays NaN. */
  toSteps(value: number): number {
    return this.step === 0 ? value : Math.round(this.stepsIn(value));
  }

  /** Largest whole number of steps that is not above the value, but for the last digits of a double. */
  floorSteps(value: number): number {
    return this.step === 0 ? value : floorOf(this.stepsIn(value));
  }

  /** Smallest whole number of steps that is not below the value, but for the last digits of a double. */
  ceilSteps(value: number): number {
    if (this.step === 0) return value;
    const steps = this.stepsIn(value);
    return Math.ceil(steps - slack(steps));
  }

  /** True when the value stands on a step, but for the last digits of a double. */
  holds(value: number): boolean {
    if (this.step === 0) return true;
    const steps = this.stepsIn(value);
    return Math.abs(steps - Math.round(steps)) <= slack(steps);
  }

  /** The value of so many steps. */
  toValue(steps: number): number {
    return this.step === 0 ? steps : multipleOfStep(steps, this.step);
  }

  private stepsIn(value: number): number {
    return stepsIn(value, this.step, this.inverse);
  }
}

/** Steps in 1 where that is a whole number, else 0. */
function wholeInverse(step: number): number {
  const inverse = step > 0 && step < 1 ? Math.round(1 / step) : 0;
  return inverse > 0 && Math.abs(inverse * step - 1) < 1e-12 ? inverse : 0;
}

/** Steps in a value, whole or not. */
function stepsIn(value: number, step: number, inverse: number): number {
  return inverse > 0 ? value * inverse : value / step;
}

function floorOf(steps: number): number {
  return Math.floor(steps + slack(steps));
}

/** What a value that was computed may be off its step, in steps. */
function slack(steps: number): number {
  return Math.max(1e-9, Math.abs(steps) * 1e-15);
}
