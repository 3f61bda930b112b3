import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readInstrumentsCsv } from '../../../src/adapters/csv/instruments-csv.ts';
import { InputError } from '../../../src/model/input-error.ts';
import { temporaryFolder } from '../../support/parquet-days.ts';

const dir = temporaryFolder();
const HEADER = 'symbol,tick,lot,min_notional,half_spread_bps\n';

function csv(text: string): string {
  const path = join(dir, 'instruments.csv');
  writeFileSync(path, text);
  return path;
}

describe('instruments.csv', () => {
  test('rows keep their order, empty cells are missing, columns may come in another order', () => {
    expect(readInstrumentsCsv(csv(`${HEADER}BTCUSDT,0.1,0.001,50,0.08\nDOGEUSDT,,0,,\n`))).toEqual([
      { symbol: 'BTCUSDT', tickPx: 0.1, lotQty: 0.001, minNotional: 50, halfSpreadBps: 0.08 },
      {
        symbol: 'DOGEUSDT',
        tickPx: Number.NaN,
        lotQty: 0,
        minNotional: Number.NaN,
        halfSpreadBps: Number.NaN,
      },
    ]);
    expect(readInstrumentsCsv(csv('lot,tick,symbol,half_spread_bps,min_notional\n1,0.5,A,2,3\n'))).toEqual([
      { symbol: 'A', tickPx: 0.5, lotQty: 1, minNotional: 3, halfSpreadBps: 2 },
    ]);
  });

  test.each([
    ['no symbol', ',0.1,0,5,1', ': line 2, column symbol: "" must be a symbol'],
    ['a tick of nothing', 'A,0,0,5,1', ': line 2, column tick: "0" must be greater than 0'],
    ['a negative lot', 'A,0.1,-1,5,1', ': line 2, column lot: "-1" must be at least 0'],
    ['a negative notional', 'A,0.1,0,-5,1', ': line 2, column min_notional: "-5" must be at least 0'],
    ['a negative spread', 'A,0.1,0,5,-1', ': line 2, column half_spread_bps: "-1" must be at least 0'],
    ['no number', 'A,fine,0,5,1', ': line 2, column tick: "fine" must be a finite number'],
    [
      'a symbol twice',
      'A,0.1,0,5,1\nB,0.1,0,5,1\nA,0.1,0,5,1',
      ': line 4, column symbol: "A" is there twice (first on line 2), a symbol may have one line',
    ],
    ['a line that is too short', 'A,0.1', ': line 2: has 2 cells, must have 5'],
  ])('%s is refused with its place and the rule', (_, lines, message) => {
    const path = csv(`${HEADER}${lines}\n`);
    expect(() => readInstrumentsCsv(path)).toThrow(InputError);
    expect(() => readInstrumentsCsv(path)).toThrow(`${path}${message}`);
  });
});
