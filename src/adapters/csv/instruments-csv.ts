import type { InstrumentRow } from '../../model/instrument.ts';
import { type CsvLine, cell, cellError, optionalNumberCell, readCsv } from './table.ts';

const COLUMNS = ['symbol', 'tick', 'lot', 'min_notional', 'half_spread_bps'] as const;

/**
 * Reads `instruments.csv`; an empty cell is a missing value (NaN), for which an assumption stands in. Semantics §11.
 * @returns rows in file order; symbols that no day has are kept, for whoever joins them knows the universe.
 * @throws InputError naming file, line, column, value and rule; also for a symbol that is there twice.
 */
export function readInstrumentsCsv(path: string): InstrumentRow[] {
  const lineOf = new Map<string, number>();
  return readCsv(path, COLUMNS).map((line) => {
    const symbol = symbolCell(line, lineOf);
    return {
      symbol,
      tickPx: positiveCell(line, 'tick'),
      lotQty: nonNegativeCell(line, 'lot'),
      minNotional: nonNegativeCell(line, 'min_notional'),
      halfSpreadBps: nonNegativeCell(line, 'half_spread_bps'),
    };
  });
}

function symbolCell(line: CsvLine, lineOf: Map<string, number>): string {
  const symbol = cell(line, 'symbol');
  if (symbol === '') throw cellError(line, 'symbol', 'must be a symbol');
  const first = lineOf.get(symbol);
  if (first !== undefined) {
    throw cellError(line, 'symbol', `is there twice (first on line ${first}), a symbol may have one line`);
  }
  lineOf.set(symbol, line.line);
  return symbol;
}

function positiveCell(line: CsvLine, column: string): number {
  const value = optionalNumberCell(line, column);
  if (value <= 0) throw cellError(line, column, 'must be greater than 0, or empty where it is missing');
  return value;
}

function nonNegativeCell(line: CsvLine, column: string): number {
  const value = optionalNumberCell(line, column);
  if (value < 0) throw cellError(line, column, 'must be at least 0, or empty where it is missing');
  return value;
}
