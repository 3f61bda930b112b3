/** One fault and what came of it. */
export interface OutageRow {
  readonly fault: string;
  readonly seen: string;
  /** From the moment at which a member could answer (again) until the newest values were stored; NaN: it never did. */
  readonly recoveredMs: number;
  readonly lost: string;
}

/** The rows as an aligned table. */
export function outageTable(rows: readonly OutageRow[]): string {
  const cells = rows.map(({ fault, seen, recoveredMs, lost }) => [
    fault,
    seen,
    Number.isNaN(recoveredMs) ? 'none' : `${Math.round(recoveredMs)} ms`,
    lost,
  ]);
  const table = [['fault', 'what was seen', 'time to recover', 'lost'], ...cells];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]!.length)));
  return table
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
