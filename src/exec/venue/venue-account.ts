import type { Stateful, StateWalk } from '../../model/state-walk.ts';

/**
 * Fees as fractions of notional; a positive rate is a cost (semantics §4.3). The names are printed in reports.
 */
export interface FeeSchedule {
  readonly name: string;
  readonly makerFee: number;
  readonly takerFee: number;
}

/** Plain account on Binance USD-M, 2026: what routed replay charges unless told otherwise (semantics §11). */
export const BINANCE_VIP0: FeeSchedule = { name: 'binance-vip0', makerFee: 0.0002, takerFee: 0.0005 };

/**
 * The account that the venue keeps: one net position per asset (one-way mode) and the cash that fills, fees and funding
 * have moved. Sizes in lots of the asset; money in quote currency. It starts at zero: what is there beyond that is the
 * trader's business.
 */
export class VenueAccount implements Stateful {
  private readonly schedule: FeeSchedule;
  private readonly lots: Float64Array;
  private readonly costs: Float64Array;
  /** Σ of -side * price * size over all fills: what the positions have cost, gains and losses included. */
  cashFromFills = 0;
  /** Σ of fees; > 0 has been paid. */
  feesPaid = 0;
  /** Σ of funding; > 0 has been paid. */
  fundingPaid = 0;

  constructor(assets: number, schedule: FeeSchedule) {
    this.schedule = schedule;
    this.lots = new Float64Array(assets);
    this.costs = new Float64Array(assets);
  }

  /** Signed size of the position, lots. */
  positionLots(assetIndex: number): number {
    return this.lots[assetIndex] as number;
  }

  /** Signed cost of the position at its mean entry price, quote currency; 0 when flat. */
  costOf(assetIndex: number): number {
    return this.costs[assetIndex] as number;
  }

  /**
   * Books a fill.
   * @param side - +1 bought, -1 sold.
   * @param lots - > 0.
   * @param notional - price * size, quote currency.
   * @returns the fee, quote currency; > 0 is paid.
   */
  fill(assetIndex: number, side: number, lots: number, notional: number, isMaker: boolean): number {
    this.cashFromFills -= side * notional;
    const fee = notional * (isMaker ? this.schedule.makerFee : this.schedule.takerFee);
    this.feesPaid += fee;
    this.moveCost(assetIndex, side * lots, side * notional);
    return fee;
  }

  /**
   * Settles funding on a position: longs pay a positive rate, shorts receive it.
   * @param positionNotional - signed, at the mark price; NaN, of an unknown one, settles nothing.
   * @returns what the position paid, quote currency; < 0 is received, 0 when nothing was settled.
   */
  settleFunding(assetIndex: number, positionNotional: number, rate: number): number {
    const payment = positionNotional * rate;
    if (this.positionLots(assetIndex) === 0 || !(Math.abs(payment) > 0)) return 0;
    this.fundingPaid += payment;
    return payment;
  }

  walkState(walk: StateWalk): void {
    const span = { base: 0, count: this.lots.length };
    walk.doubles('lots', this.lots, span);
    walk.doubles('costs', this.costs, span);
    this.cashFromFills = walk.number('cashFromFills', this.cashFromFills);
    this.feesPaid = walk.number('feesPaid', this.feesPaid);
    this.fundingPaid = walk.number('fundingPaid', this.fundingPaid);
  }

  /** Additions carry their cost, reductions take theirs in proportion, a turn starts anew at the fill's price. */
  private moveCost(assetIndex: number, lots: number, cost: number): void {
    const before = this.lots[assetIndex] as number;
    const after = before + lots;
    this.lots[assetIndex] = after;
    if (after === 0) this.costs[assetIndex] = 0;
    else if (before * lots >= 0) this.costs[assetIndex] = (this.costs[assetIndex] as number) + cost;
    else if (before * after > 0) this.costs[assetIndex] = (this.costs[assetIndex] as number) * (after / before);
    else this.costs[assetIndex] = cost * (after / lots);
  }
}
