import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import { BarVenue } from '../../src/exec/venue/bar-venue.ts';
import { BookVenue } from '../../src/exec/venue/book-venue.ts';
import { createBookUpdate, type Print } from '../../src/exec/venue/market-data.ts';
import type { SimulatedVenue } from '../../src/exec/venue/simulated-venue.ts';
import { decimalsOfPrices, instrumentFrom } from '../../src/model/instrument.ts';
import {
  BUY,
  createOrderReference,
  createOrderRequest,
  ORDER_LIMIT_POST_ONLY,
  ORDER_MARKET,
  type OrderRequest,
  SELL,
} from '../../src/model/order.ts';
import { dayOfUnixNs, nsOfDayOfUnixNs } from '../../src/model/time.ts';
import { VENUE_ACCEPTED, VENUE_FILL, VENUE_REJECTED } from '../../src/model/venue.ts';
import { sharedDataOrSkip } from '../support/shared-data.ts';
import { Recorder, SECOND, venueOptions } from '../support/venue-bench.ts';
import { type CapturedEvent, capturedEvents } from '../support/ws-capture.ts';

/** Simulated venues on real books and trades. Every fill has a cause in the data, every cause has its fill. */

const CAPTURES = sharedDataOrSkip('data/ws-captures/hftbacktest');
const TICKS = sharedDataOrSkip('data/ticks');
const LATENCY = { minMs: 2, meanExtraMs: 8 };
const LIFE_S = 1.9;

/** A row that says what an asset is on that day, as `instruments.csv` would. */
function instrument(symbol: string, tickPx: number, lotQty: number) {
  return instrumentFrom(symbol, { symbol, tickPx, lotQty, minNotional: 5, halfSpreadBps: Number.NaN }, 0);
}

/** A trader who joins the touch on both sides every two seconds and cancels soon after. */
class TouchJoiner {
  readonly requests: OrderRequest[] = [];
  private nextNs = Number.NaN;
  private canceled = 0;
  private readonly venue: SimulatedVenue;
  private readonly qty: number;

  constructor(venue: SimulatedVenue, qty: number) {
    this.venue = venue;
    this.qty = qty;
  }

  onTime(day: number, nsOfDay: number): void {
    this.cancelOld(day, nsOfDay);
    if (nsOfDay < this.nextNs) return;
    this.nextNs = nsOfDay + 2 * SECOND;
    const touch = { bidPx: Number.NaN, askPx: Number.NaN };
    this.venue.readInto(touch, 0);
    for (const side of [BUY, SELL]) {
      const limitPx = side === BUY ? touch.bidPx : touch.askPx;
      if (!(limitPx > 0)) continue;
      const clientOrderSeq = this.requests.length;
      const sent = { clientOrderSeq, assetIndex: 0, tsSentDay: day, tsSentNsOfDay: nsOfDay };
      const request = { ...createOrderRequest(), ...sent, side, limitPx, qty: this.qty, type: ORDER_LIMIT_POST_ONLY };
      this.requests.push(request);
      this.venue.submit(request);
    }
  }

  /** Ends the orders that are older than their life; all of them when it is over. */
  cancelOld(day: number, nsOfDay: number, isOver = false): void {
    for (const { clientOrderSeq, tsSentNsOfDay } of this.requests.slice(this.canceled)) {
      if (!isOver && nsOfDay < tsSentNsOfDay + LIFE_S * SECOND) return;
      const sent = { clientOrderSeq, assetIndex: 0, tsSentDay: day, tsSentNsOfDay: nsOfDay };
      this.venue.cancel({ ...createOrderReference(), ...sent });
      this.canceled++;
    }
  }
}

/** Filled size of each open order, by its number. */
function openOrders(venue: SimulatedVenue): Map<number, number> {
  const filled = new Map<number, number>();
  venue.visitOpenOrders((event) => filled.set(event.clientOrderSeq, event.cumQty));
  return filled;
}

