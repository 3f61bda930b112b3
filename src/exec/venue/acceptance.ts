import type { Instrument } from '../../model/instrument.ts';
import { BUY, ORDER_LIMIT_POST_ONLY, type OrderRequest } from '../../model/order.ts';
import {
  REJECT_MIN_NOTIONAL,
  REJECT_NO_MARKET,
  REJECT_OFF_LOT,
  REJECT_OFF_TICK,
  REJECT_POST_ONLY,
  REJECT_REDUCE_ONLY,
} from '../../model/venue.ts';
import { StepGrid } from '../step-grid.ts';

/** An instrument as the matching uses it. */
export class InstrumentGrid {
  readonly instrument: Instrument;
  readonly ticks: StepGrid;
  readonly lots: StepGrid;

  constructor(instrument: Instrument) {
    this.instrument = instrument;
    this.ticks = new StepGrid(instrument.tickPx);
    this.lots = new StepGrid(instrument.lotQty);
  }
}

/** What the venue holds against an order at the moment of its arrival. */
export interface ArrivalMarket {
  /** Best price on the other side, our own resting orders included, ticks; NaN = none. */
  readonly farTicks: number;
  /** Price for notional checks, quote currency; NaN = no price of this asset. */
  readonly referencePx: number;
  /** Signed size of our position, lots. */
  readonly positionLots: number;
}

/**
 * The venue's filters, in this order: tick, lot, reduce-only, a price at all, smallest notional, post-only. Reduce-only
 * orders are exempt from the smallest notional, and may be larger than the position: fills are clamped to it.
 * @returns a REJECT_* code, or 0 when the order is accepted.
 */
export function rejectionOf(request: OrderRequest, grid: InstrumentGrid, market: ArrivalMarket): number {
  const { side, qty, limitPx, isReduceOnly } = request;
  const isLimit = request.type === ORDER_LIMIT_POST_ONLY;
  if (isLimit && !(limitPx > 0 && grid.ticks.holds(limitPx))) return REJECT_OFF_TICK;
  if (!(qty > 0 && qty < Number.POSITIVE_INFINITY && grid.lots.holds(qty))) return REJECT_OFF_LOT;
  if (isReduceOnly && !(market.positionLots * side < 0)) return REJECT_REDUCE_ONLY;
  if (Number.isNaN(market.referencePx)) return REJECT_NO_MARKET;
  const notional = qty * (isLimit ? limitPx : market.referencePx);
  if (!isReduceOnly && notional < grid.instrument.minNotional) return REJECT_MIN_NOTIONAL;
  if (isLimit && isCrossing(side, grid.ticks.toSteps(limitPx), market.farTicks)) return REJECT_POST_ONLY;
  return 0;
}

/** True when a limit would trade at once against the best price of the other side; NaN crosses nothing. */
function isCrossing(side: number, limitTicks: number, farTicks: number): boolean {
  return side === BUY ? limitTicks >= farTicks : limitTicks <= farTicks;
}
