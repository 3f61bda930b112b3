import type { FactorRow } from '../../model/factors.ts';
import { dayCell, optionalNumberCell, readCsv, sortedByDay } from './table.ts';

const COLUMNS = ['date', 'funding_btc', 'dvol_btc', 'fear_greed', 'w750_velocity'] as const;

/**
 * Reads `factors.csv`; an empty cell is a missing factor. Semantics §6.1.
 * @returns ascending by day, all days of the file: the history before a run is part of its input.
 * @throws InputError naming file, line, column, value and rule; also for a date that is there twice.
 */
export function readFactorsCsv(path: string): FactorRow[] {
  const lines = readCsv(path, COLUMNS);
  const rows = lines.map((line) => ({
    day: dayCell(line, 'date'),
    fundingBtc: optionalNumberCell(line, 'funding_btc'),
    dvolBtc: optionalNumberCell(line, 'dvol_btc'),
    fearGreed: optionalNumberCell(line, 'fear_greed'),
    w750Velocity: optionalNumberCell(line, 'w750_velocity'),
  }));
  return sortedByDay(rows, lines);
}
