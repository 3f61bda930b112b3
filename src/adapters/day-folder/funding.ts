import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FundingRow } from '../../model/funding.ts';
import { readFundingCsv } from '../csv/funding-csv.ts';

/** Table of funding settlements beside the days. */
export const FUNDING_FILE = 'funding.csv';

/**
 * The settlements of `funding.csv` beside the days; none without the file.
 * @throws InputError naming file, line, column, value and rule.
 */
export function loadFunding(dir: string, universe: readonly string[]): FundingRow[] {
  const path = join(dir, FUNDING_FILE);
  return existsSync(path) ? readFundingCsv(path, universe) : [];
}
