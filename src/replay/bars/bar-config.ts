import { type BarEdge, requireDivisorOfDay } from './grid.ts';

/** What bars to build, from what kind of stream. */
export interface BarConfig {
  /** Size of the universe, 1 to {@link MAX_BAR_ASSETS}. */
  readonly assets: number;
  /** Length of a bar (FRAME_BAR), or null for scans only. Divides a day. */
  readonly barNs: number | null;
  /** Length of a scan (FRAME_SCAN), or null for bars only. Divides a day and is a multiple of `barNs`. */
  readonly scanNs: number | null;
  readonly edge: BarEdge;
  /** How much older than the newest event of the universe one may be and still find its bar open; 0 or more. */
  readonly toleranceNs: number;
  /** A jump of time of more than this, nothing having come meanwhile, is a gap: its scans are not made up. */
  readonly silenceNs: number;
  /** Ids remembered per asset to tell duplicates by; a power of two, or 0 for none. */
  readonly idMemory: number;
}

export const MAX_BAR_ASSETS = 400;

/** 0.1 s bars and 5 s scans of a live stream or of ticks on file; spread it and say what differs. */
export const DEFAULT_BARS: Omit<BarConfig, 'assets'> = {
  barNs: 100_000_000,
  scanNs: 5_000_000_000,
  edge: 'closed',
  toleranceNs: 0,
  silenceNs: 60_000_000_000,
  idMemory: 1024,
};

/** More open intervals than this are a mistake of units: at 400 assets they are 100 MB. */
const MAX_OPEN_INTERVALS = 4096;

/** Length of the shortest interval built: every other is made of these. @throws RangeError when there is none. */
export function baseIntervalNs({ barNs, scanNs }: BarConfig): number {
  const base = barNs ?? scanNs;
  if (base === null) throw new RangeError('bar builder must make bars or scans, barNs and scanNs were both null');
  return base;
}

/** @throws RangeError naming the value that is wrong and its rule. */
export function requireBarConfig(config: BarConfig): void {
  const { assets, barNs, scanNs, toleranceNs, silenceNs, idMemory } = config;
  if (!Number.isInteger(assets) || assets < 1 || assets > MAX_BAR_ASSETS) {
    throw new RangeError(`assets must be a whole number from 1 to ${MAX_BAR_ASSETS}, was ${assets}`);
  }
  const base = baseIntervalNs(config);
  requireDivisorOfDay('bar interval', base);
  if (scanNs !== null) requireDivisorOfDay('scan interval', scanNs);
  if (barNs !== null && scanNs !== null && scanNs % barNs !== 0) {
    throw new RangeError(`scan interval must be a multiple of the bar interval ${barNs} ns, was ${scanNs}`);
  }
  if (!Number.isInteger(toleranceNs) || toleranceNs < 0 || toleranceNs / base > MAX_OPEN_INTERVALS) {
    throw new RangeError(
      `tolerance must be a whole number of ns, 0 to ${MAX_OPEN_INTERVALS} bar intervals of ${base} ns, was ${toleranceNs}`,
    );
  }
  if (!(silenceNs >= base))
    throw new RangeError(`silence must be at least one bar interval, ${base} ns, was ${silenceNs}`);
  if (!Number.isInteger(idMemory) || idMemory < 0 || idMemory > 2 ** 20 || (idMemory & (idMemory - 1)) !== 0) {
    throw new RangeError(`id memory must be 0 or a power of two up to 2^20, was ${idMemory}`);
  }
}
