import type { OrderReference, OrderRequest } from './order.ts';

/**
 * A venue, simulated or live, as execution sees it. Nothing is answered by return value: what comes of a request arrives
 * later as {@link VenueEvent}s, in any order, late, twice, or not at all. Records are reused: copy before returning.
 */
export interface VenuePort {
  /** Sends an order. It is answered by ACCEPTED, fills, REJECTED, EXPIRED, SUBMIT_UNKNOWN, or silence. */
  submit(request: OrderRequest): void;
  /** Asks the venue to cancel. Answered by CANCELED, a fill that was faster, CANCEL_REJECTED, CANCEL_UNKNOWN, or silence. */
  cancel(reference: OrderReference): void;
  /**
   * Asks what became of an order. Answered by every fill of it once more (FILL, same trade ids), then ORDER_STATUS; or by
   * ORDER_NOT_FOUND; or by silence.
   */
  query(reference: OrderReference): void;
}

/** Kinds of venue events; codes stand in journals and are never renumbered. */
export const VENUE_ACCEPTED = 1;
/** One trade of an order. Its first telling counts, by trade id. */
export const VENUE_FILL = 2;
export const VENUE_CANCELED = 3;
/** The venue ended it: end of life, self-trade prevention, the rest of a market order. */
export const VENUE_EXPIRED = 4;
/** Refused, nothing was or will be filled; `code` says why. */
export const VENUE_REJECTED = 5;
/** The cancel found no such order: filled, canceled, expired, not there yet, or never there. Neither success nor failure. */
export const VENUE_CANCEL_REJECTED = 6;
/** The answer to a submission is lost (time-out, reset, a 503 that does not say): it may live or not. */
export const VENUE_SUBMIT_UNKNOWN = 7;
/** The answer to a cancel is lost. */
export const VENUE_CANCEL_UNKNOWN = 8;
/** Answer to a query: `code` is one of VENUE_STATUS_*, `qtyCum` what was filled. */
export const VENUE_ORDER_STATUS = 9;
/**
 * Answer to a query: no such order. Once is no proof: the order may still be on its way. `tsEvent` is when the venue answered,
 * or, of a venue that does not stamp its answers, when the query was sent: never later than it was true.
 */
export const VENUE_ORDER_NOT_FOUND = 10;
/** The stream of order events is lost; what happens meanwhile is told by nobody. No order: `clientOrderSeq` is -1. */
export const VENUE_DISCONNECTED = 11;
/** The stream is there again: every order that is not at its end is to be asked for. */
export const VENUE_CONNECTED = 12;
/**
 * Funding was settled on our position. No order: `clientOrderSeq` is -1. `fee` is what we paid (negative: received), `lastPx`
 * the mark price, `lastQty` the signed size of the position in base units, `tradeId` the number by which it counts once.
 */
export const VENUE_FUNDING = 13;

/** `code` of a VENUE_ORDER_STATUS. */
export const VENUE_STATUS_OPEN = 1;
export const VENUE_STATUS_FILLED = 2;
export const VENUE_STATUS_CANCELED = 3;
export const VENUE_STATUS_EXPIRED = 4;

/** `code` of a VENUE_REJECTED: Binance's numbers (USD-M futures, "Error Code"). Any other number is a reason too. */
export const REJECT_POST_ONLY = -5022;
export const REJECT_REDUCE_ONLY = -2022;
export const REJECT_MARGIN = -2019;
export const REJECT_MIN_NOTIONAL = -4164;
export const REJECT_OFF_TICK = -4014;
export const REJECT_OFF_LOT = -4023;
export const REJECT_DUPLICATE_ID = -4116;
/** It arrived later than its sender allowed. */
export const REJECT_RECV_WINDOW = -5028;
/** No answer of the venue: its answers to queries prove that the order never came to life. */
export const REJECT_NEVER_ACCEPTED = -1;
/** Simulated venue only: it has no price of this asset to match against. */
export const REJECT_NO_MARKET = -2;

/** `code` of a VENUE_EXPIRED, as Binance's `er`. Any other number is a reason too. */
export const EXPIRED_SELF_TRADE = 1;
/** A reduce-only order whose position is gone. */
export const EXPIRED_REDUCE_ONLY = 4;
/** The rest of a market order that found no more book. */
export const EXPIRED_MARKET_REST = 9;

/** One event of the venue, parsed: a reusable record, valid only during the call that passes it. Numbers only. */
export interface VenueEvent {
  kind: number;
  /** Run epoch in the client order id; our own for a simulated venue, -1 for an order that is not ours. */
  runEpoch: number;
  /** Our number of the order; -1 when it is none of ours. */
  clientOrderSeq: number;
  assetIndex: number;
  /** BUY or SELL. */
  side: number;
  /** FILL: number of the trade, unique per asset at the venue; else -1. Exact below 2^53. */
  tradeId: number;
  /** FILL: price and quantity of this trade, quote currency and base units; else 0. */
  lastPx: number;
  lastQty: number;
  /**
   * Filled so far by the venue's account, this trade included; base units. Must be true in FILL, CANCELED, EXPIRED and
   * ORDER_STATUS: what is left of a canceled order is computed from it, even before its last fills are heard of.
   */
  cumQty: number;
  /** FILL: fee of this trade, quote currency; negative for a rebate. */
  fee: number;
  /** FILL: 1 maker, 0 taker. */
  isMaker: number;
  /** Reject code, status of a query, or the venue's reason of an expiry; 0 when there is nothing to say. */
  code: number;
  /** When the venue says it happened. */
  tsEventDay: number;
  tsEventNsOfDay: number;
  /** When we first saw it; never earlier in the order of delivery. */
  tsRecvDay: number;
  tsRecvNsOfDay: number;
}

export function createVenueEvent(): VenueEvent {
  return {
    kind: 0,
    runEpoch: -1,
    clientOrderSeq: -1,
    assetIndex: -1,
    side: 0,
    tradeId: -1,
    lastPx: 0,
    lastQty: 0,
    cumQty: 0,
    fee: 0,
    isMaker: 0,
    code: 0,
    tsEventDay: 0,
    tsEventNsOfDay: 0,
    tsRecvDay: 0,
    tsRecvNsOfDay: 0,
  };
}

/** Best bid and ask of one asset, quote currency; NaN = none. A reusable record. */
export interface Touch {
  bidPx: number;
  askPx: number;
}

/** Where execution reads the touch of an asset at the moment when it needs a price. */
export interface TouchSource {
  /** Fills `out`; NaN where there is no quote, or only one that is too old to be used. */
  readInto(out: Touch, assetIndex: number): void;
}

/** Who hears what a venue says: execution, or a recorder in front of it. */
export interface VenueEventSink {
  /** @param event - reusable; to be copied by whoever keeps it. It may send requests from inside the call. */
  onVenueEvent(event: VenueEvent): void;
}
