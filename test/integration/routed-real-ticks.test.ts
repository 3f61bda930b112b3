import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import { loadInstruments } from '../../src/adapters/day-folder/instruments.ts';
import { listDayFiles } from '../../src/adapters/day-folder/list.ts';
import { listTickFiles } from '../../src/adapters/day-folder/ticks.ts';
import { readBars } from '../../src/adapters/parquet/read-bars.ts';
import { NO_FAULTS } from '../../src/exec/venue/fault-plan.ts';
import {
  SUBMIT_FIELDS,
  TAPE_SUBMIT,
  TAPE_VENUE_EVENT,
  type TapeKind,
  VENUE_EVENT_FIELDS,
} from '../../src/model/execution-tape.ts';
import { createFrame, FRAME_BAR } from '../../src/model/frame.ts';
import { createIntent, INTENT_ENTRY, INTENT_EXIT } from '../../src/model/intent.ts';
import { ORDER_LIMIT_POST_ONLY } from '../../src/model/order.ts';
import { createTick, isTickUntil } from '../../src/model/tick.ts';
import { nsOfDayOfUnixNs } from '../../src/model/time.ts';
import { VENUE_ACCEPTED, VENUE_CANCELED, VENUE_FILL } from '../../src/model/venue.ts';
import { RoutedSession } from '../../src/workers/routed/routed-session.ts';
import { TickMerge } from '../../src/workers/tick-merge.ts';
import { temporaryFolder } from '../support/parquet-days.ts';
import { arrangeRealTicks, REAL_TICKS_UNIVERSE } from '../support/real-ticks.ts';
import { sharedDataOrSkip } from '../support/shared-data.ts';

/** A routed session on a recorded day folder: bars, books, best levels and trades as the workers would bring them. */

const TICKS = sharedDataOrSkip('data/ticks');
const QTY = [0.05, 0.5];

type Named = Record<string, number>;

/** In and out of both assets, one after the other, decided on the 0.1 s bars. */
function play(dir: string, ticksFolder: string) {
  arrangeRealTicks(dir, ticksFolder);
  const days = listDayFiles({ dir });
  const { day, barsPath } = days[0] as (typeof days)[number];
  const ticks = new TickMerge([day], listTickFiles(days, REAL_TICKS_UNIVERSE, []), []);
  const tape: { kind: TapeKind; record: Named }[] = [];
  const session = new RoutedSession(
    {
      venue: 'book',
      instruments: loadInstruments(dir, REAL_TICKS_UNIVERSE, days),
      seed: 1,
      runEpoch: 1,
      barIntervalMs: 100,
      initialCapital: 25_000,
      maxLeverage: 3,
      latency: { minMs: 20, meanExtraMs: 30 },
      faults: NO_FAULTS,
    },
    {
      reports: { report: () => undefined },
      tape: {
        write: (kind, values) => {
          const fields = kind === TAPE_SUBMIT ? SUBMIT_FIELDS : kind === TAPE_VENUE_EVENT ? VENUE_EVENT_FIELDS : [];
          const record = Object.fromEntries(fields.map((name, i) => [name, values[i] as number]));
          if (fields.length > 0) tape.push({ kind, record });
        },
      },
    },
  );
  const frame = createFrame(2);
  const tick = createTick();
  let sequence = 0;
  for (const block of readBars(barsPath as string, day, REAL_TICKS_UNIVERSE)) {
    for (let row = 0; row < block.rows; row++) {
      const nsOfDay = block.nsOfDay[row] as number;
      while (isTickUntil(ticks, day, nsOfDay)) {
        ticks.take(tick);
        session.onTick(tick);
      }
      Object.assign(frame, { kind: FRAME_BAR, tsEventDay: day, tsEventNsOfDay: nsOfDay });
      frame.payload.set(block.prices.subarray(2 * row, 2 * row + 2));
      session.onFrame(frame);
      if (row % 10 !== 9 || !session.taped.machine.isIdle) continue;
      const assetIndex = Math.floor(sequence / 2) % 2;
      const position = session.venue.positionQty(assetIndex);
      const [price, qty] = [frame.payload[assetIndex] as number, Math.abs(position) || (QTY[assetIndex] as number)];
      session.onIntent({
        ...createIntent(),
        sequence: sequence++,
        kind: position === 0 ? INTENT_ENTRY : INTENT_EXIT,
        direction: position === 0 ? (sequence % 4 === 1 ? -1 : 1) : Math.sign(position),
        assetIndex,
        tsEventDay: day,
        tsEventNsOfDay: nsOfDay,
        price,
        qty,
        notional: price * qty,
      });
    }
  }
  session.stopWorking();
  return { session, tape, intents: sequence };
}

