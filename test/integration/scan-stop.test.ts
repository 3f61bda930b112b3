import { expect, test } from 'vitest';
import { DayDecoder } from '../../src/workers/day-decoder.ts';
import type { MarketDataWorkerOptions } from '../../src/workers/messages.ts';
import { dayColumns, temporaryFolder, writeDay } from '../support/parquet-days.ts';
import { replaySpecs } from '../support/replay-specs.ts';

test('a stop is heard while the scanner runs, not when it is through with the day', async () => {
  const dir = temporaryFolder();
  await writeDay(dir, dayColumns(500));
  const { marketData } = await replaySpecs(dir);
  let asked = 0;
  const decoder = await DayDecoder.create(marketData.options as MarketDataWorkerOptions, () => ++asked < 100);
  try {
    expect(await decoder.next()).toBeNull();
    expect(asked).toBe(100);
  } finally {
    await decoder.close();
  }
});
