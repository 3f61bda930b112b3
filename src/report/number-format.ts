/** Numbers as people read them. Every function says 'n/a' for NaN and infinities, and never writes a negative zero. */

const NOT_A_NUMBER = 'n/a';

/** 17280 -> `17,280`. */
export const formatCount = numberFormatter({ maximumFractionDigits: 0, signDisplay: 'negative' });
/** USDT with cents: `24,954.55`. */
export const formatMoney = numberFormatter({ ...decimals(2), signDisplay: 'negative' });
/** A change in USDT: `+12.30`, `-9.97`, `0.00`. */
export const formatPnl = numberFormatter({ ...decimals(2), signDisplay: 'exceptZero' });
/** Seven significant digits: enough to tell two quotes apart at any price scale. */
export const formatPrice = numberFormatter({ maximumSignificantDigits: 7, signDisplay: 'negative' });
/** Two decimals, no unit: multipliers and ratios. */
export const formatRatio = numberFormatter({ ...decimals(2), signDisplay: 'negative' });

const percent = numberFormatter({ ...decimals(2), signDisplay: 'negative' });
const percentCoarse = numberFormatter({ ...decimals(1), signDisplay: 'negative' });

/** A share: 0.3793 -> `37.9 %`. */
export const formatShare = (fraction: number) => withUnit(percentCoarse(fraction * 100), ' %');
/** A loss or deviation without sign: 0.00186 -> `0.19 %`. */
export const formatPercent = (fraction: number) => withUnit(percent(fraction * 100), ' %');
/** A return: 0.0808 -> `+8.08 %`. */
export const formatReturn = (fraction: number) => withUnit(formatPnl(fraction * 100), ' %');

/** Basis points with sign: `+0.31`, `-12.40`. */
export const formatBps = formatPnl;

/** A profit factor; without losses there is none, and without trades nothing to say. */
export function formatProfitFactor(value: number | null, trades: number): string {
  if (trades === 0) return NOT_A_NUMBER;
  return value === null ? 'no losses' : formatRatio(value);
}

/** Three significant digits in the unit that suits: `850 ns`, `1.24 µs`, `3.87 ms`, `1.20 s`. */
export function formatNs(ns: number): string {
  if (!Number.isFinite(ns)) return NOT_A_NUMBER;
  const [scale, unit] = ns < 1e3 ? [1, 'ns'] : ns < 1e6 ? [1e3, 'µs'] : ns < 1e9 ? [1e6, 'ms'] : [1e9, 's'];
  const value = ns / scale;
  return `${value.toFixed(unit === 'ns' || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2)} ${unit}`;
}

/** `0.143` -> `0.14 s`, `83` -> `1 min 23 s`. */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return NOT_A_NUMBER;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** How long something took: as {@link formatNs} below ten minutes, then `45 min 24 s`, `20 h 23 min`, `2 d 3 h`. @param ms - 0 or more. */
export function formatDuration(ms: number): string {
  if (!(ms >= 600_000)) return formatNs(ms * 1e6);
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  const hours = Math.round(ms / 3_600_000);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Length of a bar: 5000 -> `5 s`, 100 -> `0.1 s`, 300000 -> `5 min`. */
export function formatInterval(ms: number): string {
  const seconds = Number((ms / 1000).toPrecision(6));
  return seconds > 60 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

function numberFormatter(options: Intl.NumberFormatOptions): (value: number) => string {
  const format = new Intl.NumberFormat('en-US', options);
  return (value) => (Number.isFinite(value) ? format.format(value) : NOT_A_NUMBER);
}

function decimals(digits: number): Intl.NumberFormatOptions {
  return { minimumFractionDigits: digits, maximumFractionDigits: digits };
}

function withUnit(text: string, unit: string): string {
  return text === NOT_A_NUMBER ? text : text + unit;
}
