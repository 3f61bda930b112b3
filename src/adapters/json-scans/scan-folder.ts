import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../model/input-error.ts';
import type { ScanReading } from '../../model/scan-reading.ts';
import { dateFromDay, isoFrom, MS_PER_DAY } from '../../model/time.ts';
import { readScanJson, ScanRefusal } from './scan-json.ts';

/** A scan and the file that it is of. */
export interface FiledScan {
  readonly name: string;
  readonly scan: ScanReading;
}

/** A whole day of files. */
export interface ScanFolder {
  readonly path: string;
  /** In order of time, then of number; at least one. */
  readonly scans: readonly FiledScan[];
  /** Symbols of the first scan in its order: the day's universe. */
  readonly universe: readonly string[];
  /** Every scan states its divergences per asset; else none does. */
  readonly hasAssetVelDivs: boolean;
  /** SHA-256 over the names and bytes of the files in order of name, lower-case hex. */
  readonly sha256: string;
}

/** True when the folder holds files of JSON: then it is a day, if it is named for one. */
export function holdsScanFiles(path: string): boolean {
  return scanFileNames(path).length > 0;
}

/**
 * Reads every `*.json` of a day's folder. The names of files say nothing: order is that of the stamps. A file of another
 * name is not looked at.
 *
 * @param day - UTC day number of the folder's date; a stamp without a unit must lie in it in exactly one.
 * @throws InputError naming file, key, value and rule: for no JSON, a broken schema, a stamp of another date, a symbol that
 *   the day's first scan does not have, a layout other than the first scan's, an accepted scan that is not later than
 *   the one before it, no file, and a day without any valid price.
 */
export function readScanFolder(path: string, day: number): ScanFolder {
  const hash = createHash('sha256');
  const scans: FiledScan[] = [];
  for (const name of scanFileNames(path)) {
    const text = readScanFile(join(path, name));
    hash.update(`${name}\n${text}\n`);
    scans.push({ name, scan: readOne(join(path, name), text, day) });
  }
  scans.sort((a, b) => a.scan.nsOfDay - b.scan.nsOfDay || a.scan.scanNumber - b.scan.scanNumber);
  const first = scans[0];
  if (first === undefined) throw new InputError(`${path}: holds no file *.json, a day has one per scan`);
  const universe = [...first.scan.prices.keys()];
  const folder = {
    path,
    scans,
    universe,
    hasAssetVelDivs: first.scan.assetVelDivs !== null,
    sha256: hash.digest('hex'),
  };
  requireOneLayout(folder);
  requireAscending(folder);
  requireAPrice(folder);
  return folder;
}

function scanFileNames(path: string): string[] {
  try {
    return readdirSync(path)
      .filter((name) => name.endsWith('.json'))
      .sort();
  } catch (cause) {
    throw new InputError(`${path}: cannot be read as a folder (${cause instanceof Error ? cause.message : cause})`, {
      cause,
    });
  }
}

function readScanFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new InputError(`${path}: cannot be read (${cause instanceof Error ? cause.message : cause})`, { cause });
  }
}

function readOne(path: string, text: string, day: number): ScanReading {
  const earliestSeconds = (day * MS_PER_DAY) / 1000;
  try {
    return readScanJson(text, { earliestSeconds, latestSeconds: earliestSeconds + MS_PER_DAY / 1000 });
  } catch (cause) {
    if (!(cause instanceof ScanRefusal)) throw cause;
    throw new InputError(`${path}: ${cause.message} (a scan of ${dateFromDay(day)})`, { cause });
  }
}

/** The first scan fixes symbols and layout of its day. */
function requireOneLayout({ path, scans, universe, hasAssetVelDivs }: ScanFolder): void {
  const known = new Set(universe);
  for (const { name, scan } of scans) {
    const added = [...scan.prices.keys(), ...(scan.assetVelDivs?.keys() ?? [])].find((symbol) => !known.has(symbol));
    if (added !== undefined) {
      throw new InputError(
        `${join(path, name)}: symbol ${added} is not in ${scans[0]?.name}, the day's first scan, which fixes its universe`,
      );
    }
    if ((scan.assetVelDivs !== null) !== hasAssetVelDivs) {
      throw new InputError(
        `${join(path, name)}: key assets: ${hasAssetVelDivs ? 'states no velocities' : 'states velocities'} and the day's ` +
          `first scan ${scans[0]?.name} does${hasAssetVelDivs ? '' : ' not'}, all scans of a day must have one layout`,
      );
    }
  }
}

/** A scan is accepted when its number is greater than that of the last accepted one; only those must go forward. */
function requireAscending({ path, scans }: ScanFolder): void {
  let last: FiledScan | null = null;
  for (const filed of scans) {
    const { scan, name } = filed;
    if (last !== null && scan.scanNumber <= last.scan.scanNumber) continue;
    if (last !== null && scan.nsOfDay <= last.scan.nsOfDay) {
      throw new InputError(
        `${join(path, name)}: key timestamp: ${isoFrom(scan.day, scan.nsOfDay)} must be later than that of ${last.name}, the accepted scan before it`,
      );
    }
    last = filed;
  }
}

function requireAPrice({ path, scans, universe }: ScanFolder): void {
  const isThere = scans.some(({ scan }) => [...scan.prices.values()].some((price) => price > 0 && price < Infinity));
  if (isThere) return;
  throw new InputError(
    `${path}: none of its ${scans.length} scans has a valid price of any of ${universe.length} assets, at least one must be finite and above 0`,
  );
}
