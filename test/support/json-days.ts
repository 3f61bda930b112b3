import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SIGNAL_FIELDS, SIGNAL_VALUES } from '../../src/model/frame.ts';
import { dateFromDay, unixNsFrom } from '../../src/model/time.ts';
import type { DayBlock } from '../../src/shm/day-block.ts';

/** `windows`: velocities of the one matrix in tracking data. `assets`: every asset states the divergence of all. */
export type ScanLayout = 'windows' | 'assets';

/** What asset `a` states in the layout `assets`, from the divergence of all. */
export type AssetVelDiv = (velDiv: number, a: number) => number;

/** Writes a decoded day as one file of JSON per scan into `dir/YYYY-MM-DD`; names are in no order of time. */
export function writeScanFolder(
  dir: string,
  block: DayBlock,
  day: number,
  universe: readonly string[],
  layout: ScanLayout,
  assetVelDiv: AssetVelDiv = (velDiv) => velDiv,
): string {
  const folder = join(dir, dateFromDay(day));
  mkdirSync(folder, { recursive: true });
  for (let row = 0; row < block.rows; row++) {
    const scan = scanJson(block, row, day, universe, layout, assetVelDiv);
    writeFileSync(join(folder, `scan-${(row * 7919) % 100_003}-${row}.json`), JSON.stringify(scan));
  }
  return folder;
}

/** One scan as a file states it. */
function scanJson(
  block: DayBlock,
  row: number,
  day: number,
  universe: readonly string[],
  layout: ScanLayout,
  assetVelDiv: AssetVelDiv,
) {
  const signals = Object.fromEntries(
    SIGNAL_FIELDS.map((field, i) => [field, orNull(block.signals[row * SIGNAL_VALUES + i]!)]),
  ) as Record<(typeof SIGNAL_FIELDS)[number], number | null>;
  const prices = universe.map((symbol, a) => [symbol, orNull(block.prices[row * block.assets + a]!)] as const);
  const head = {
    timestamp: String(unixNsFrom(day, block.nsOfDay[row]!)),
    timestamp_unit: 'ns',
    scan_number: block.scanNumbers[row]!,
  };
  const { vel_div } = signals;
  if (layout === 'assets') {
    const ownVelDiv = (a: number) => (vel_div === null ? null : assetVelDiv(vel_div, a));
    const assets = prices.map(([symbol, price], a) => [symbol, { price, vel_div: ownVelDiv(a) }]);
    return { ...head, ...signals, assets: Object.fromEntries(assets) };
  }
  const window = (velocity: number | null, instability?: number | null) => ({
    tracking_data: { lambda_max_velocity: velocity, instability },
  });
  return {
    ...head,
    vel_div,
    windows: {
      '50': window(signals.v50_lambda_max_velocity, signals.instability_50),
      '150': window(signals.v150_lambda_max_velocity, signals.instability_150),
      '300': window(signals.v300_lambda_max_velocity),
      '750': window(signals.v750_lambda_max_velocity),
    },
    asset_prices: Object.fromEntries(prices),
  };
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
