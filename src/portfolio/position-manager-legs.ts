import type { Stateful, StateWalk } from '../model/state-walk.ts';

/** A remainder below this share of what was added up is rounding, not a position: 0.1 + 0.2 - 0.3 is flat. */
const ROUNDING_FRAC = 1e-12;

/**
 * Open quantities by the average-price method, one leg per index: what increases a leg moves its average, what reduces
 * it realises against the average and leaves it alone, what goes through zero closes all and opens the rest at its own
 * price. Columns are read by whoever marks or reports them, and written here only.
 */
export class PositionLegs implements Stateful {
  /** Base units, signed: positive is LONG; 0 is flat. */
  readonly qty: Float64Array;
  /** Quote currency; NaN while flat. */
  readonly priceEntryAvg: Float64Array;
  /** Gross of fees and funding, USDT. */
  readonly pnlRealized: Float64Array;

  constructor(legs: number) {
    this.qty = new Float64Array(legs);
    this.priceEntryAvg = new Float64Array(legs).fill(Number.NaN);
    this.pnlRealized = new Float64Array(legs);
  }

  /**
   * Adds a fill to a leg.
   * @param signedQty - base units, positive when bought; not 0.
   * @param price - a valid price.
   * @returns what it realised, USDT.
   */
  add(leg: number, signedQty: number, price: number): number {
    const open = this.qty[leg]!;
    const after = sumWithoutRounding(open, signedQty);
    const average = this.priceEntryAvg[leg]!;
    const isIncrease = open * signedQty >= 0;
    const closed = isIncrease ? 0 : Math.min(Math.abs(open), Math.abs(signedQty));
    const realized = closed === 0 ? 0 : Math.sign(open) * (price - average) * closed;
    this.qty[leg] = after;
    this.pnlRealized[leg] = this.pnlRealized[leg]! + realized;
    this.priceEntryAvg[leg] = averageAfter(open, average, signedQty, price, after);
    return realized;
  }

  /** Gain of a leg at a price, USDT; 0 while flat or without a price. */
  pnlUnrealized(leg: number, price: number): number {
    const qty = this.qty[leg]!;
    return qty === 0 || Number.isNaN(price) ? 0 : (price - this.priceEntryAvg[leg]!) * qty;
  }

  walkState(walk: StateWalk): void {
    const span = { base: 0, count: this.qty.length };
    walk.doubles('qty', this.qty, span);
    walk.doubles('priceEntryAvg', this.priceEntryAvg, span);
    walk.doubles('pnlRealized', this.pnlRealized, span);
  }
}

function averageAfter(open: number, average: number, signedQty: number, price: number, after: number): number {
  if (after === 0) return Number.NaN;
  if (open === 0) return price;
  if (open * signedQty > 0) return (average * open + price * signedQty) / (open + signedQty);
  const hasFlipped = after * signedQty > 0;
  return hasFlipped ? price : average;
}

/** `a + b`, or 0 where nothing but rounding is left. */
export function sumWithoutRounding(a: number, b: number): number {
  const sum = a + b;
  return Math.abs(sum) <= ROUNDING_FRAC * Math.max(Math.abs(a), Math.abs(b)) ? 0 : sum;
}
