import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { championText, pythonFloatText } from '../../../src/model/champion-text.ts';
import { createChampionConfig } from '../../../src/model/strategy.ts';

const units = JSON.parse(readFileSync(new URL('../../golden/units.json', import.meta.url), 'utf8'));

describe('a double as repr() of Python prints it', () => {
  test.each([
    [0, '0.0'],
    [-0, '-0.0'],
    [5, '5.0'],
    [-3, '-3.0'],
    [0.0095, '0.0095'],
    [-0.02, '-0.02'],
    [0.1 + 0.2, '0.30000000000000004'],
    [123456.789, '123456.789'],
    [1e-4, '0.0001'],
    [9.999e-5, '9.999e-05'],
    [1e-5, '1e-05'],
    [-1.5e-7, '-1.5e-07'],
    [1e15, '1000000000000000.0'],
    [9007199254740992, '9007199254740992.0'],
    [1e16, '1e+16'],
    [1.2345678901234568e17, '1.2345678901234568e+17'],
    [1e21, '1e+21'],
    [1e22, '1e+22'],
    [5e-324, '5e-324'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
  ])('%d', (value, text) => {
    expect(pythonFloatText(value)).toBe(text);
  });
});

describe('the text under the champion hash', () => {
  test('is what json.dumps(params, sort_keys=True) writes', () => {
    expect(championText(createChampionConfig())).toBe(units.championJson);
  });

  test('prints integers as integers and whole floats with a point', () => {
    const text = championText({ ...createChampionConfig(), max_hold_bars: 60, max_leverage: 8 });
    expect(text).toContain('"max_hold_bars": 60,');
    expect(text).toContain('"max_leverage": 8.0,');
  });
});
