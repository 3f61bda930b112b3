import { BarVenue } from '../../src/exec/venue/bar-venue.ts';
import { BookVenue } from '../../src/exec/venue/book-venue.ts';
import { NO_FAULTS } from '../../src/exec/venue/fault-plan.ts';
import { type BookUpdate, createBookUpdate } from '../../src/exec/venue/market-data.ts';
import type { VenueOptions } from '../../src/exec/venue/simulated-venue.ts';
import { BINANCE_VIP0 } from '../../src/exec/venue/venue-account.ts';
import type { Instrument } from '../../src/model/instrument.ts';
import {
  BUY,
  createOrderReference,
  createOrderRequest,
  ORDER_LIMIT_POST_ONLY,
  ORDER_MARKET,
  type OrderReference,
  type OrderRequest,
  SELL,
} from '../../src/model/order.ts';
import type { VenueEvent, VenueEventSink } from '../../src/model/venue.ts';

export const DAY = 20_458;
export const SECOND = 1e9;
const NO_LATENCY = { minMs: 0, meanExtraMs: 0 };

/** Tick 0.1, lot 0.001, at least 5 USDT, half a spread of 1 bps. */
export const COIN: Instrument = {
  symbol: 'COINUSDT',
  tickPx: 0.1,
  lotQty: 0.001,
  minNotional: 5,
  halfSpreadBps: 1,
  assumed: [],
};

/** Keeps a copy of everything that it hears. */
export class Recorder implements VenueEventSink {
  readonly events: VenueEvent[] = [];

  onVenueEvent(event: VenueEvent): void {
    this.events.push({ ...event });
  }

  kinds(): number[] {
    return this.events.map((event) => event.kind);
  }

  ofKind(kind: number): VenueEvent[] {
    return this.events.filter((event) => event.kind === kind);
  }
}

export function venueOptions(changes: Partial<VenueOptions> = {}): VenueOptions {
  return {
    instruments: [COIN],
    fees: BINANCE_VIP0,
    seed: 1,
    latencyIn: NO_LATENCY,
    latencyOut: NO_LATENCY,
    faults: NO_FAULTS,
    recvWindowMs: 2000,
    touchMaxAgeMs: 60_000,
    ...changes,
  };
}

export function barVenue(changes: Partial<VenueOptions> = {}): { venue: BarVenue; heard: Recorder } {
  const heard = new Recorder();
  return { venue: new BarVenue(venueOptions(changes), heard), heard };
}

export function bookVenue(changes: Partial<VenueOptions> = {}): { venue: BookVenue; heard: Recorder } {
  const heard = new Recorder();
  return { venue: new BookVenue(venueOptions(changes), heard), heard };
}

/** An order sent at `seconds` of the day. */
function request(clientOrderSeq: number, seconds: number, fields: Partial<OrderRequest>): OrderRequest {
  const order = { ...createOrderRequest(), clientOrderSeq, assetIndex: 0, qty: 1, side: BUY };
  return { ...order, tsSentDay: DAY, tsSentNsOfDay: Math.round(seconds * SECOND), ...fields };
}

export function limit(seq: number, seconds: number, fields: Partial<OrderRequest>): OrderRequest {
  return request(seq, seconds, { type: ORDER_LIMIT_POST_ONLY, ...fields });
}

export function market(seq: number, seconds: number, fields: Partial<OrderRequest>): OrderRequest {
  return request(seq, seconds, { type: ORDER_MARKET, ...fields });
}

export function reference(clientOrderSeq: number, seconds: number): OrderReference {
  const sent = { tsSentDay: DAY, tsSentNsOfDay: Math.round(seconds * SECOND) };
  return { ...createOrderReference(), clientOrderSeq, assetIndex: 0, ...sent };
}

/** A bar of one asset at `seconds` of the day; what is due then happens too. */
export function bar(venue: BarVenue, seconds: number, ...prices: number[]): void {
  venue.onBar(DAY, seconds * SECOND, Float64Array.from(prices));
  venue.advanceTo(DAY, seconds * SECOND);
}

/** A book at `seconds`: levels as [price, size]. */
export function book(venue: BookVenue, seconds: number, bids: number[][], asks: number[][], isSnapshot = true): void {
  const update = createBookUpdate(Math.max(bids.length, asks.length));
  update.isSnapshot = isSnapshot;
  update.tsEventDay = DAY;
  update.tsEventNsOfDay = seconds * SECOND;
  fillSide(update.bids, bids);
  fillSide(update.asks, asks);
  venue.onBook(update);
  venue.advanceTo(DAY, seconds * SECOND);
}

function fillSide(side: BookUpdate['bids'], levels: number[][]): void {
  side.count = levels.length;
  for (const [i, [px, qty]] of levels.entries()) {
    side.px[i] = px as number;
    side.qty[i] = qty as number;
  }
}

/** A trade of other people at `seconds`: `aggressor` took. */
export function print(venue: BookVenue, seconds: number, px: number, qty: number, aggressor: number = SELL): void {
  venue.onPrint({ assetIndex: 0, tsEventDay: DAY, tsEventNsOfDay: seconds * SECOND, px, qty, aggressor });
  venue.advanceTo(DAY, seconds * SECOND);
}
