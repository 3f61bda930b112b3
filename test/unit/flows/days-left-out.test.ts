import { expect, test } from 'vitest';
import { leftOutWarning } from '../../../src/flows/days-left-out.ts';

const FOLDER = ['2026-01-04', '2026-01-05', '2026-01-06', '2026-01-07'];

test.each<[string, string | null, string | null]>([
  ['the capital ends with the day before', '2026-01-07', null],
  ['no day is in the capital', null, null],
  [
    'one day is left out',
    '2026-01-06',
    '2026-01-07 is in the folder and not in the capital; behind this run it can no longer be traded',
  ],
  [
    'several days are left out',
    '2026-01-04',
    '3 days, 2026-01-05 to 2026-01-07, are in the folder and not in the capital; behind this run they can no longer be traded',
  ],
])('%s', (_situation, after, warning) => {
  expect(leftOutWarning(FOLDER, after)).toBe(warning);
});
