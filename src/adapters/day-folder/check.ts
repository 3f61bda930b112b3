import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { InputError } from '../../model/input-error.ts';
import { isoFrom, NS_PER_MS } from '../../model/time.ts';
import { attachDayBlock, type DayBlock } from '../../shm/day-block.ts';
import { chooseBarIntervalMs, measureBarIntervalMs } from './bar-interval.ts';
import { decodeAnyDay } from './decode.ts';
import { type DayFile, listDayFiles } from './list.ts';
import {
  type InspectedDay,
  inspectDay,
  type ReplayPlanOptions,
  readTables,
  requireReferenceAsset,
  SYNTHETIC_MARK,
} from './plan.ts';

/** A step longer than this many intervals is a gap. Semantics §3. */
const GAP_INTERVALS = 2.5;
const WORST_ASSETS = 5;

/** What is in a file that can be replayed. Counts are over accepted scans; excluded assets are not left out. */
export interface DayFindings {
  readonly rows: number;
  readonly assets: number;
  readonly hasSignals: boolean;
  /** ISO 8601, UTC. */
  readonly firstTs: string;
  readonly lastTs: string;
  /** Steps longer than 2.5 bar intervals. */
  readonly gaps: number;
  /** Rows whose scan number is not greater than the last accepted one. */
  readonly duplicates: number;
  readonly invalidPrices: number;
  /** Up to five assets with the most invalid prices, worst first. */
  readonly worstAssets: readonly { readonly symbol: string; readonly invalidPrices: number }[];
  /** Order-book snapshots of assets of the universe. */
  readonly snapshots: number;
}

/** One file of a checked folder: what is in it, or why it cannot be used. */
export interface DayCheck {
  readonly name: string;
  readonly findings: DayFindings | null;
  readonly error: string | null;
}

/** A checked folder. It can be replayed when `errors` is empty and so is every day's `error`. */
export interface FolderCheck {
  readonly dir: string;
  readonly synthetic: boolean;
  readonly universe: readonly string[];
  /** NaN when it could not be measured. */
  readonly measuredBarIntervalMs: number;
  readonly days: readonly DayCheck[];
  /** What is wrong with the folder rather than with a day of it. */
  readonly errors: readonly string[];
}

/**
 * Reads everything a replay of the folder would read and tells what is there, going on after an error.
 * @throws only what is no fault of the input.
 */
export async function checkDayFolder(options: ReplayPlanOptions): Promise<FolderCheck> {
  const { dir } = options;
  const errors: string[] = [];
  const collect = <T>(read: () => T): T | null => {
    const result = orMessage(read);
    if (result.error !== null) errors.push(result.error);
    return result.value;
  };
  const files = collect(() => listDayFiles(options)) ?? [];
  const inspected = await inspectAll(files);
  const days = inspected.flatMap(({ value }) => (value === null ? [] : [value]));
  const universe = days[0]?.assets ?? [];
  const measuredMs = measureBarIntervalMs(days.map(({ nsOfDay }) => nsOfDay));
  collect(() => readTables(dir));
  if (days.length > 0) {
    collect(() => requireReferenceAsset(dir, options.referenceAsset, universe));
    const asked = options.barInterval ?? options.configBarIntervalMs;
    collect(() => chooseBarIntervalMs(measuredMs, asked, options.configBarIntervalMs));
  }
  const intervalMs = Number.isNaN(measuredMs) ? options.configBarIntervalMs : measuredMs;
  const checks: DayCheck[] = [];
  for (const [i, file] of files.entries()) {
    const { value, error } = inspected[i] as Outcome<InspectedDay>;
    checks.push(
      value === null ? { name: file.name, findings: null, error } : await checkDay(value, universe, intervalMs),
    );
  }
  const synthetic = existsSync(join(dir, SYNTHETIC_MARK));
  return { dir, synthetic, universe, measuredBarIntervalMs: measuredMs, days: checks, errors };
}

interface Outcome<T> {
  readonly value: T | null;
  readonly error: string | null;
}

async function inspectAll(files: readonly DayFile[]): Promise<Outcome<InspectedDay>[]> {
  const outcomes: Outcome<InspectedDay>[] = [];
  let universe: readonly string[] | null = null;
  for (const file of files) {
    const outcome: Outcome<InspectedDay> = orMessage(() => inspectDay(file, universe));
    universe ??= outcome.value?.assets ?? null;
    outcomes.push(outcome);
    await yieldToEvents();
  }
  return outcomes;
}

async function checkDay(file: InspectedDay, universe: readonly string[], intervalMs: number): Promise<DayCheck> {
  try {
    const decoded = await decodeAnyDay({ path: file.path, day: file.day, bookPath: file.bookPath, universe });
    const block = attachDayBlock(decoded.buffer, decoded.shape);
    return { name: file.name, findings: findingsOf(file, block, universe, intervalMs), error: null };
  } catch (cause) {
    if (cause instanceof InputError) return { name: file.name, findings: null, error: cause.message };
    throw cause;
  }
}

function findingsOf(file: InspectedDay, block: DayBlock, universe: readonly string[], intervalMs: number): DayFindings {
  const rows = acceptedRows(block);
  const invalid = invalidPricesPerAsset(block, rows);
  const stampOf = (row: number) => isoFrom(file.day, block.nsOfDay[row] as number);
  return {
    rows: block.rows,
    assets: block.assets,
    hasSignals: file.hasSignals,
    firstTs: stampOf(rows[0] as number),
    lastTs: stampOf(rows.at(-1) as number),
    gaps: countGaps(block.nsOfDay, rows, intervalMs),
    duplicates: block.rows - rows.length,
    invalidPrices: invalid.reduce((sum, count) => sum + count, 0),
    worstAssets: worstOf(universe, invalid),
    snapshots: block.books,
  };
}

function acceptedRows({ scanNumbers }: DayBlock): Uint32Array {
  const rows = new Uint32Array(scanNumbers.length);
  let accepted = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (const [row, number] of scanNumbers.entries()) {
    if (number <= last) continue;
    last = number;
    rows[accepted++] = row;
  }
  return rows.subarray(0, accepted);
}

function countGaps(nsOfDay: Float64Array, rows: Uint32Array, intervalMs: number): number {
  let gaps = 0;
  for (let i = 1; i < rows.length; i++) {
    const stepNs = (nsOfDay[rows[i] as number] as number) - (nsOfDay[rows[i - 1] as number] as number);
    if (stepNs > GAP_INTERVALS * intervalMs * NS_PER_MS) gaps++;
  }
  return gaps;
}

function invalidPricesPerAsset({ prices, assets }: DayBlock, rows: Uint32Array): Float64Array {
  const invalid = new Float64Array(assets);
  for (const row of rows) {
    for (let asset = 0; asset < assets; asset++) {
      const price = prices[row * assets + asset] as number;
      if (!(price > 0 && price < Number.POSITIVE_INFINITY)) invalid[asset] = (invalid[asset] as number) + 1;
    }
  }
  return invalid;
}

function worstOf(universe: readonly string[], invalid: Float64Array): DayFindings['worstAssets'] {
  return universe
    .map((symbol, asset) => ({ symbol, invalidPrices: invalid[asset] as number }))
    .filter(({ invalidPrices }) => invalidPrices > 0)
    .sort((a, b) => b.invalidPrices - a.invalidPrices)
    .slice(0, WORST_ASSETS);
}

function orMessage<T>(read: () => T): Outcome<T> {
  try {
    return { value: read(), error: null };
  } catch (cause) {
    if (cause instanceof InputError) return { value: null, error: cause.message };
    throw cause;
  }
}
