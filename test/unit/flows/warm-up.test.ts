import { expect, test } from 'vitest';
import { warmUpStart } from '../../../src/flows/warm-scanner.ts';

test.each([
  ['a cold start', 0, 0],
  ['less than a restart needs', 960, 0],
  ['its first anchor is not a whole one', 1216, 0],
  ['1,217 scans back at most', 1217, 256],
  ['a week of minutes', 10_080, 8960],
])('the scanner begins %s', (_situation, scansBefore, start) => {
  expect(warmUpStart(scansBefore)).toBe(start);
  expect(start % 256).toBe(0);
});
