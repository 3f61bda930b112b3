import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { writeBookDay } from '../adapters/archive/write-book-day.ts';
import { SYNTHETIC_MARK } from '../adapters/day-folder/plan.ts';
import { BOOK_VALUES } from '../model/frame.ts';
import { InputError } from '../model/input-error.ts';
import { dateFromDay } from '../model/time.ts';
import { syntheticBars } from '../replay/synthetic/bars.ts';
import { createSyntheticDay, SYNTHETIC_VERSION } from '../replay/synthetic/synthetic-day.ts';
import { syntheticUniverse } from '../replay/synthetic/universe.ts';
import type { DayBlock } from '../shm/day-block.ts';
import { writeBarsFile } from './bars-file.ts';
import { writeBlockFile } from './block-file.ts';

const DAY_FILE = /^\d{4}-\d{2}-\d{2}\.parquet$/;
/** What a made-up book has nothing to say about. */
const COMPLETE = { incomplete: 0, otherBandRows: 0, repeatedRows: 0, longestFrozenAsk: 0 } as const;

/** What the days of one folder have in common; a folder holds days of one kind only. */
export interface SyntheticKind {
  readonly seed: number;
  /** 1 to 400. */
  readonly assets: number;
  readonly intervalMs: number;
  readonly withSignals: boolean;
  readonly withBook: boolean;
  /** 0.1 s bars between the scans, in `bars/`. */
  readonly withBars: boolean;
}

export interface SyntheticFolder extends SyntheticKind {
  readonly dir: string;
  /** UTC day numbers. */
  readonly days: readonly number[];
}

export interface MakeOptions {
  /** Replace days of another kind instead of refusing. */
  readonly force: boolean;
  /** Asked before each day: true ends the work there. */
  readonly isStopped: () => boolean;
  /** Called before each day that is made. */
  readonly onDay: (date: string) => void;
}

export interface MadeDays {
  /** Dates written by this call. */
  readonly made: readonly string[];
  /** Dates that were already there, with the very same values. */
  readonly kept: readonly string[];
}

/**
 * Writes synthetic days into a folder that says so: the mark comes first, so no unmarked day is ever left behind.
 * Days of the same kind that are there already are kept, each day is written whole or not at all.
 *
 * @throws InputError when the folder holds day files that are not synthetic, or synthetic ones of another kind (without
 * `force`), or cannot be written to.
 */
export async function makeSyntheticFolder(folder: SyntheticFolder, options: MakeOptions): Promise<MadeDays> {
  prepare(folder, options.force);
  const made: string[] = [];
  const kept: string[] = [];
  for (const day of folder.days) {
    if (options.isStopped()) break;
    const date = dateFromDay(day);
    if (existsSync(join(folder.dir, `${date}.parquet`))) {
      kept.push(date);
      continue;
    }
    options.onDay(date);
    await writeDay(folder, day, date);
    made.push(date);
    await yieldToEvents(); // a signal is heard between days
  }
  return { made, kept };
}

/** The text of the mark; two folders hold days of one kind when their marks are equal. */
export function markText(kind: SyntheticKind): string {
  return `The days in this folder are SYNTHETIC: made by "dolphin data make", recorded on no market.
Prices and scan columns come from a seeded generator. There is no edge in them, and a result
on them says nothing about profit.

generator version  ${SYNTHETIC_VERSION}
seed               ${kind.seed}
assets             ${kind.assets}
bar interval, ms   ${kind.intervalMs}
scan columns       ${kind.withSignals ? 'yes' : 'no'}
order book         ${kind.withBook ? 'yes' : 'no'}
${kind.withBars ? `0.1 s bars         yes\n` : ''}`;
}

function prepare(folder: SyntheticFolder, force: boolean): void {
  const { dir } = folder;
  const markPath = join(dir, SYNTHETIC_MARK);
  try {
    mkdirSync(dir, { recursive: true });
    const present = dayFilesIn(dir);
    const mark = existsSync(markPath) ? readFileSync(markPath, 'utf8') : null;
    if (present.length > 0 && mark !== markText(folder)) replaceDays(dir, present, mark, force);
    writeFileSync(markPath, markText(folder));
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code;
    throw new InputError(`--out ${dir}: must be a folder that can be written to (${code})`, { cause });
  }
}

function dayFilesIn(dir: string): string[] {
  return [dir, join(dir, 'ob'), join(dir, 'bars')].flatMap((folder) => {
    if (!existsSync(folder)) return [];
    return readdirSync(folder).flatMap((name) => (DAY_FILE.test(name) ? [join(folder, name)] : []));
  });
}

function replaceDays(dir: string, present: readonly string[], mark: string | null, force: boolean): void {
  if (mark === null) {
    throw new InputError(
      `--out ${dir}: holds ${present.length} day files that are not synthetic (no file ${SYNTHETIC_MARK} beside them); ` +
        'synthetic days are never mixed with others, choose another folder',
    );
  }
  if (!force) {
    throw new InputError(
      `--out ${dir}: holds synthetic days of another kind (see ${join(dir, SYNTHETIC_MARK)}); ` +
        'choose another folder, or replace them with --force',
    );
  }
  for (const path of present) rmSync(path);
}

async function writeDay(folder: SyntheticFolder, day: number, date: string): Promise<void> {
  const { dir, seed, intervalMs, withBook, withBars, withSignals } = folder;
  const block = createSyntheticDay({ seed, day, assets: folder.assets, intervalMs, withBook });
  const assets = syntheticUniverse(folder.assets).map(({ symbol }) => symbol);
  // The scans last: a day counts as there when they are.
  if (withBars) {
    await writeBarsFile(
      join(dir, 'bars', `${date}.parquet`),
      day,
      assets,
      syntheticBars(block, { seed, day, intervalMs }),
    );
  }
  if (withBook) await writeBookDay(join(dir, 'ob', `${date}.parquet`), day, assets, booksByAsset(block));
  await writeBlockFile(join(dir, `${date}.parquet`), block, { day, assets, withSignals });
}

function booksByAsset({ assets, books, bookNsOfDay, bookValues }: DayBlock): Parameters<typeof writeBookDay>[3] {
  return Array.from({ length: assets }, (_, asset) => {
    const count = books / assets;
    const nsOfDay = new Float64Array(count);
    const values = new Float64Array(count * BOOK_VALUES);
    for (let i = 0; i < count; i++) {
      const snapshot = i * assets + asset;
      nsOfDay[i] = bookNsOfDay[snapshot] as number;
      values.set(bookValues.subarray(snapshot * BOOK_VALUES, (snapshot + 1) * BOOK_VALUES), i * BOOK_VALUES);
    }
    return { ...COMPLETE, nsOfDay, values };
  });
}
