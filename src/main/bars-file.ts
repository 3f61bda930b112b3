import { type GroupColumn, type GroupValues, writeParquetGroups } from '../adapters/archive/parquet-groups.ts';
import { BAR_MS } from '../model/resolution.ts';
import { NS_PER_MS, unixNsFrom } from '../model/time.ts';
import type { BarBlock } from '../shm/bar-block.ts';

/**
 * Writes a day's 0.1 s bars as a file in the layout of a day file, one row group per block, whole or not at all. NaN
 * becomes null. A bar's number is its place in the day.
 * @param assets - symbols in index order, as many as the blocks have.
 */
export async function writeBarsFile(
  path: string,
  day: number,
  assets: readonly string[],
  blocks: Iterable<BarBlock>,
): Promise<void> {
  const columns: GroupColumn[] = [
    { name: 'timestamp', type: 'integer' },
    { name: 'scan_number', type: 'integer' },
    ...assets.map((name) => ({ name, type: 'price' as const })),
  ];
  await writeParquetGroups(path, columns, groupsOf(day, blocks));
}

function* groupsOf(day: number, blocks: Iterable<BarBlock>): Generator<GroupValues[]> {
  for (const block of blocks) {
    const { rows, assets, nsOfDay, prices } = block;
    yield [
      BigInt64Array.from(nsOfDay, (ns) => unixNsFrom(day, ns)),
      BigInt64Array.from(nsOfDay, (ns) => BigInt(Math.round(ns / (BAR_MS * NS_PER_MS)) + 1)),
      ...Array.from({ length: assets }, (_, a) =>
        Float64Array.from({ length: rows }, (__, i) => prices[i * assets + a] as number),
      ),
    ];
  }
}
