import { displayWidth, pad, wrap } from '../../report/text-table.ts';

const GAP = '  ';

/**
 * Names in a column and their words beside them, wrapped so that a line has at most `columns`.
 * @param rows - name and words each.
 * @returns the lines of each row.
 */
export function wrappedRows(rows: readonly (readonly string[])[], columns: number): string[][] {
  const width = Math.max(0, ...rows.map(([name = '']) => displayWidth(name)));
  return rows.map(([name = '', words = '']) =>
    wrap(words, columns - width - GAP.length).map((line, i) => pad(i === 0 ? name : '', width, 'left') + GAP + line),
  );
}
