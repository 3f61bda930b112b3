import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { InputError } from '../../model/input-error.ts';
import { BAR_MS } from '../../model/resolution.ts';
import { isoFrom, NS_PER_MS } from '../../model/time.ts';
import { type BarBlock, barBlockOf } from '../../shm/bar-block.ts';
import { withFile } from './byte-source.ts';
import { readDoublesInto } from './columns.ts';
import { scanColumns } from './day-columns.ts';
import { COLUMNS_PER_GROUP, createColumnGroup, interleaveInto } from './interleave.ts';
import { openParquet, type ParquetColumn, type ParquetFile } from './parquet-file.ts';
import { chunkOf, groupOf } from './row-group.ts';
import { readNsOfDay } from './stamps.ts';
import { inUniverseOrder, requireSameUniverse } from './universe.ts';

/** Most bytes of prices in one row group: a block is one row group, and three of them are held at a time. */
export const MAX_GROUP_BYTES = 256 * 2 ** 20;
const HASH_CHUNK_BYTES = 2 ** 20;
/** A measured interval may differ from 0.1 s by this fraction. */
const TOLERANCE_FRAC = 0.2;

/** A day's file of 0.1 s bars, its footer read and checked; structured-cloneable without `file`. */
export interface BarFile {
  readonly path: string;
  /** UTC day number of its date. */
  readonly day: number;
  readonly rows: number;
  readonly groups: number;
}

/** An opened bar file, so that the footer need not be parsed for every group. */
export interface OpenBarFile extends BarFile {
  readonly file: ParquetFile;
  readonly timestamp: ParquetColumn;
  /** In universe order. */
  readonly assets: readonly ParquetColumn[];
}

/**
 * Opens a file of 0.1 s bars: the layout of a day file, of which `timestamp` and the prices are read (semantics §10). Its
 * row groups are its blocks, and none is larger than {@link MAX_GROUP_BYTES} decoded.
 *
 * @param universe - symbols of the run in index order.
 * @param maxGroupBytes - most bytes of prices in a row group.
 * @throws InputError naming file, column, value and rule, as for a day file; for a row group that is too large; for bars
 * of another length than 0.1 s, by the median step of the first group.
 */
export function openBarFile(
  path: string,
  day: number,
  universe: readonly string[],
  maxGroupBytes = MAX_GROUP_BYTES,
): OpenBarFile {
  return withFile(path, (source) => {
    const file = openParquet(path, source);
    const { timestamp, assets } = scanColumns(file);
    requireSameUniverse(file, assets, universe);
    requireSmallGroups(file, assets.length, maxGroupBytes);
    const groups = file.groupRows.length;
    const first = file.groupRows.findIndex((rows) => rows > 0);
    requireBarInterval(path, readNsOfDay(groupOf(file, first), chunkOf(timestamp, first), day));
    return { path, day, rows: file.rows, groups, file, timestamp, assets: inUniverseOrder(assets, universe) };
  });
}

/**
 * Decodes one row group into a block.
 * @param group - 0 or more, below `bars.groups`.
 * @param reuse - a buffer that nobody reads any more.
 * @returns the block; null for a group without rows.
 * @throws InputError for damaged pages, a null stamp, one of another date, and one that is not later than the one before.
 */
export function readBarGroup(
  bars: OpenBarFile,
  group: number,
  reuse: SharedArrayBuffer | null = null,
): BarBlock | null {
  return withFile(bars.path, (source) => {
    const file = groupOf({ ...bars.file, source }, group);
    if (file.rows === 0) return null;
    const block = barBlockOf({ rows: file.rows, assets: bars.assets.length }, reuse);
    block.nsOfDay.set(readNsOfDay(file, chunkOf(bars.timestamp, group), bars.day));
    requireForward(bars, block.nsOfDay, -1);
    const scratch = createColumnGroup(file.rows);
    for (let first = 0; first < bars.assets.length; first += COLUMNS_PER_GROUP) {
      const columns = scratch.slice(0, bars.assets.length - first);
      for (const [i, values] of columns.entries()) {
        readDoublesInto(values, file, chunkOf(bars.assets[first + i] as ParquetColumn, group));
      }
      interleaveInto(block.prices, first, block.assets, columns, null);
    }
    return block;
  });
}

/**
 * Stamps of a block must go forward, and begin later than the block before ended.
 * @param lastNsOfDay - of the block before; -1 for none.
 * @throws InputError naming both stamps.
 */
export function requireForward(
  { path, day }: Pick<BarFile, 'path' | 'day'>,
  nsOfDay: Float64Array,
  lastNsOfDay: number,
): void {
  let last = lastNsOfDay;
  for (const ns of nsOfDay) {
    if (ns <= last) {
      throw new InputError(
        `${path}: column timestamp: ${isoFrom(day, ns)} must be later than ${isoFrom(day, last)}, the bar before it`,
      );
    }
    last = ns;
  }
}

/** All blocks of a bar file in order, one at a time: each is decoded when it is asked for. */
export function* readBars(path: string, day: number, universe: readonly string[]): Generator<BarBlock> {
  const bars = openBarFile(path, day, universe);
  let last = -1;
  for (let group = 0; group < bars.groups; group++) {
    const block = readBarGroup(bars, group);
    if (block === null) continue;
    requireForward(bars, block.nsOfDay.subarray(0, 1), last);
    last = block.nsOfDay[block.rows - 1] as number;
    yield block;
  }
}

/** SHA-256 of a file, lower-case hex, read in pieces. */
export function hashFile(path: string): string {
  const descriptor = openSync(path, 'r');
  try {
    const hash = createHash('sha256');
    const chunk = new Uint8Array(HASH_CHUNK_BYTES);
    for (let read = readSync(descriptor, chunk); read > 0; read = readSync(descriptor, chunk)) {
      hash.update(chunk.subarray(0, read));
    }
    return hash.digest('hex');
  } finally {
    closeSync(descriptor);
  }
}

function requireSmallGroups(file: ParquetFile, assets: number, maxBytes: number): void {
  const largest = Math.max(...file.groupRows);
  const most = Math.floor(maxBytes / (8 * assets));
  if (largest <= most) return;
  throw new InputError(
    `${file.path}: a row group has ${largest} rows of ${assets} assets, must be at most ${most}: row groups are decoded ` +
      'whole; write the file again with smaller ones (dolphin data bars writes 9,000 rows)',
  );
}

function requireBarInterval(path: string, nsOfDay: Float64Array): void {
  if (nsOfDay.length < 2) return;
  const steps = Float64Array.from({ length: nsOfDay.length - 1 }, (_, i) => {
    return (nsOfDay[i + 1] as number) - (nsOfDay[i] as number);
  }).sort();
  const medianMs = (steps[steps.length >> 1] as number) / NS_PER_MS;
  if (Math.abs(medianMs - BAR_MS) <= TOLERANCE_FRAC * BAR_MS) return;
  throw new InputError(`${path}: its bars are ${medianMs} ms long (median timestamp step), must be ${BAR_MS} ms`);
}
