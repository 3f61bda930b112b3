import { writeDayFile } from '../adapters/parquet/write-day.ts';
import { SIGNAL_FIELDS, SIGNAL_VALUES } from '../model/frame.ts';
import { unixNsFrom } from '../model/time.ts';
import type { DayBlock } from '../shm/day-block.ts';

export interface BlockFileOptions {
  /** UTC day number of the block. */
  readonly day: number;
  /** Symbols in index order, as many as the block has. */
  readonly assets: readonly string[];
  /** False for a price-only day. */
  readonly withSignals: boolean;
}

/** Writes the scans of a block as a day file, whole or not at all; its order book is not in it. NaN becomes null. */
export async function writeBlockFile(path: string, block: DayBlock, options: BlockFileOptions): Promise<void> {
  const { day, assets, withSignals } = options;
  await writeDayFile(path, {
    timestampsNs: BigInt64Array.from(block.nsOfDay, (nsOfDay) => unixNsFrom(day, nsOfDay)),
    scanNumbers: block.scanNumbers,
    signals: withSignals ? signalColumns(block) : undefined,
    assets,
    prices: block.prices,
  });
}

function signalColumns({ signals, rows }: DayBlock): Record<(typeof SIGNAL_FIELDS)[number], Float64Array> {
  const columns = SIGNAL_FIELDS.map((name, field) => {
    const column = new Float64Array(rows);
    for (let row = 0; row < rows; row++) column[row] = signals[row * SIGNAL_VALUES + field] as number;
    return [name, column] as const;
  });
  return Object.fromEntries(columns) as Record<(typeof SIGNAL_FIELDS)[number], Float64Array>;
}