/** What the events of a capture did to a venue's orders, checked event by event. */
function playChecked(events: readonly CapturedEvent[], venue: BookVenue, heard: Recorder, qty: number) {
  const trader = new TouchJoiner(venue, qty);
  const counts = { through: 0, touchPassed: 0, queueFills: 0, quietPrints: 0 };
  let lastDay = 0;
  for (const { print, update, top } of events) {
    const { tsEventDay, tsEventNsOfDay } = (print ?? update ?? top) as Print;
    lastDay = tsEventDay;
    venue.advanceTo(tsEventDay, tsEventNsOfDay - 1); // what is due before belongs to no data
    const before = openOrders(venue);
    if (update !== undefined) venue.onBook(update);
    else if (top !== undefined) venue.onTop(top);
    else venue.onPrint(print as Print);
    const after = openOrders(venue);
    const filledOf = (seq: number): number => (after.get(seq) ?? qty) - (before.get(seq) as number);
    for (const seq of before.keys()) {
      const { side, limitPx } = trader.requests[seq] as OrderRequest;
      const leaves = qty - (before.get(seq) as number);
      if (print === undefined) {
        const far = { bidPx: Number.NaN, askPx: Number.NaN };
        venue.readInto(far, 0);
        const isPassed = side === BUY ? far.askPx < limitPx : far.bidPx > limitPx;
        expect(filledOf(seq)).toBeCloseTo(isPassed ? leaves : 0, 9);
        if (isPassed) counts.touchPassed++;
        continue;
      }
      const isThrough = (limitPx - print.px) * side > 0;
      const isAt = print.px === limitPx && print.aggressor === -side;
      if (isThrough) {
        counts.through++;
        expect(filledOf(seq)).toBeCloseTo(Math.min(leaves, print.qty), 9);
      } else if (isAt) {
        expect(filledOf(seq)).toBeLessThanOrEqual(Math.min(leaves, print.qty) + 1e-9);
        if (filledOf(seq) > 0) counts.queueFills++;
      } else {
        expect(filledOf(seq)).toBe(0);
        counts.quietPrints++;
      }
    }
    venue.advanceTo(tsEventDay, tsEventNsOfDay);
    if (print === undefined) trader.onTime(tsEventDay, tsEventNsOfDay);
  }
  trader.cancelOld(lastDay + 1, 0, true);
  venue.advanceTo(lastDay + 2, 0);
  const accepted = heard.ofKind(VENUE_ACCEPTED).length;
  const filled = new Set(heard.ofKind(VENUE_FILL).map((event) => event.clientOrderSeq)).size;
  return { ...counts, accepted, filled, rejected: heard.ofKind(VENUE_REJECTED).length, orders: trader.requests };
}

describe.skipIf(CAPTURES === null)('books and trades as they were received', () => {
  test.each([
    ['usdm_btcusdt_20240808.gz', instrument('BTCUSDT', 0.1, 0.001), 0.05],
    ['usdm_ethusdt_20240808.gz', instrument('ETHUSDT', 0.01, 0.001), 0.5],
  ])(
    '%s: every print through a resting order fills it, and nothing else does but the queue and the touch',
    (file, traded, qty) => {
      const heard = new Recorder();
      const venue = new BookVenue(
        venueOptions({ instruments: [traded], latencyIn: LATENCY, latencyOut: LATENCY }),
        heard,
      );
      const result = playChecked(capturedEvents(`${CAPTURES}/${file}`), venue, heard, qty);
      const { orders, ...counts } = result;
      console.log(`${file}: ${JSON.stringify(counts)}`);
      expect(counts.accepted + counts.rejected).toBe(orders.length);
      expect(counts.accepted).toBeGreaterThan(300);
      expect(counts.rejected / orders.length, 'crossing at arrival: 0.4 to 2.2 % at 5 to 20 ms').toBeLessThan(0.03);
      expect(counts.through).toBeGreaterThan(20);
      expect(counts.queueFills).toBeGreaterThan(5);
      expect(counts.filled / counts.accepted).toBeGreaterThan(0.1);
      expect(counts.filled / counts.accepted).toBeLessThan(0.95);
      for (const fill of heard.ofKind(VENUE_FILL)) {
        expect([fill.isMaker, fill.lastPx]).toEqual([1, (orders[fill.clientOrderSeq] as OrderRequest).limitPx]);
      }
      expect(venue.warnings()).toEqual([]);
    },
  );
});

