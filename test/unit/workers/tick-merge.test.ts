import { mkdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { TickFile } from '../../../src/adapters/day-folder/ticks.ts';
import type { TickFileKind } from '../../../src/adapters/parquet/read-ticks.ts';
import type { ColumnSource } from '../../../src/adapters/parquet/write-parquet.ts';
import { createTick, isTickUntil, TICK_DEPTH, TICK_FUNDING, TICK_QUOTE, TICK_TRADE } from '../../../src/model/tick.ts';
import { TickMerge } from '../../../src/workers/tick-merge.ts';
import { DATE, DAY, temporaryFolder } from '../../support/parquet-days.ts';
import { depthColumns, quoteColumns, tradeColumns, writeTicks } from '../../support/tick-files.ts';

const NEXT_DATE = '2026-01-06';
const dir = temporaryFolder();
mkdirSync(dir, { recursive: true });

async function file(kind: TickFileKind, assetIndex: number, columns: ColumnSource[], date = DATE): Promise<TickFile> {
  const name = `A${assetIndex}_${kind}`;
  const path = await writeTicks(dir, name, columns, date);
  return { name, path, kind, assetIndex, day: date === DATE ? DAY : DAY + 1 };
}

/** What a merge says, as [day after the first, seconds, kind, asset, first value]. */
function all(merge: TickMerge): number[][] {
  const tick = createTick();
  const told: number[][] = [];
  while (merge.nextDay < Number.POSITIVE_INFINITY) {
    const next = [merge.nextDay, merge.nextNsOfDay];
    merge.take(tick);
    expect([tick.tsEventDay, tick.tsEventNsOfDay]).toEqual(next);
    expect([tick.tsRecvDay, tick.tsRecvNsOfDay]).toEqual(next);
    told.push([tick.tsEventDay - DAY, tick.tsEventNsOfDay / 1e9, tick.kind, tick.assetIndex, tick.values[0] as number]);
  }
  return told;
}

describe('TickMerge', () => {
  it('tells files and funding by time; at one instant trades, books, best levels, funding, each by asset', async () => {
    const files = [
      await file(
        TICK_QUOTE,
        0,
        quoteColumns([
          [1, 7, 1, 8, 1],
          [3, 9, 1, 10, 1],
        ]),
      ),
      await file(TICK_DEPTH, 0, depthColumns([[1, 100]])),
      await file(
        TICK_TRADE,
        1,
        tradeColumns([
          [1, 20, 1, true],
          [2, 21, 1, true],
        ]),
      ),
      await file(
        TICK_TRADE,
        0,
        tradeColumns([
          [1, 10, 1, true],
          [1, 11, 1, true],
        ]),
      ),
    ];
    const funding = [{ day: DAY, nsOfDay: 1e9, assetIndex: 1, rate: 0.001, markPx: Number.NaN }];
    expect(all(new TickMerge([DAY], files, funding))).toEqual([
      [0, 1, TICK_TRADE, 0, 10],
      [0, 1, TICK_TRADE, 0, 11],
      [0, 1, TICK_TRADE, 1, 20],
      [0, 1, TICK_DEPTH, 0, 99.9],
      [0, 1, TICK_QUOTE, 0, 7],
      [0, 1, TICK_FUNDING, 1, 0.001],
      [0, 2, TICK_TRADE, 1, 21],
      [0, 3, TICK_QUOTE, 0, 9],
    ]);
  });

  it('goes from day to day, over one that has nothing, and leaves days out that are not of the run', async () => {
    const files = [
      await file(TICK_TRADE, 2, tradeColumns([[86_399, 1, 1, true]])),
      await file(TICK_TRADE, 2, tradeColumns([[0, 2, 1, true]], NEXT_DATE), NEXT_DATE),
    ];
    const funding = [-1, 3].map((day) => ({ day: DAY + day, nsOfDay: 5e9, assetIndex: 0, rate: 1, markPx: 1 }));
    const merge = new TickMerge([DAY, DAY + 1, DAY + 2, DAY + 3], files, funding);
    expect([
      isTickUntil(merge, DAY, 86_398e9),
      isTickUntil(merge, DAY, 86_399e9),
      isTickUntil(merge, DAY + 1, 0),
    ]).toEqual([false, true, true]);
    expect(all(merge)).toEqual([
      [0, 86_399, TICK_TRADE, 2, 1],
      [1, 0, TICK_TRADE, 2, 2],
      [3, 5, TICK_FUNDING, 0, 1],
    ]);
  });

  it('has nothing where there is nothing', () => {
    const merge = new TickMerge([DAY], [], []);
    expect(isTickUntil(merge, Number.POSITIVE_INFINITY, 0)).toBe(false);
  });
});
