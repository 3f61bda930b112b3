import { fileURLToPath } from 'node:url';

/** Rows of the table that test/fixtures/parquet/make.py stores in many ways. */
export const FIXTURE_ROWS = 40;
/** 2026-01-05. */
export const FIXTURE_DAY = 20_458;
export const FIXTURE_UNIVERSE = ['BTCUSDT', 'ETHUSDT'];

/** One row of that table; `stampUnitNs` is what the variant's stamps are truncated to. */
export function fixtureRow(i: number, stampUnitNs: number) {
  const ns = (i + 1) * 5e9 + 123_456_789;
  return {
    nsOfDay: ns - (ns % stampUnitNs),
    scanNumber: 100 + i,
    velDiv: -0.01 * (i % 7),
    v50: 0.001 * i,
    v150: 0.002 * i,
    btc: 60_000 + i,
    eth: i % 3 === 2 ? Number.NaN : 3000 + i / 4,
  };
}

/** Path of a stored variant. */
export function fixturePath(name: string): string {
  return fileURLToPath(new URL(`../fixtures/parquet/${name}.parquet`, import.meta.url));
}
