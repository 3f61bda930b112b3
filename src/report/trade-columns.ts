import { isRoutedTrade, type Report } from '../model/report.ts';
import type { ReportRoutedTrade } from '../model/routed-report.ts';
import type { Trade } from '../model/trade.ts';

/** Fields of a trade in the order of the CSV and Parquet columns, with what a column of them holds. */
export const TRADE_FIELDS = [
  ['date', 'string'],
  ['entryTs', 'string'],
  ['exitTs', 'string'],
  ['entryBar', 'int32'],
  ['exitBar', 'int32'],
  ['asset', 'string'],
  ['assetIndex', 'int32'],
  ['direction', 'int32'],
  ['reason', 'string'],
  ['entry', 'double'],
  ['exit', 'double'],
  ['notional', 'double'],
  ['leverage', 'double'],
  ['fees', 'double'],
  ['pnl', 'double'],
  ['bucket', 'int32'],
  ['capital', 'double'],
] as const satisfies readonly (readonly [keyof Trade, 'string' | 'int32' | 'double'])[];

/** What routed trades have beside, in the order in which it follows. */
export const ROUTED_FIELDS = [
  'qty',
  'entryDecision',
  'exitDecision',
  'funding',
  'feesEntry',
  'feesExit',
  'entrySlippageBps',
  'exitSlippageBps',
] as const satisfies readonly (keyof ReportRoutedTrade)[];

type FieldName = keyof Trade | (typeof ROUTED_FIELDS)[number];

/** One column of all trades, ready for a columnar file. */
export type TradeColumn =
  | { readonly name: FieldName; readonly type: 'string'; readonly values: readonly string[] }
  | { readonly name: FieldName; readonly type: 'int32'; readonly values: Int32Array }
  | { readonly name: FieldName; readonly type: 'double'; readonly values: Float64Array };

/**
 * The trades of a report as columns, one per field of {@link Trade} and, of a routed one, {@link ROUTED_FIELDS} behind them;
 * each as long as the trades and in their order.
 */
export function tradeColumns(report: Pick<Report, 'fill' | 'trades'>): TradeColumn[] {
  const { trades } = report;
  const columns = TRADE_FIELDS.map(([name, type]): TradeColumn => {
    if (type === 'string') return { name, type, values: trades.map((trade) => trade[name]) };
    if (type === 'int32') return { name, type, values: Int32Array.from(trades, (trade) => trade[name]) };
    return { name, type, values: Float64Array.from(trades, (trade) => trade[name]) };
  });
  if (report.fill !== 'routed') return columns;
  const routed = trades.filter(isRoutedTrade);
  const beside = ROUTED_FIELDS.map((name): TradeColumn => {
    return { name, type: 'double', values: Float64Array.from(routed, (trade) => trade.routed[name]) };
  });
  return [...columns, ...beside];
}
