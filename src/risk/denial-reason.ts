/**
 * Why the pre-trade check denies an order. Codes stand in journals and are never renumbered; 0 is the approval
 * (`PRE_TRADE_APPROVED`), 64 and above belong to execution.
 */
export const DENY_HALTED = 1;
export const DENY_REDUCING = 2;
/** Quantity, side, type, asset or reference price make no order. */
export const DENY_NO_ORDER = 3;
export const DENY_PRICE_OFF_TICK = 4;
export const DENY_QTY_OFF_LOT = 5;
/** Reduce-only, and there is nothing on the other side to reduce. */
export const DENY_NOTHING_TO_REDUCE = 6;
/** Reduce-only, and larger than what is open less what other orders already reduce. */
export const DENY_REDUCES_TOO_MUCH = 7;
export const DENY_NOTIONAL_BELOW_MIN = 8;
export const DENY_NOTIONAL_ABOVE_MAX = 9;
export const DENY_LEVERAGE = 10;
export const DENY_ORDER_RATE = 11;
/** Codes are below this number. */
export const DENIAL_REASONS = 12;

const NAMES = [
  'approved',
  'trading is halted',
  'trading is reducing: reduce-only orders alone',
  'no order',
  'price off tick',
  'quantity off lot',
  'nothing to reduce',
  'reduces more than is open',
  'notional below the minimum',
  'notional above the maximum',
  'leverage above the maximum',
  'too many orders',
] as const;

/** A code in words, for logs and reports. */
export function denialReasonName(code: number): string {
  return NAMES[code] ?? `reason ${code}`;
}
