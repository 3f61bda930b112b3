import { BUY } from '../model/order.ts';

/** A basis point of mid, written as a divisor of bid + ask. */
const TWO_MIDS_PER_BASIS_POINT = 20_000;
/** A price this near to a tick is on it: what binary fractions of a tick add up to stays below up to 1e9 ticks. */
const TICK_TOLERANCE = 1e-6;

/**
 * Limit of a post-only order, one basis point of mid inside the spread from its own side and never crossing (semantics §11):
 * SELL `max(bestBid + tick, ceilToTick(bestAsk - mid*1e-4))`, BUY `min(bestAsk - tick, floorToTick(bestBid + mid*1e-4))`.
 * At a spread of one tick that joins the touch. Computed in whole ticks, where `ceil(ask - x) = ask - floor(x)`, so no
 * binary fraction can move it over a tick; a touch that is off the ticks is widened to them.
 *
 * @param side - BUY or SELL.
 * @param bidPx - quote currency.
 * @param askPx - quote currency.
 * @param tickPx - price step, > 0.
 * @returns quote currency, the double nearest to that multiple of the tick; NaN without a bid below an ask.
 */
export function postOnlyLimitPx(side: number, bidPx: number, askPx: number, tickPx: number): number {
  if (!(bidPx > 0 && askPx > bidPx && askPx < Number.POSITIVE_INFINITY)) return Number.NaN;
  const bidTicks = Math.floor(bidPx / tickPx + TICK_TOLERANCE);
  const askTicks = Math.ceil(askPx / tickPx - TICK_TOLERANCE);
  const insideTicks = Math.floor((bidTicks + askTicks) / TWO_MIDS_PER_BASIS_POINT);
  const limitTicks =
    side === BUY ? Math.min(askTicks - 1, bidTicks + insideTicks) : Math.max(bidTicks + 1, askTicks - insideTicks);
  return limitTicks > 0 ? multipleOfStep(limitTicks, tickPx) : Number.NaN;
}

/**
 * `count * step` as the double nearest to the decimal number: a step below 1 is taken by its whole reciprocal, where
 * `7 * 0.1` is 0.7 and not 0.7000000000000001.
 * @param step - > 0.
 */
export function multipleOfStep(count: number, step: number): number {
  const reciprocal = Math.round(1 / step);
  const isWhole = step < 1 && Math.abs(reciprocal * step - 1) < 1e-9;
  return isWhole ? count / reciprocal : count * step;
}
