import { basename, dirname, join } from 'node:path';
import { type ColumnSource, writeParquet } from '../../adapters/parquet/write-parquet.ts';
import type { Report } from '../../model/report.ts';
import { htmlReport } from '../../report/html/page.ts';
import { readReport } from '../../report/json.ts';
import { assertWritable, writeReport } from '../../report/output-file.ts';
import { summary } from '../../report/summary.ts';
import { type TradeColumn, tradeColumns } from '../../report/trade-columns.ts';
import { tradesCsv } from '../../report/trades-csv.ts';

export interface ReportFlags {
  readonly html?: boolean;
  readonly trades?: 'csv' | 'parquet';
  readonly out?: string;
}

/** `dolphin report FILE`: the summary of a replay again, and its trades and page as files. */
export async function reportCommand(file: string, flags: ReportFlags): Promise<number> {
  const report = readReport(file);
  const stem = join(flags.out ?? dirname(file), basename(file, '.json'));
  const targets = {
    html: flags.html === true ? `${stem}.html` : null,
    trades: flags.trades === undefined ? null : `${stem}.trades.${flags.trades}`,
  };
  for (const path of Object.values(targets)) if (path !== null) assertWritable(path);

  if (targets.html !== null) writeReport(targets.html, htmlReport(report));
  if (targets.trades !== null) await writeTrades(targets.trades, report, flags.trades === 'parquet');
  const written = Object.values(targets).filter((path) => path !== null);
  if (written.length > 0) process.stdout.write(written.map((path) => `wrote ${path}\n`).join(''));
  else process.stdout.write(summary(report, { columns: process.stdout.columns ?? 80, color: process.stdout.isTTY }));
  return 0;
}

async function writeTrades(path: string, report: Report, isParquet: boolean): Promise<void> {
  if (isParquet) await writeParquet(path, tradeColumns(report).map(parquetColumn));
  else writeReport(path, tradesCsv(report));
}

const PARQUET_TYPES = { string: 'STRING', int32: 'INT32', double: 'DOUBLE' } as const;

function parquetColumn({ name, type, values }: TradeColumn): ColumnSource {
  return { name, type: PARQUET_TYPES[type], data: type === 'string' ? [...values] : values };
}
