import { SIGNAL_VALUES, SIGNAL_VEL_DIV } from '../../model/frame.ts';
import { InputError } from '../../model/input-error.ts';
import type { DayBlock } from '../../shm/day-block.ts';
import { readBookInto } from '../parquet/read-book.ts';
import { blockOf, type DecodeDayRequest, type DecodedDay, openBook } from '../parquet/read-day.ts';
import { readScanFolder, type ScanFolder } from './scan-folder.ts';

/** What a plan has to know of a day of files, without its prices. */
export interface ScanDayOutline {
  readonly rows: number;
  /** Symbols in the order of the day's first scan. */
  readonly assets: readonly string[];
  /** False when no scan states a divergence: the scanner has to compute them. */
  readonly hasSignals: boolean;
  readonly hasAssetVelDivs: boolean;
  /** Of the accepted scans, in order. */
  readonly nsOfDay: Float64Array;
}

/**
 * Reads the folder of a day for a plan. Every file is parsed, here and again when the day is decoded.
 * @param universe - symbols that the day must have, or null for the first day of a run.
 * @throws InputError as readScanFolder, and for another universe.
 */
export function outlineScanDay(path: string, day: number, universe: readonly string[] | null): ScanDayOutline {
  const folder = readScanFolder(path, day);
  if (universe !== null) requireUniverse(folder, universe);
  return {
    rows: folder.scans.length,
    assets: folder.universe,
    hasSignals: hasSignals(folder),
    hasAssetVelDivs: folder.hasAssetVelDivs,
    nsOfDay: acceptedNsOfDay(folder),
  };
}

/**
 * Decodes the folder of a day into a block, as decodeDay does a Parquet file: what decides is the same for the same scans.
 * @param request - its `path` is the folder.
 * @throws InputError as {@link outlineScanDay}, and for a bad order-book file.
 */
export function decodeScanDay(request: DecodeDayRequest): DecodedDay {
  const folder = readScanFolder(request.path, request.day);
  requireUniverse(folder, request.universe);
  const book = request.bookPath === null ? null : openBook(request.bookPath, request);
  const shape = {
    rows: folder.scans.length,
    assets: request.universe.length,
    books: book?.plan.order.length ?? 0,
    hasAssetVelDivs: folder.hasAssetVelDivs,
  };
  const block = blockOf(shape, request.reuse ?? null);
  for (const [row, { scan }] of folder.scans.entries()) {
    block.nsOfDay[row] = scan.nsOfDay;
    block.scanNumbers[row] = scan.scanNumber;
    block.signals.set(scan.signals, row * SIGNAL_VALUES);
    writeRow(block.prices, row, request.universe, scan.prices);
    if (scan.assetVelDivs !== null) writeRow(block.assetVelDivs, row, request.universe, scan.assetVelDivs);
  }
  if (book !== null) readBookInto(block as DayBlock, book.plan);
  return {
    day: request.day,
    sha256: folder.sha256,
    bookSha256: book === null ? null : book.sha256,
    shape,
    buffer: block.buffer,
    hasSignals: hasSignals(folder),
  };
}

function writeRow(
  rows: Float64Array,
  row: number,
  universe: readonly string[],
  values: ReadonlyMap<string, number>,
): void {
  const start = row * universe.length;
  for (const [a, symbol] of universe.entries()) rows[start + a] = values.get(symbol) ?? Number.NaN;
}

function hasSignals({ scans, hasAssetVelDivs }: ScanFolder): boolean {
  return hasAssetVelDivs || scans.some(({ scan }) => !Number.isNaN(scan.signals[SIGNAL_VEL_DIV]));
}

function acceptedNsOfDay({ scans }: ScanFolder): Float64Array {
  let lastNumber = Number.NEGATIVE_INFINITY;
  const accepted = scans.filter(({ scan }) => {
    if (scan.scanNumber <= lastNumber) return false;
    lastNumber = scan.scanNumber;
    return true;
  });
  return Float64Array.from(accepted, ({ scan }) => scan.nsOfDay);
}

/** Another order of the same symbols is the same universe. Semantics §1. */
function requireUniverse({ path, universe: found }: ScanFolder, universe: readonly string[]): void {
  const missing = universe.filter((symbol) => !found.includes(symbol));
  const added = found.filter((symbol) => !universe.includes(symbol));
  if (missing.length === 0 && added.length === 0) return;
  const listed = (label: string, symbols: readonly string[]) =>
    symbols.length === 0 ? [] : [`${label}: ${symbols.slice(0, 8).join(', ')}${symbols.length > 8 ? ', ...' : ''}`];
  throw new InputError(
    `${path}: has another universe than the first day (${[...listed('missing', missing), ...listed('new', added)].join('; ')}), every day must have the same assets`,
  );
}
