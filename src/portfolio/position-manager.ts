import { LONG, SHORT } from '../model/direction.ts';
import { isValidPrice } from '../model/price.ts';
import { MAX_COUNT, type Stateful, type StateWalk } from '../model/state-walk.ts';
import { PositionLegs, sumWithoutRounding } from './position-manager-legs.ts';

/** Netting: one net position per asset. Hedging: a LONG and a SHORT leg per asset, side by side. */
export type PositionMode = 'netting' | 'hedging';

/** A fill as the venue reports it; it may be a reused record. */
export interface PositionFill {
  readonly assetIndex: number;
  /** +1 bought, -1 sold. */
  readonly side: number;
  /** Hedging: leg that it belongs to, LONG or SHORT. Netting: not read. */
  readonly leg: number;
  /** Base units, > 0. */
  readonly qty: number;
  /** Quote currency. */
  readonly price: number;
  /** USDT; a cost is positive, a rebate negative. */
  readonly fee: number;
}

/** Answers of {@link PositionManager.onFill}. A refused fill changes nothing but its counter. */
export const FILL_APPLIED = 0;
/** Unknown asset, side or leg, quantity or price not valid, fee not finite. */
export const FILL_INVALID = -1;
/** Hedging: it would reduce its leg below nothing, which a venue never does: our book and the venue's differ. */
export const FILL_EXCEEDS_LEG = -2;

/**
 * Positions and money of one account as the fills make them. Linear contracts: cash moves by realised gains, fees and
 * funding only, never by notional. Two laws hold after every fill, in both modes:
 *
 *   position = sum of signed fill quantities
 *   wallet + unrealised = initial - sum of (signed quantity x price) + position x mark - fees + funding
 *
 * Every fill is applied: whoever calls leaves out duplicates (by trade id). Allocates once.
 */
export class PositionManager implements Stateful {
  readonly mode: PositionMode;
  /** Initial cash + realised - fees + funding, USDT. */
  walletBalance: number;
  /** Realised, gross of fees and funding, USDT. */
  pnlRealized = 0;
  /** Paid so far, USDT; negative when rebates outweigh. */
  fees = 0;
  /** Received so far, USDT; negative when more was paid. */
  funding = 0;
  /** Refused fills. Each one is an incident: reconcile with the venue. */
  fillsRefused = 0;

  private readonly assets: number;
  private readonly legs: PositionLegs;
  private readonly markPx: Float64Array;

  /** @param initialCash - USDT. */
  constructor(assets: number, mode: PositionMode, initialCash: number) {
    this.assets = assets;
    this.mode = mode;
    this.walletBalance = initialCash;
    this.legs = new PositionLegs(2 * assets);
    this.markPx = new Float64Array(assets).fill(Number.NaN);
  }

  /** Takes one fill. An asset that was never marked is marked at the fill's price. */
  onFill(fill: PositionFill): number {
    const answer = this.judge(fill);
    if (answer !== FILL_APPLIED) {
      this.fillsRefused++;
      return answer;
    }
    const realized = this.legs.add(this.legOf(fill), fill.side * fill.qty, fill.price);
    this.pnlRealized += realized;
    this.fees += fill.fee;
    this.walletBalance += realized - fill.fee;
    if (Number.isNaN(this.markPx[fill.assetIndex]!)) this.markPx[fill.assetIndex] = fill.price;
    return FILL_APPLIED;
  }

  /**
   * Settles a funding rate on what is open: with a positive rate LONG pays SHORT.
   * @param rate - a fraction per interval.
   * @returns USDT received, negative when paid.
   */
  onFundingRate(asset: number, rate: number, markPx: number): number {
    const received = -this.qty(asset) * markPx * rate || 0; // never -0
    this.onFundingReceived(received);
    return received;
  }

  /** Books a funding amount as the venue states it, USDT; negative when paid. */
  onFundingReceived(amount: number): void {
    this.funding += amount;
    this.walletBalance += amount;
  }

  /** Marks an asset; a price that is not valid is ignored, the last one stays. */
  mark(asset: number, price: number): void {
    if (isValidPrice(price)) this.markPx[asset] = price;
  }

  /** Net position of an asset, base units, signed. */
  qty(asset: number): number {
    return sumWithoutRounding(this.legs.qty[2 * asset]!, this.legs.qty[2 * asset + 1]!);
  }

  /** Signed quantity of a leg. Netting: the net position under either side. */
  legQty(asset: number, leg: number): number {
    return this.legs.qty[this.legIndex(asset, leg)]!;
  }

  /** Volume-weighted price of what is open; NaN while flat. Netting: under either side. */
  priceEntryAvg(asset: number, leg: number): number {
    return this.legs.priceEntryAvg[this.legIndex(asset, leg)]!;
  }

  /** Gain at the marks of everything that is open, USDT. */
  pnlUnrealized(): number {
    let sum = 0;
    for (let leg = 0; leg < 2 * this.assets; leg++) sum += this.legs.pnlUnrealized(leg, this.markPx[leg >> 1]!);
    return sum;
  }

  /** Wallet plus unrealised gain, USDT. */
  equity(): number {
    return this.walletBalance + this.pnlUnrealized();
  }

  /** Sum of |quantity| x mark over all legs, USDT: both legs of a hedge count. */
  grossNotional(): number {
    let sum = 0;
    for (let leg = 0; leg < 2 * this.assets; leg++) {
      const qty = this.legs.qty[leg]!;
      if (qty !== 0) sum += Math.abs(qty) * this.markPx[leg >> 1]!;
    }
    return sum;
  }

  walkState(walk: StateWalk): void {
    this.walletBalance = walk.number('walletBalance', this.walletBalance);
    this.pnlRealized = walk.number('pnlRealized', this.pnlRealized);
    this.fees = walk.number('fees', this.fees);
    this.funding = walk.number('funding', this.funding);
    this.fillsRefused = walk.count('fillsRefused', this.fillsRefused, MAX_COUNT);
    walk.part('legs', this.legs);
    walk.doubles('markPx', this.markPx, { base: 0, count: this.assets });
  }

  private judge(fill: PositionFill): number {
    const { assetIndex, side, leg, qty, price, fee } = fill;
    const isAsset = Number.isInteger(assetIndex) && assetIndex >= 0 && assetIndex < this.assets;
    const isSided = Math.abs(side) === 1 && (this.mode === 'netting' || Math.abs(leg) === 1);
    if (!isAsset || !isSided || !isValidPrice(qty) || !isValidPrice(price) || !Number.isFinite(fee)) {
      return FILL_INVALID;
    }
    if (this.mode === 'netting' || side === leg) return FILL_APPLIED;
    const remaining = sumWithoutRounding(this.legQty(assetIndex, leg), side * qty);
    return remaining * leg < 0 ? FILL_EXCEEDS_LEG : FILL_APPLIED;
  }

  private legOf(fill: PositionFill): number {
    return this.legIndex(fill.assetIndex, fill.leg);
  }

  private legIndex(asset: number, leg: number): number {
    return this.mode === 'hedging' && leg === SHORT ? 2 * asset + 1 : 2 * asset;
  }
}

/** Leg of a hedging account that an order works on: opening adds to its own side, closing takes from the other. */
export function legOfOrder(side: number, isReduceOnly: boolean): number {
  const isLong = side > 0 !== isReduceOnly;
  return isLong ? LONG : SHORT;
}
