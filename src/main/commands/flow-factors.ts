import { join } from 'node:path';
import { dailyW750 } from '../../flows/daily-velocity.ts';
import { factorsCsv, readExternalFactors } from '../../flows/external-factors.ts';
import { dateFromDay } from '../../model/time.ts';
import { assertWritable, writeReport } from '../../report/output-file.ts';
import { plural } from '../../report/words.ts';

export interface FlowFactorsFlags {
  readonly external: string;
  readonly out: string;
  readonly scans?: string;
}

/** `dolphin flow factors`: published daily tables as `factors.csv`, a day later each. Answers the exit code. */
export async function flowFactorsCommand({ external, out, scans }: FlowFactorsFlags): Promise<number> {
  assertWritable(out);
  const w750 = scans === undefined ? [] : await dailyW750(scans);
  const rows = readExternalFactors(
    {
      funding: join(external, 'funding_btc_daily.csv'),
      dvol: join(external, 'dvol_btc_daily.csv'),
      fearGreed: join(external, 'fear_greed_daily.csv'),
    },
    w750,
  );
  writeReport(out, factorsCsv(rows));
  const [first, last] = [rows[0], rows.at(-1)].map((row) => (row === undefined ? '?' : dateFromDay(row.day)));
  process.stdout.write(`${out}: ${plural(rows.length, 'day')} of factors, ${first} to ${last}\n`);
  return 0;
}
