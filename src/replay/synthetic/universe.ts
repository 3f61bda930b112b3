/** A made-up market of one asset. Names are the venue's, so that configs and reports read as they will with real days. */
export interface SyntheticAsset {
  readonly symbol: string;
  /** Price around which the asset's days lie. */
  readonly level: number;
  /** Decimals of a price. */
  readonly decimals: number;
  /** Index of the sector whose noise it shares. */
  readonly sector: number;
  /** Its move per move of the market; 0 for a dollar peg. */
  readonly beta: number;
  /** Own noise against the typical asset's. */
  readonly ownNoise: number;
}

export const SECTORS = 7;
export const MAX_SYNTHETIC_ASSETS = 400;
export const DEFAULT_SYNTHETIC_ASSETS = 48;

const PEGGED: ReadonlySet<string> = new Set(['TUSDUSDT', 'USDCUSDT']);

/** Symbol, level, decimals: round numbers of the right size. */
const NAMED = [
  ['BTCUSDT', 64_000, 1],
  ['ETHUSDT', 3100, 2],
  ['BNBUSDT', 590, 2],
  ['SOLUSDT', 150, 3],
  ['XRPUSDT', 0.55, 4],
  ['DOGEUSDT', 0.16, 5],
  ['ADAUSDT', 0.46, 4],
  ['AVAXUSDT', 36, 3],
  ['LINKUSDT', 14.5, 3],
  ['DOTUSDT', 7.1, 3],
  ['TRXUSDT', 0.12, 5],
  ['LTCUSDT', 84, 2],
  ['BCHUSDT', 460, 2],
  ['NEARUSDT', 6.8, 3],
  ['UNIUSDT', 7.6, 3],
  ['ATOMUSDT', 8.7, 3],
  ['ETCUSDT', 27, 3],
  ['FILUSDT', 5.9, 3],
  ['APTUSDT', 8.9, 4],
  ['ARBUSDT', 1.02, 4],
  ['OPUSDT', 2.6, 4],
  ['INJUSDT', 24.5, 3],
  ['SUIUSDT', 1.05, 4],
  ['TUSDUSDT', 1, 4],
  ['USDCUSDT', 1, 4],
  ['AAVEUSDT', 87, 2],
  ['XLMUSDT', 0.108, 5],
  ['ALGOUSDT', 0.182, 4],
  ['VETUSDT', 0.0352, 6],
  ['ICPUSDT', 12.4, 3],
  ['HBARUSDT', 0.105, 5],
  ['EGLDUSDT', 41, 3],
  ['SANDUSDT', 0.44, 4],
  ['MANAUSDT', 0.43, 4],
  ['AXSUSDT', 7.2, 3],
  ['THETAUSDT', 2.1, 4],
  ['GRTUSDT', 0.27, 5],
  ['CRVUSDT', 0.42, 3],
  ['SNXUSDT', 2.7, 3],
  ['COMPUSDT', 56, 2],
  ['ZECUSDT', 23, 2],
  ['DASHUSDT', 29, 2],
  ['XTZUSDT', 0.95, 3],
  ['EOSUSDT', 0.81, 3],
  ['CHZUSDT', 0.117, 5],
  ['ENJUSDT', 0.29, 4],
  ['GALAUSDT', 0.045, 5],
  ['RUNEUSDT', 5.4, 3],
] as const satisfies readonly (readonly [string, number, number])[];

/**
 * The first `count` synthetic assets in index order: BTCUSDT, then well-known names, TUSDUSDT and USDCUSDT among them,
 * then SYN049USDT and so on. An asset is the same in every universe that holds it.
 *
 * @param count - 1 to {@link MAX_SYNTHETIC_ASSETS}.
 */
export function syntheticUniverse(count: number): SyntheticAsset[] {
  return Array.from({ length: count }, (_, index) => {
    const [symbol, level, decimals] = NAMED[index] ?? unnamed(index);
    const isPegged = PEGGED.has(symbol);
    return {
      symbol,
      level,
      decimals,
      sector: index % SECTORS,
      beta: isPegged ? 0 : index === 0 ? 1 : 0.8 + 0.09 * ((index * 5) % 9),
      ownNoise: isPegged || index === 0 ? 0.1 : 0.7 + 0.1 * ((index * 3) % 8),
    };
  });
}

function unnamed(index: number): readonly [string, number, number] {
  return [`SYN${String(index + 1).padStart(3, '0')}USDT`, 0.5 + ((index * 37) % 100) / 10, 4];
}
