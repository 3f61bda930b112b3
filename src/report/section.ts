import { type Align, alignRows } from './text-table.ts';

/** Tables of a summary: the first `titles` rows name the columns. */
export interface Section {
  readonly titles: readonly string[];
  readonly rows: readonly string[];
}

/** Rows in columns; titles that are all empty are left out. */
export function table(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  aligns: readonly Align[],
): Section {
  const isTitled = titles.some((title) => title !== '');
  const lines = alignRows(isTitled ? [titles, ...rows] : rows, aligns);
  return isTitled ? { titles: lines.slice(0, 1), rows: lines.slice(1) } : { titles: [], rows: lines };
}

/** One column of words and `columns - 1` of numbers. */
export function leftThenRight(columns: number): Align[] {
  return Array.from({ length: columns }, (_, column) => (column === 0 ? 'left' : 'right'));
}
