import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** UTC date of the recorded books and trades. */
export const REAL_TICKS_DATE = '2024-08-08';
export const REAL_TICKS_UNIVERSE = ['BTCUSDT', 'ETHUSDT'] as const;

/** What Binance said of the two in 2024: tick, lot, smallest notional. */
const INSTRUMENTS = 'symbol,tick,lot,min_notional,half_spread_bps\nBTCUSDT,0.1,0.001,100,\nETHUSDT,0.01,0.001,20,\n';

/**
 * Arranges the recorded USD-M set (5 min 44 s of books, best levels and trades) as a day with its ticks beside it, by links.
 * @param ticks - folder of the set.
 * @param bars - which of its bars are the day's scans: 68 of 5 s, or 3,431 of 0.1 s.
 */
export function arrangeRealTicks(dir: string, ticks: string, bars: '5s' | '100ms' = '5s'): void {
  const name = `${REAL_TICKS_DATE}.parquet`;
  symlinkSync(join(ticks, `usdm_bars_${bars}.parquet`), join(dir, name));
  mkdirSync(join(dir, 'bars'));
  symlinkSync(join(ticks, 'usdm_bars_100ms.parquet'), join(dir, 'bars', name));
  const folder = join(dir, 'ticks', REAL_TICKS_DATE);
  mkdirSync(folder, { recursive: true });
  for (const symbol of REAL_TICKS_UNIVERSE) {
    symlinkSync(join(ticks, `usdm_${symbol}_trades.parquet`), join(folder, `${symbol}_trades.parquet`));
    symlinkSync(join(ticks, `usdm_${symbol}_l2_top20_500ms.parquet`), join(folder, `${symbol}_l2.parquet`));
    symlinkSync(join(ticks, `usdm_${symbol}_book_ticker.parquet`), join(folder, `${symbol}_book_ticker.parquet`));
  }
  writeFileSync(join(dir, 'instruments.csv'), INSTRUMENTS);
}
