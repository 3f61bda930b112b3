import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readFactorsCsv } from '../../../src/adapters/csv/factors-csv.ts';
import { readSafetyCsv } from '../../../src/adapters/csv/safety-csv.ts';
import { InputError } from '../../../src/model/input-error.ts';
import { APEX, HIBERNATE } from '../../../src/model/posture.ts';
import { DAY, temporaryFolder } from '../../support/parquet-days.ts';

const dir = temporaryFolder();

function csv(text: string): string {
  const path = join(dir, 'table.csv');
  writeFileSync(path, text);
  return path;
}

const FACTORS = 'date,funding_btc,dvol_btc,fear_greed,w750_velocity\n';
const SAFETY = 'date,posture,Rm\n';

describe('factors.csv', () => {
  test('empty cells are missing, rows come by date, blank lines and CRLF do not matter', () => {
    const rows = readFactorsCsv(csv(`\uFEFF${FACTORS}2026-01-06,1e-4,55.5,,\r\n\r\n2026-01-05,-0.0002,,25,.5\r\n`));
    expect(rows).toEqual([
      { day: DAY, fundingBtc: -0.0002, dvolBtc: Number.NaN, fearGreed: 25, w750Velocity: 0.5 },
      { day: DAY + 1, fundingBtc: 0.0001, dvolBtc: 55.5, fearGreed: Number.NaN, w750Velocity: Number.NaN },
    ]);
  });

  test('columns may come in another order', () => {
    const rows = readFactorsCsv(csv('fear_greed,date,w750_velocity,dvol_btc,funding_btc\n1,2026-01-05,2,3,4\n'));
    expect(rows).toEqual([{ day: DAY, fundingBtc: 4, dvolBtc: 3, fearGreed: 1, w750Velocity: 2 }]);
  });

  test.each([
    [
      'a date twice',
      `${FACTORS}2026-01-05,1,1,1,1\n2026-01-05,1,1,1,1\n`,
      ': line 3, column date: "2026-01-05" is there twice (first on line 2)',
    ],
    [
      'an unknown column',
      `${FACTORS.trim()},vix\n`,
      ': line 1: unknown column "vix", the first line must name date,funding_btc',
    ],
    ['a missing column', 'date,funding_btc,dvol_btc,fear_greed\n', ': line 1: column w750_velocity is missing'],
    ['a column twice', 'date,date,dvol_btc,fear_greed\n', ': line 1: column date is there twice'],
    ['an empty file', '', ': line 1: unknown column ""'],
    ['a bad date', `${FACTORS}2026-02-30,1,1,1,1\n`, ': line 2, column date: "2026-02-30" must be a date YYYY-MM-DD'],
    ['a bad number', `${FACTORS}2026-01-05,1,abc,1,1\n`, ': line 2, column dvol_btc: "abc" must be a finite number'],
    [
      'a hexadecimal number',
      `${FACTORS}2026-01-05,0x10,1,1,1\n`,
      ': line 2, column funding_btc: "0x10" must be a finite',
    ],
    [
      'an infinite number',
      `${FACTORS}2026-01-05,1,1,1,1e999\n`,
      ': line 2, column w750_velocity: "1e999" must be a finite',
    ],
    ['a short line', `${FACTORS}2026-01-05,1,1\n`, ': line 2: has 3 cells, must have 5'],
  ])('%s is refused', (_, text, message) => {
    const path = csv(text);
    expect(() => readFactorsCsv(path)).toThrow(InputError);
    expect(() => readFactorsCsv(path)).toThrow(`${path}${message}`);
  });
});

describe('safety.csv', () => {
  test('postures become codes', () => {
    expect(readSafetyCsv(csv(`${SAFETY}2026-01-06,HIBERNATE,0\n2026-01-05,APEX,1\n`))).toEqual([
      { day: DAY, posture: APEX, rm: 1 },
      { day: DAY + 1, posture: HIBERNATE, rm: 0 },
    ]);
  });

  test.each([
    [
      'an unknown posture',
      `${SAFETY}2026-01-05,Apex,1\n`,
      ': line 2, column posture: "Apex" must be one of APEX, STALKER',
    ],
    ['Rm above 1', `${SAFETY}2026-01-05,APEX,1.01\n`, ': line 2, column Rm: "1.01" must lie in [0, 1]'],
    ['Rm below 0', `${SAFETY}2026-01-05,APEX,-0.1\n`, ': line 2, column Rm: "-0.1" must lie in [0, 1]'],
    ['no Rm', `${SAFETY}2026-01-05,APEX,\n`, ': line 2, column Rm: "" must lie in [0, 1]'],
    [
      'a date twice',
      `${SAFETY}2026-01-05,APEX,1\n2026-01-05,APEX,1\n`,
      ': line 3, column date: "2026-01-05" is there twice',
    ],
  ])('%s is refused', (_, text, message) => {
    const path = csv(text);
    expect(() => readSafetyCsv(path)).toThrow(InputError);
    expect(() => readSafetyCsv(path)).toThrow(`${path}${message}`);
  });

  test('an unreadable file is refused', () => {
    expect(() => readSafetyCsv(join(dir, 'none.csv'))).toThrow(InputError);
  });
});
