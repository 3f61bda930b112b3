import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { REPOSITORY } from '../../support/run-dolphin.ts';

/** Every numbered heading of spec 1.0, the layers of §4, and the invariants of §17. */
const SECTIONS = [
  ...['1', '1.1', '1.2', '2', '3'],
  ...['4', '4 Layer 1', '4 Layer 2', '4 Layer 3', '4 Layer 4', '4 Layer 5', '4 Layer 6', '4 Layer 7'],
  ...['5', '5.1', '5.2', '5.3', '5.4', '5.5', '6', '6.1', '6.2', '6.3', '7'],
  ...['8', '8.1', '8.2', '8.3', '8.4', '9', '9.1', '10', '11', '11.1', '11.2', '11.3'],
  ...['12', '12.1', '12.2', '12.3', '13', '14'],
  ...['15', '15.1', '15.2', '15.3', '15.4', '15.5', '15.6', '15.7', '16'],
  ...['17', '17.1', '17.2', '17.3', '17.4', '17.5', '17.6', '17.7', '18'],
] as const;

/** Test files that spec 1.0 names in §2, §14 and §18. */
const NAMED_TEST_FILES = [
  'test_0_nautilus_bootstrap.py',
  'test_dolphin_actor.py',
  'test_strategy.py',
  'test_adaptive_circuit_breaker.py',
  'test_circuit_breaker.py',
  'test_volatility_detector.py',
  'test_position_manager.py',
  'test_smart_exec_algorithm.py',
  'test_signal_bridge.py',
  'test_metrics_monitor.py',
  'test_nd_vs_standalone_comparison.py',
] as const;

/** Sections that only point to a table of their own, row by row. */
const POINTERS: readonly string[] = ['14', '17', '18'];

const page = readFileSync(join(REPOSITORY, 'docs/spec-coverage.md'), 'utf8');
/** Cells of every table row, titles and rulers left out. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('|---'))
  .map((line) => line.split('|').slice(1, -1).map(trimmed));

function trimmed(cell: string): string {
  return cell.trim();
}

/** Rows whose first cell is the section, or begins with it and a word. */
function rowsOf(section: string): string[][] {
  return rows.filter(([first = '']) => {
    if (!first.startsWith(`§${section}`)) return false;
    const rest = first.slice(section.length + 1);
    return rest === '' || (rest.startsWith(' ') && !(section === '4' && rest.startsWith(' Layer')));
  });
}

/** Paths in backticks that lie in this repository. */
function namedPaths(text: string): string[] {
  return [...text.matchAll(/`((?:src|test|configs|docs|bin|bench|schemas)\/[^`\s]+)`/g)].map(([, path = '']) => path);
}

describe('docs/spec-coverage.md', () => {
  test.each(SECTIONS)('§%s has one row, with a test of ours, a reason, or what is open', (section) => {
    const found = rowsOf(section);
    expect(found).toHaveLength(1);
    const text = (found[0] as string[]).join(' ');
    const isProved = namedPaths(text).some((path) => path.endsWith('.test.ts'));
    const isExplained = /\*(?:changed because|not yet)\*/i.test(text);
    expect(isProved || isExplained || POINTERS.includes(section), text).toBe(true);
  });

  test.each(NAMED_TEST_FILES)('%s has one row', (file) => {
    const found = rows.filter(([first]) => first === `\`${file}\``);
    expect(found).toHaveLength(1);
    expect(found.flat().join(' ')).toMatch(/\.test\.ts`|\*not yet\*/);
  });

  test('every file that it names exists', () => {
    const paths = namedPaths(page);
    expect(paths.length).toBeGreaterThan(100);
    expect(paths.filter((path) => !existsSync(join(REPOSITORY, path)))).toEqual([]);
  });
});
