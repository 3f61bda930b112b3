import type { Trade } from '../model/trade.ts';
import { TRADE_FIELDS } from './trade-columns.ts';

/**
 * The trades as CSV (RFC 4180 quoting, LF line ends, header line): all fields of {@link Trade} in their order, numbers in
 * full precision, so that reading them back gives the same doubles. NaN is an empty field.
 */
export function tradesCsv(trades: readonly Trade[]): string {
  const header = TRADE_FIELDS.map(([name]) => name).join(',');
  const lines = trades.map((trade) => TRADE_FIELDS.map(([name]) => field(trade[name])).join(','));
  return `${[header, ...lines].join('\n')}\n`;
}

function field(value: string | number): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
