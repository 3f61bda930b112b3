import { POSTURE_NAMES, type Posture, postureFromName } from '../../model/posture.ts';
import type { SafetyRow } from '../../model/safety.ts';
import { type CsvLine, cell, cellError, dayCell, optionalNumberCell, readCsv, sortedByDay } from './table.ts';

const COLUMNS = ['date', 'posture', 'Rm'] as const;

/**
 * Reads `safety.csv`. Semantics §1.
 * @returns ascending by day.
 * @throws InputError naming file, line, column, value and rule; also for a date that is there twice.
 */
export function readSafetyCsv(path: string): SafetyRow[] {
  const lines = readCsv(path, COLUMNS);
  const rows = lines.map((line) => ({ day: dayCell(line, 'date'), posture: postureCell(line), rm: rmCell(line) }));
  return sortedByDay(rows, lines);
}

function postureCell(line: CsvLine): Posture {
  const posture = postureFromName(cell(line, 'posture'));
  if (posture < 0) throw cellError(line, 'posture', `must be one of ${POSTURE_NAMES.join(', ')}`);
  return posture as Posture;
}

function rmCell(line: CsvLine): number {
  const rm = optionalNumberCell(line, 'Rm');
  if (!(rm >= 0 && rm <= 1)) throw cellError(line, 'Rm', 'must lie in [0, 1]');
  return rm;
}
