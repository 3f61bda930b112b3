import { InputError } from '../../model/input-error.ts';
import type { ParquetColumn, ParquetFile } from './parquet-file.ts';

/**
 * The universe is fixed by the first file; another order of the same columns is the same universe. Semantics §1.
 * @throws InputError naming what is missing and what is new.
 */
export function requireSameUniverse(
  file: ParquetFile,
  assets: readonly ParquetColumn[],
  universe: readonly string[],
): void {
  const found = new Set(assets.map(({ name }) => name));
  const expected = new Set(universe);
  const missing = universe.filter((symbol) => !found.has(symbol));
  const added = [...found].filter((symbol) => !expected.has(symbol));
  if (missing.length === 0 && added.length === 0) return;
  const differences = [listed('missing', missing), listed('new', added)].filter((text) => text !== '').join('; ');
  throw new InputError(
    `${file.path}: has another universe than the first file (${differences}), every file must have the same asset columns`,
  );
}

/** Asset columns in the order of the universe, which they must be those of. */
export function inUniverseOrder(columns: readonly ParquetColumn[], universe: readonly string[]): ParquetColumn[] {
  const place = new Map(universe.map((symbol, index) => [symbol, index]));
  return columns.toSorted((a, b) => (place.get(a.name) as number) - (place.get(b.name) as number));
}

function listed(label: string, symbols: readonly string[]): string {
  return symbols.length === 0 ? '' : `${label}: ${symbols.slice(0, 8).join(', ')}${symbols.length > 8 ? ', ...' : ''}`;
}
