/** Side of an order: the sign of the position change that its fills make. */
export const SELL = -1;
export const BUY = 1;

/** Types of orders that we send. Codes stand in journals. */
export const ORDER_LIMIT_POST_ONLY = 1;
export const ORDER_MARKET = 2;

/**
 * States of an order; codes stand in journals and are never renumbered. *Denied* is ours, *rejected* is the venue's. In
 * flight (sent, not answered) and unknown (sent, and the answer is lost) are states of their own.
 */
export const ORDER_NONE = 0;
export const ORDER_INTENT = 1;
export const ORDER_APPROVED = 2;
export const ORDER_DENIED = 3;
/** Sent, no word yet. */
export const ORDER_SUBMITTED = 4;
export const ORDER_ACCEPTED = 5;
export const ORDER_PARTIALLY_FILLED = 6;
export const ORDER_FILLED = 7;
export const ORDER_CANCELED = 8;
export const ORDER_EXPIRED = 9;
export const ORDER_REJECTED = 10;
/** A cancel is sent, no word yet. */
export const ORDER_CANCEL_IN_FLIGHT = 11;
/** The answer to the submission is lost: only the venue can say whether the order lives. */
export const ORDER_SUBMIT_UNKNOWN = 12;
/** The answer to the cancel is lost or says nothing (it found no such order). */
export const ORDER_CANCEL_UNKNOWN = 13;

/** Names by code, for logs and reports. */
export const ORDER_STATE_NAMES = [
  'none',
  'intent',
  'approved',
  'denied',
  'submitted',
  'accepted',
  'partially filled',
  'filled',
  'canceled',
  'expired',
  'rejected',
  'cancel in flight',
  'submit unknown',
  'cancel unknown',
] as const;

/** True when the venue (or we, before sending) said the last word; fills that are still on their way may follow. */
export function isTerminal(state: number): boolean {
  return (
    state === ORDER_FILLED ||
    state === ORDER_CANCELED ||
    state === ORDER_EXPIRED ||
    state === ORDER_REJECTED ||
    state === ORDER_DENIED
  );
}

/** One order as it leaves for the venue: a reusable record, valid only during the call that passes it. */
export interface OrderRequest {
  /** Our number of the order in this run, from 0, never reused; the client order id is made of it at the edge. */
  clientOrderSeq: number;
  /** The intent that it works for. */
  intentSequence: number;
  assetIndex: number;
  /** BUY or SELL. */
  side: number;
  /** ORDER_LIMIT_POST_ONLY or ORDER_MARKET. */
  type: number;
  /** Limit price, quote currency; NaN for a market order. */
  limitPx: number;
  /** What a fill may cost about: the limit, or the far touch, or the decision price. For notional checks. */
  referencePx: number;
  /** Base units, a multiple of the lot. */
  qty: number;
  isReduceOnly: boolean;
  /** When we sent it. */
  tsSentDay: number;
  tsSentNsOfDay: number;
}

export function createOrderRequest(): OrderRequest {
  return {
    clientOrderSeq: -1,
    intentSequence: -1,
    assetIndex: -1,
    side: 0,
    type: 0,
    limitPx: Number.NaN,
    referencePx: Number.NaN,
    qty: Number.NaN,
    isReduceOnly: false,
    tsSentDay: 0,
    tsSentNsOfDay: 0,
  };
}

/** A cancel or a query of one order: a reusable record, valid only during the call that passes it. */
export interface OrderReference {
  clientOrderSeq: number;
  assetIndex: number;
  tsSentDay: number;
  tsSentNsOfDay: number;
}

export function createOrderReference(): OrderReference {
  return { clientOrderSeq: -1, assetIndex: -1, tsSentDay: 0, tsSentNsOfDay: 0 };
}

/** Answer of a pre-trade check that lets an order pass. Everything else is a reason; codes stand in journals. */
export const PRE_TRADE_APPROVED = 0;
/** From here on reasons of execution itself; below are those of the check. */
export const DENY_OF_EXECUTION = 64;
/** No bid and ask to make a limit price of. */
export const DENY_NO_TOUCH = 64;
/** Less than one lot, or below the smallest notional. */
export const DENY_TOO_SMALL = 65;
/** As many orders as the table holds are not at their end. */
export const DENY_TOO_MANY_ORDERS = 66;
/** As many intents as execution can work at once are being worked, or another one of this asset is. */
export const DENY_BUSY = 67;
/** An intent that is malformed: unknown kind, no quantity, no price, no such asset, or a sequence that was there before. */
export const DENY_MALFORMED = 68;
/** Execution was told to open nothing. */
export const DENY_NO_ENTRIES = 69;

/** Asked before every order that would be sent (semantics §8; implemented in src/risk). */
export interface PreTradeCheck {
  /**
   * @param request - reusable; not to be kept or changed.
   * @returns PRE_TRADE_APPROVED, or the code of the reason why not, below DENY_OF_EXECUTION.
   */
  check(request: OrderRequest): number;
}

/** Approves everything: for tests, and where another place has checked. */
export const APPROVE_ALL: PreTradeCheck = { check: () => PRE_TRADE_APPROVED };
