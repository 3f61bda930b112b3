/** Rows of the archive's CSV files, as their different ages write them. */

export interface CsvStyle {
  readonly header?: boolean;
  /** Times in µs instead of ms. */
  readonly us?: boolean;
}

/** A trade: ms since the epoch, aggregate id, price as text. */
export type ArchiveTrade = readonly [ms: number, id: number, price: string];

export function aggTradesCsv(trades: readonly ArchiveTrade[], { header = true, us = false }: CsvStyle = {}): string {
  const names = 'agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker';
  const rows = trades.map(([ms, id, price]) => `${id},${price},0.010,${id},${id},${us ? ms * 1000 : ms},true`);
  return lines(header, names, rows);
}

/** A kline: ms since the epoch of its opening, close, quote volume. */
export type ArchiveKline = readonly [openMs: number, close: string, quoteVolume: number];

export function klinesCsv(klines: readonly ArchiveKline[], { header = true, us = false }: CsvStyle = {}): string {
  const names =
    'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore';
  const unit = us ? 1000 : 1;
  const rows = klines.map(
    ([openMs, close, volume]) =>
      `${openMs * unit},${close},${close},${close},${close},1,${(openMs + 60_000) * unit - 1},${volume},1,0,0,0`,
  );
  return lines(header, names, rows);
}

export interface BookStyle {
  /** `-5.00` instead of `-5`, and the ±0.2 % rows, as since about 2026. */
  readonly newer?: boolean;
  /** Bands to leave out of every snapshot. */
  readonly without?: readonly number[];
}

/** Snapshots at these times (`YYYY-MM-DD hh:mm:ss`); band p has depth `base + |p|` and notional ten times that. */
export function bookDepthCsv(times: readonly string[], base: number, { newer, without = [] }: BookStyle = {}): string {
  const bands = [-5, -4, -3, -2, -1, ...(newer ? [-0.2, 0.2] : []), 1, 2, 3, 4, 5];
  const rows = times.flatMap((time) =>
    bands
      .filter((band) => !without.includes(band))
      .map((band) => {
        const depth = base + Math.abs(band) + (band > 0 ? 100 : 0);
        return `${time},${newer ? band.toFixed(2) : band},${depth},${depth * 10}`;
      }),
  );
  return lines(true, 'timestamp,percentage,depth,notional', rows);
}

function lines(header: boolean, names: string, rows: readonly string[]): string {
  return [...(header ? [names] : []), ...rows, ''].join('\n');
}