/** Every order's life at the venue, from what the tape says alone. */
function limitLives(tape: readonly { kind: TapeKind; record: Named }[]) {
  const events = tape.filter(({ kind }) => kind === TAPE_VENUE_EVENT).map(({ record }) => record);
  return tape
    .filter(({ kind, record }) => kind === TAPE_SUBMIT && record['type'] === ORDER_LIMIT_POST_ONLY)
    .flatMap(({ record: order }) => {
      const own = events.filter((event) => event['clientOrderSeq'] === order['clientOrderSeq']);
      const accepted = own.find((event) => event['kind'] === VENUE_ACCEPTED);
      const fills = own.filter((event) => event['kind'] === VENUE_FILL);
      const canceled = own.find((event) => event['kind'] === VENUE_CANCELED);
      const end = canceled?.['tsEventNsOfDay'] ?? Number.POSITIVE_INFINITY;
      return accepted === undefined ? [] : [{ order, from: accepted['tsEventNsOfDay'] as number, end, fills }];
    });
}

interface Trade {
  readonly nsOfDay: number;
  readonly px: number;
  readonly qty: number;
}

/** The trades as another reader reads them. */
async function tradesOf(path: string): Promise<Trade[]> {
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(path) });
  return rows.map((row) => ({
    nsOfDay: nsOfDayOfUnixNs(row['recv_ns'] as bigint),
    px: row['price'] as number,
    qty: row['qty'] as number,
  }));
}

describe.skipIf(TICKS === null)('a routed session on recorded books and trades', () => {
  test('every trade through a resting limit fills it, to the size of the trade', async () => {
    const { session, tape, intents } = play(temporaryFolder(), TICKS as string);
    const trades = await Promise.all(
      REAL_TICKS_UNIVERSE.map((symbol) => tradesOf(`${TICKS}/usdm_${symbol}_trades.parquet`)),
    );
    const lives = limitLives(tape);
    let [through, makers] = [0, 0];
    for (const { order, from, end, fills } of lives) {
      const { side, limitPx, assetIndex, qty } = order as Record<'side' | 'limitPx' | 'assetIndex' | 'qty', number>;
      makers += fills.length > 0 ? 1 : 0;
      for (const trade of (trades[assetIndex] as Trade[]).filter((each) => each.nsOfDay > from && each.nsOfDay < end)) {
        if ((limitPx - trade.px) * side <= 0) continue;
        const before = fills.filter((fill) => (fill['tsEventNsOfDay'] as number) < trade.nsOfDay);
        const until = fills.filter((fill) => (fill['tsEventNsOfDay'] as number) <= trade.nsOfDay);
        const [filledBefore, filled] = [before.at(-1)?.['cumQty'] ?? 0, until.at(-1)?.['cumQty'] ?? 0];
        through += filledBefore < qty ? 1 : 0;
        expect(filled).toBeGreaterThanOrEqual(Math.min(qty, filledBefore + trade.qty) - 1e-9);
      }
      for (const fill of fills) expect(fill).toMatchObject({ lastPx: limitPx, isMaker: 1 });
    }
    const { entries } = session.taped.machine.metrics;
    console.log(
      `${intents} intents, ${lives.length} limits, ${makers} of them filled, ${through} trades went through one that had not ` +
        `been filled; maker share of entries ${entries.makerShare.toFixed(2)}, slippage ${entries.slippageMeanBps.toFixed(2)} bps`,
    );
    expect(intents).toBeGreaterThan(20);
    expect(through).toBeGreaterThan(5);
    expect(makers).toBeGreaterThan(5);
    expect(session.outcome().warnings).toEqual([]);
  });

  test('the same folder gives the same tape', () => {
    const tapeOf = () => JSON.stringify(play(temporaryFolder(), TICKS as string).tape);
    expect(tapeOf()).toBe(tapeOf());
  });
});
