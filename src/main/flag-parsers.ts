import { InvalidArgumentError } from 'commander';
import { dayFromDate, MS_PER_DAY } from '../model/time.ts';

/** Values of a repeatable flag, in order. */
export function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

/** @throws InvalidArgumentError when it is no date. */
export function parseDate(text: string): string {
  if (Number.isNaN(dayFromDate(text))) throw new InvalidArgumentError('must be a date YYYY-MM-DD.');
  return text;
}

/** Milliseconds, or `auto`. */
export function parseBarInterval(text: string): number | 'auto' {
  if (text === 'auto') return text;
  const ms = Number(text);
  if (!Number.isInteger(ms) || ms < 1)
    throw new InvalidArgumentError('must be auto, or a whole number of milliseconds.');
  return ms;
}

/** A parser of whole numbers in [least, most]. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < least || value > most) {
      throw new InvalidArgumentError(`must be a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** Event seconds per second: `real` is 1, `50x` is 50; 0 for `max`, as fast as possible. */
export function parseSpeed(text: string): number {
  if (text === 'max') return 0;
  if (text === 'real') return 1;
  const factor = Number(/^(\d+(?:\.\d+)?)x$/.exec(text)?.[1]);
  if (!(factor > 0)) throw new InvalidArgumentError('must be max, real, or Nx with N > 0.');
  return factor;
}

const MAX_INTERVAL_MS = 3_600_000;
const MS_PER_UNIT: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/** `5s`, `1m`, `1h` in milliseconds; whole seconds that divide a day. */
export function parseInterval(text: string): number {
  const match = /^(\d+)([smh])$/.exec(text);
  const ms = match === null ? Number.NaN : Number(match[1]) * (MS_PER_UNIT[match[2] as string] as number);
  if (!(ms > 0) || MS_PER_DAY % ms !== 0 || ms > MAX_INTERVAL_MS) {
    throw new InvalidArgumentError(
      'must be a bar length such as 5s, 1m or 1h: at most 1h, and a day must be whole bars.',
    );
  }
  return ms;
}

/** `BTCUSDT,ETHUSDT` as a list. */
export function parseList(text: string): string[] {
  return text.split(',').map((item) => item.trim());
}
