import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InputError } from '../../model/input-error.ts';
import { TICK_DEPTH, TICK_QUOTE, TICK_TRADE } from '../../model/tick.ts';
import { openTickFile, type TickFileKind } from '../parquet/read-ticks.ts';
import type { DayFile } from './list.ts';

/** Folder of the ticks beside the days: in it a folder per date, and in that the files of each asset. */
const TICKS_FOLDER = 'ticks';
const SUFFIXES: readonly { readonly kind: TickFileKind; readonly suffix: string; readonly isRequired: boolean }[] = [
  { kind: TICK_TRADE, suffix: 'trades', isRequired: true },
  { kind: TICK_DEPTH, suffix: 'l2', isRequired: true },
  { kind: TICK_QUOTE, suffix: 'book_ticker', isRequired: false },
];
const SHOWN = 4;

/** A file of ticks of one asset and day; structured-cloneable. */
export interface TickFile {
  /** As reports name it: `ticks/YYYY-MM-DD/SYMBOL_l2.parquet`. */
  readonly name: string;
  readonly path: string;
  readonly kind: TickFileKind;
  readonly assetIndex: number;
  /** UTC day number. */
  readonly day: number;
}

/**
 * Tick files of every day and asset that may be traded: `ticks/YYYY-MM-DD/SYMBOL_trades.parquet` and `SYMBOL_l2.parquet`, and
 * `SYMBOL_book_ticker.parquet` where it is there. Their footers are read.
 *
 * @param excluded - 1 for an asset that is never traded: it needs no file, and none of it is taken.
 * @returns by day, then by asset, then trades, books, best levels.
 * @throws InputError naming what is missing and where it is looked for, or what is wrong with a file's columns.
 */
export function listTickFiles(
  days: readonly DayFile[],
  universe: readonly string[],
  excluded: ArrayLike<number>,
): TickFile[] {
  const missing: string[] = [];
  const files = days.flatMap((day) =>
    universe.flatMap((symbol, assetIndex) =>
      excluded[assetIndex] === 1 ? [] : filesOf(day, symbol, assetIndex, missing),
    ),
  );
  if (missing.length > 0) throw new InputError(missingFiles(missing, dirname(days[0]?.path ?? '')));
  for (const { path, kind, day } of files) openTickFile(path, kind, day);
  return files;
}

function filesOf({ path, date, day }: DayFile, symbol: string, assetIndex: number, missing: string[]): TickFile[] {
  return SUFFIXES.flatMap(({ kind, suffix, isRequired }) => {
    const name = `${TICKS_FOLDER}/${date}/${symbol}_${suffix}.parquet`;
    const file = join(dirname(path), name);
    if (existsSync(file)) return [{ name, path: file, kind, assetIndex, day }];
    if (isRequired) missing.push(name);
    return [];
  });
}

function missingFiles(missing: readonly string[], dir: string): string {
  const shown = missing.slice(0, SHOWN).join(', ');
  const rest = missing.length > SHOWN ? ` and ${missing.length - SHOWN} more` : '';
  return (
    `${dir}: ${shown}${rest} ${missing.length === 1 ? 'is' : 'are'} missing, --venue book needs trades and books (l2) of every ` +
    'asset that may be traded and every day of the run; --venue bars needs none'
  );
}
