import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Conditions, ROOT } from './conditions.ts';
import type { RatioInterval } from './statistics.ts';

/** A table as it is printed, and as docs/performance.md shows it. */
export interface BenchTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Met: the median is within the limit. Undecided: only a part of the interval is. Missed: nothing of it is. */
export type Verdict = 'met' | 'undecided' | 'missed';

/** A claim about a ratio or a number. */
export interface BenchTarget {
  readonly name: string;
  readonly limit: string;
  readonly measured: string;
  readonly verdict: Verdict;
  readonly interval?: RatioInterval;
}

export interface BenchResult {
  readonly name: string;
  readonly conditions: Conditions;
  readonly tables: readonly BenchTable[];
  readonly targets: readonly BenchTarget[];
  /** What a reader must know beside the numbers. */
  readonly notes: readonly string[];
}

/** A benchmark that `npm run bench` can run. */
export interface Bench {
  readonly name: string;
  /** @throws Error when work was lost: a checksum that differs is never a number. */
  run(conditions: Conditions): Promise<Omit<BenchResult, 'name' | 'conditions'>>;
}

/** Verdict on a number that has no interval. */
export function verdictBelow(measured: number, limit: number): Verdict {
  return measured <= limit ? 'met' : 'missed';
}

/** Target `ours / peer <= limit`. */
export function ratioTarget(name: string, interval: RatioInterval, limit: number): BenchTarget {
  const { median, low, high } = interval;
  return {
    name,
    limit: `<= ${limit}x`,
    measured: `${median.toFixed(2)}x (${low.toFixed(2)} to ${high.toFixed(2)})`,
    verdict: median <= limit ? 'met' : low <= limit ? 'undecided' : 'missed',
    interval,
  };
}

/** Writes bench/results/<name>.json and returns its path. */
export function writeResult(result: BenchResult): string {
  const folder = join(ROOT, 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${result.name}.json`);
  writeFileSync(path, `${JSON.stringify(result, null, 1)}\n`);
  return path;
}

/** Aligned text of a table, first column to the left, numbers to the right. */
export function tableText(table: BenchTable): string {
  const lines = [table.columns, ...table.rows];
  const widths = table.columns.map((_, c) => Math.max(...lines.map((line) => (line[c] ?? '').length)));
  const text = lines.map((line) =>
    line.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!))).join('  '),
  );
  return [table.title, ...text.map((line) => `  ${line}`)].join('\n');
}
