/** Maps a domain linearly onto pixels. */
export type Scale = (value: number) => number;

/** The straight line through (domain0, range0) and (domain1, range1); an empty domain maps to the middle of the range. */
export function linearScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const [d0, d1] = domain;
  const [r0, r1] = range;
  if (d0 === d1) return () => (r0 + r1) / 2;
  return (value) => r0 + ((value - d0) / (d1 - d0)) * (r1 - r0);
}

/** Round values (1, 2, 2.5 or 5 times a power of ten apart) within [low, high], about `count` of them. */
export function niceTicks(low: number, high: number, count: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, index) => (first + index) * step);
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TIME_STEPS = [
  ...[1, 5, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 30, 90, 180, 365].map((days) => days * DAY),
];

/** Ticks of a UTC time axis, ms since the epoch, at most `count` steps apart, with labels that name the date at midnight. */
export function timeTicks(lowMs: number, highMs: number, count: number): { ms: number; label: string }[] {
  const step = TIME_STEPS.find((candidate) => (highMs - lowMs) / candidate <= count) ?? 365 * DAY;
  const ticks: { ms: number; label: string }[] = [];
  for (let ms = Math.ceil(lowMs / step) * step; ms <= highMs; ms += step) ticks.push({ ms, label: timeLabel(ms) });
  return ticks;
}

function timeLabel(ms: number): string {
  const iso = new Date(ms).toISOString();
  if (ms % DAY !== 0) return iso.slice(11, 16);
  return new Date(ms).toLocaleDateString('en-US', { month: 'short', day: 'numeric', timeZone: 'UTC' });
}
