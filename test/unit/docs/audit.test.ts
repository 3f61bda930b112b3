import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { REPOSITORY } from '../../support/run-dolphin.ts';

/** What the audit says: seven components (praise by letter, issues by number), missing parts, recommendations, summary. */
const FINDINGS = [
  ...['1a', '1b', '1.1', '1.2', '1.3'],
  ...['2a', '2b', '2c', '2.1', '2.2'],
  ...['3.1', '3.2', '3.3', '3.4'],
  ...['4a', '4b', '4c'],
  ...['5.1', '5.2'],
  ...['6.1', '6.2'],
  ...['7.1', '7.2', '7.3'],
  ...['M1', 'M2', 'M3', 'M4', 'M5', 'M6', 'M7', 'M8'],
  ...['P0.1', 'P0.2', 'P0.3', 'P1.4', 'P1.5', 'P1.6', 'P2.7', 'P2.8', 'P2.9'],
  ...['S1', 'S2', 'S3', 'S4', 'S5', 'S6', 'S7', 'F1', 'F2'],
] as const;
const VERDICTS = ['**valid**', '**another fix**', '**invalid**'];

const page = readFileSync(join(REPOSITORY, 'docs/audit.md'), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('|---'))
  .map((line) => line.split('|').slice(1, -1))
  .map((cells) => cells.map((cell) => cell.trim()))
  .filter((cells) => cells.length === 5 && cells[0] !== '#');

describe('docs/audit.md', () => {
  test.each(FINDINGS)('finding %s has one row with a verdict, a reason, and a proof or "not yet"', (finding) => {
    const found = rows.filter(([first]) => first === finding);
    expect(found).toHaveLength(1);
    const [, statement = '', verdict = '', reason = '', proof = ''] = found[0] as string[];
    expect(VERDICTS).toContain(verdict);
    expect(statement.length).toBeGreaterThan(8);
    expect(reason).not.toBe('');
    expect(proof).toMatch(/\.test\.ts`|\*not yet\*|^see /i);
  });

  test('has no other rows', () => {
    expect(rows.map(([first]) => first)).toEqual([...FINDINGS]);
  });

  test('every file that it names exists', () => {
    const paths = [...page.matchAll(/`((?:src|test|configs|docs)\/[^`\s]+)`/g)].map(([, path = '']) => path);
    expect(paths.length).toBeGreaterThan(50);
    expect(paths.filter((path) => !existsSync(join(REPOSITORY, path)))).toEqual([]);
  });
});