describe.skipIf(TICKS === null)('sampled books, trades and bars', () => {
  test('20 levels each 500 ms and every trade: the same rules hold', async () => {
    const events = await sampledEvents(`${TICKS}/usdm_BTCUSDT`);
    const heard = new Recorder();
    const traded = instrument('BTCUSDT', 0.1, 0.001);
    const venue = new BookVenue(
      venueOptions({ instruments: [traded], latencyIn: LATENCY, latencyOut: LATENCY }),
      heard,
    );
    const { orders, ...counts } = playChecked(events, venue, heard, 0.05);
    console.log(`usdm_BTCUSDT, sampled: ${JSON.stringify(counts)}`);
    expect(counts.through).toBeGreaterThan(20);
    expect(counts.filled).toBeGreaterThan(30);
    expect(counts.accepted + counts.rejected).toBe(orders.length);
  });

  test('5 s bars: a resting order fills exactly where a real trade stood behind the bar that went through it', async () => {
    const rows = await rowsOf(`${TICKS}/usdm_BTCUSDT_2020-02-22_bars_5s.parquet`);
    const prices = rows.map((row) => row['BTCUSDT'] as number);
    const traded = instrumentFrom('BTCUSDT', undefined, decimalsOfPrices(prices));
    expect(traded).toMatchObject({ tickPx: 0.01, lotQty: 0, halfSpreadBps: 0.5 });
    expect(traded.assumed).toEqual(['tick', 'lot', 'min_notional', 'half_spread_bps']);
    const heard = new Recorder();
    const venue = new BarVenue(venueOptions({ instruments: [traded], latencyIn: LATENCY, latencyOut: LATENCY }), heard);
    let seq = 0;
    const expected: (number | undefined)[] = [];
    for (const [at, row] of rows.entries()) {
      const stamp = row['timestamp'] as bigint;
      const [day, nsOfDay] = [dayOfUnixNs(stamp), nsOfDayOfUnixNs(stamp)];
      const px = prices[at] as number;
      venue.onBar(day, nsOfDay, Float64Array.of(px));
      venue.advanceTo(day, nsOfDay);
      if (at % 10 !== 0 || at + 10 >= rows.length) continue;
      const isMarket = at % 100 === 0;
      const request = {
        ...createOrderRequest(),
        clientOrderSeq: seq++,
        assetIndex: 0,
        side: BUY,
        qty: 0.01,
        tsSentDay: day,
        tsSentNsOfDay: nsOfDay,
      };
      const limitPx = Math.floor(px - 1);
      venue.submit({ ...request, type: isMarket ? ORDER_MARKET : ORDER_LIMIT_POST_ONLY, limitPx });
      venue.cancel({ ...createOrderReference(), ...request, tsSentNsOfDay: nsOfDay + 26 * SECOND });
      const later = prices.slice(at + 1, at + 6);
      expected.push(isMarket ? later[0] : later.find((price) => price < limitPx) && limitPx);
    }
    const fillOf = new Map(heard.ofKind(VENUE_FILL).map((event) => [event.clientOrderSeq, event]));
    const filled = expected.filter((px) => px !== undefined).length;
    console.log(`5 s bars: ${filled} of ${seq} orders filled`);
    expect(filled).toBeGreaterThan(30);
    expect(seq - filled).toBeGreaterThan(30);
    for (const [order, px] of expected.entries()) {
      const fill = fillOf.get(order);
      if (px === undefined || fill?.isMaker === 1) expect(fill?.lastPx).toBe(px);
      else expect(fill?.lastPx).toBeCloseTo(px * 1.00005, 6);
    }
  });
});

type Row = Record<string, unknown>;

async function rowsOf(path: string): Promise<Row[]> {
  return parquetReadObjects({ file: await asyncBufferFromFile(path) }) as Promise<Row[]>;
}

/** Trades and sampled books by the time at which they were received, trades first. */
async function sampledEvents(prefix: string): Promise<CapturedEvent[]> {
  const trades = (await rowsOf(`${prefix}_trades.parquet`)).map((row) => {
    const ns = row['recv_ns'] as bigint;
    const print = { ...stampOf(ns), px: row['price'] as number, qty: row['qty'] as number };
    return { ns, event: { print: { ...print, aggressor: row['is_buyer_maker'] === true ? SELL : BUY } } };
  });
  const books = (await rowsOf(`${prefix}_l2_top20_500ms.parquet`)).map((row) => {
    const ns = row['timestamp'] as bigint;
    const update = Object.assign(createBookUpdate(20), stampOf(ns), { isSnapshot: true });
    for (const [side, name] of [
      [update.bids, 'bid'],
      [update.asks, 'ask'],
    ] as const) {
      side.count = 20;
      for (let i = 0; i < 20; i++) {
        side.px[i] = row[`${name}_px_${i}`] as number;
        side.qty[i] = row[`${name}_qty_${i}`] as number;
      }
    }
    return { ns, event: { update } };
  });
  const all: { ns: bigint; event: CapturedEvent }[] = [...trades, ...books];
  return all.sort((a, b) => Number(a.ns - b.ns)).map(({ event }) => event);
}

function stampOf(ns: bigint): { assetIndex: number; tsEventDay: number; tsEventNsOfDay: number } {
  return { assetIndex: 0, tsEventDay: dayOfUnixNs(ns), tsEventNsOfDay: nsOfDayOfUnixNs(ns) };
}
