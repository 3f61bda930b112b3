import { PLAIN_STYLE, type TerminalStyle } from '../../report/terminal-style.ts';
import type { GlanceRow } from './glance-rows.ts';
import { wrappedRows } from './wrapped-rows.ts';

const INDENT = '  ';

/** The first block of `dolphin status`: lines of at most `columns`, words wrapped beside their names; none without rows. */
export function glanceLines(rows: readonly GlanceRow[], columns = 80, style: TerminalStyle = PLAIN_STYLE): string[] {
  if (rows.length === 0) return [];
  const wrapped = wrappedRows(
    rows.map(({ label, words }) => [label, words]),
    columns - INDENT.length,
  );
  const lines = wrapped.flatMap((of, i) =>
    of.map((line) => INDENT + (rows[i]?.isWarning === true ? style.warning(line) : line)),
  );
  return [style.heading('At a glance'), ...lines];
}
