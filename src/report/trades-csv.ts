import type { Report } from '../model/report.ts';
import type { Trade } from '../model/trade.ts';
import { tradeColumns } from './trade-columns.ts';

/**
 * The trades of a report as CSV (RFC 4180 quoting, LF line ends, header line): all fields of {@link Trade} in their order, and
 * what routed trades have beside at the end; numbers in full precision, so that reading them back gives the same doubles. NaN
 * is an empty field.
 */
export function tradesCsv(report: Pick<Report, 'fill' | 'trades'>): string {
  const columns = tradeColumns(report);
  const header = columns.map(({ name }) => name).join(',');
  const lines = report.trades.map((_, row) =>
    columns.map(({ values }) => field(values[row] as string | number)).join(','),
  );
  return `${[header, ...lines].join('\n')}\n`;
}

function field(value: string | number): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
