import { setImmediate as yieldToEvents } from 'node:timers/promises';
import type { DayFile } from '../adapters/day-folder/list.ts';
import { decodeDay } from '../adapters/parquet/read-day.ts';
import { EigenScanner, type EigenScannerOptions } from '../alpha/scanner/eigen-scanner.ts';
import { SIGNAL_VALUES } from '../model/frame.ts';
import { attachDayBlock, type DayBlock } from '../shm/day-block.ts';

/** The longest window is full, and its first anchor past, this many scans after a restart (semantics §9). */
const RESTART_SCANS = 961;
/** A scanner may begin where the series has a multiple of this many scans behind it. */
const ANCHOR_SCANS = 256;
/** Scans between two looks at signals: milliseconds at 48 assets, a second at 400. */
const SCANS_PER_TURN = 128;

/** A day file before the one to be scanned, and its accepted scans. */
export interface EarlierDay extends DayFile {
  readonly acceptedScans: number;
}

/**
 * Index of the scan, in a series that has `scansBefore` scans already, from which a new scanner agrees to the last bit with one
 * that has seen them all: 961 to 1,216 back, or 0.
 */
export function warmUpStart(scansBefore: number): number {
  return Math.max(0, Math.floor((scansBefore - RESTART_SCANS) / ANCHOR_SCANS) * ANCHOR_SCANS);
}

/**
 * Decodes a price-only day and computes its signals as a replay over all days of the series does, from as few of the
 * earlier days as that takes.
 * @param earlier - the series before the day, ascending, none left out.
 * @param day - the day to scan.
 * @throws InputError when a file is damaged; what `signal` was aborted with.
 */
export async function scanWarmed(
  earlier: readonly EarlierDay[],
  day: DayFile,
  options: EigenScannerOptions & { readonly universe: readonly string[] },
  signal: AbortSignal,
): Promise<DayBlock> {
  const scanner = new EigenScanner(options);
  const { universe } = options;
  let skipped = warmUpStart(earlier.reduce((scans, { acceptedScans }) => scans + acceptedScans, 0));
  for (const file of earlier) {
    if (skipped >= file.acceptedScans) skipped -= file.acceptedScans;
    else {
      await scanBlock(scanner, await decode(file, universe), file.day, { from: skipped, writes: false, signal });
      skipped = 0;
    }
  }
  const block = await decode(day, universe);
  await scanBlock(scanner, block, day.day, { from: 0, writes: true, signal });
  return block;
}

async function decode({ path, day }: DayFile, universe: readonly string[]): Promise<DayBlock> {
  const decoded = await decodeDay({ path, day, bookPath: null, universe });
  return attachDayBlock(decoded.buffer, decoded.shape);
}

interface Span {
  /** First accepted scan to take. */
  readonly from: number;
  /** Whether signals go into the block. */
  readonly writes: boolean;
  readonly signal: AbortSignal;
}

/** Steps the accepted scans of a block: those whose number is greater than every one before. */
async function scanBlock(scanner: EigenScanner, block: DayBlock, day: number, span: Span): Promise<void> {
  const { nsOfDay, scanNumbers, prices, rows, assets, signals } = block;
  const discarded = new Float64Array(SIGNAL_VALUES);
  let lastNumber = Number.NEGATIVE_INFINITY;
  let accepted = 0;
  for (let row = 0; row < rows; row++) {
    if (row % SCANS_PER_TURN === 0) {
      await yieldToEvents();
      span.signal.throwIfAborted();
    }
    const number = scanNumbers[row] as number;
    if (!(number > lastNumber)) continue;
    lastNumber = number;
    if (accepted++ < span.from) continue;
    const out = span.writes ? signals : discarded;
    scanner.step(day, nsOfDay[row] as number, prices, row * assets, out, span.writes ? row * SIGNAL_VALUES : 0);
  }
}
