import type { LatencyResult } from './bench-latency-samples.ts';

/** Microseconds with one decimal below 100, else none; empty when not stated. */
export function microseconds(ns: number | null | undefined): string {
  if (ns == null) return '';
  return (ns / 1000).toFixed(ns < 100_000 ? 1 : 0);
}

/** Percent of a core of source, engine, execution, journal, whatever each channel calls them. */
export function cpuText({ cpuPct }: LatencyResult): string {
  const { producer, engine, execution, journal, 'market-data': source } = cpuPct;
  return [producer ?? source, engine, execution, journal]
    .filter((pct) => pct !== undefined)
    .map((pct) => (Number.isNaN(pct) ? '?' : pct.toFixed(pct < 10 ? 1 : 0)))
    .join(' / ');
}
