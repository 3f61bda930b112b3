/**
 * The steps of a price or a size: decimals outside, whole numbers of steps inside, so that 0.1 + 0.2 is 0.3 and equal
 * prices are equal. Steps like 0.1 are held as "10 in 1", for `3 / 10` is the double that "0.3" reads as, and `3 * 0.1` is
 * not. A step of 0 means that any value goes: then a value is its own number of steps.
 */
export class StepGrid {
  readonly step: number;
  /** Steps in 1 where that is a whole number, else 0. */
  private readonly inverse: number;

  /** @throws RangeError unless the step is finite and >= 0. */
  constructor(step: number) {
    if (!(step >= 0 && step < Number.POSITIVE_INFINITY))
      throw new RangeError(`step must be finite and >= 0, was ${step}`);
    this.step = step;
    const inverse = step > 0 && step < 1 ? Math.round(1 / step) : 0;
    this.inverse = inverse > 0 && Math.abs(inverse * step - 1) < 1e-12 ? inverse : 0;
  }

  /** Steps in a value, whole or not. */
  private stepsIn(value: number): number {
    if (this.step === 0) return value;
    return this.inverse > 0 ? value * this.inverse : value / this.step;
  }

  /** Nearest whole number of steps; the value itself when any goes. NaN stays NaN. */
  toSteps(value: number): number {
    return this.step === 0 ? value : Math.round(this.stepsIn(value));
  }

  /** Largest whole number of steps that is not above the value, but for the last digits of a double. */
  floorSteps(value: number): number {
    if (this.step === 0) return value;
    const steps = this.stepsIn(value);
    return Math.floor(steps + slack(steps));
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
    if (this.step === 0) return steps;
    return this.inverse > 0 ? steps / this.inverse : steps * this.step;
  }
}

/** What a value that was computed may be off its step, in steps. */
function slack(steps: number): number {
  return Math.max(1e-9, Math.abs(steps) * 1e-15);
}
