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

/** One column of all trades, ready for a columnar file. */
export type TradeColumn =
  | { readonly name: keyof Trade; readonly type: 'string'; readonly values: readonly string[] }
  | { readonly name: keyof Trade; readonly type: 'int32'; readonly values: Int32Array }
  | { readonly name: keyof Trade; readonly type: 'double'; readonly values: Float64Array };

/** The trades as columns, one per field of {@link Trade}, each as long as `trades` and in their order. */
export function tradeColumns(trades: readonly Trade[]): TradeColumn[] {
  return TRADE_FIELDS.map(([name, type]): TradeColumn => {
    if (type === 'string') return { name, type, values: trades.map((trade) => trade[name]) };
    if (type === 'int32') return { name, type, values: Int32Array.from(trades, (trade) => trade[name]) };
    return { name, type, values: Float64Array.from(trades, (trade) => trade[name]) };
  });
}
