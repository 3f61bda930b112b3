import { InputError } from '../model/input-error.ts';
import type { Instrument } from '../model/instrument.ts';
import {
  BUY,
  ORDER_LIMIT_POST_ONLY,
  ORDER_MARKET,
  type OrderRequest,
  PRE_TRADE_APPROVED,
  type PreTradeCheck,
  SELL,
} from '../model/order.ts';
import { isValidPrice } from '../model/price.ts';
import { MAX_COUNT, type Stateful, type StateWalk } from '../model/state-walk.ts';
import { NS_PER_MS } from '../model/time.ts';
import {
  DENIAL_REASONS,
  DENY_HALTED,
  DENY_LEVERAGE,
  DENY_NO_ORDER,
  DENY_NOTHING_TO_REDUCE,
  DENY_NOTIONAL_ABOVE_MAX,
  DENY_NOTIONAL_BELOW_MIN,
  DENY_ORDER_RATE,
  DENY_PRICE_OFF_TICK,
  DENY_QTY_OFF_LOT,
  DENY_REDUCES_TOO_MUCH,
  DENY_REDUCING,
} from './denial-reason.ts';
import { OrderRate } from './order-rate.ts';

/** Everything may trade. */
export const TRADING_ACTIVE = 0;
/** Cancels and reduce-only orders alone: what the operator's `halt` and `flatten` make. */
export const TRADING_REDUCING = 1;
/** Cancels alone: another process works the account, or our book and the venue's differ. */
export const TRADING_HALTED = 2;
export type TradingState = typeof TRADING_ACTIVE | typeof TRADING_REDUCING | typeof TRADING_HALTED;

const TRADING_STATES: readonly TradingState[] = [TRADING_ACTIVE, TRADING_REDUCING, TRADING_HALTED];
/** A multiple of a step, as doubles have it: a few roundings of the ratio. */
const STEP_ROUNDING = 1e-12;

/** What the check must know of the account, at the moment when it is asked. */
export interface RiskAccount {
  /** Signed position of an asset, base units. */
  qty(asset: number): number;
  /** What working reduce-only orders of an asset have not filled yet, base units, >= 0. */
  reducingQty(asset: number): number;
  /** |positions| at the marks plus working orders that increase them, USDT. */
  grossNotional(): number;
  /** Wallet plus unrealised gain, USDT. */
  equity(): number;
}

/** Nets below the sizing of the strategy: wider than what it asks for, so that only a fault meets them. */
export interface PreTradeLimits {
  /** Largest notional of an order that is not reduce-only, USDT; Infinity for none. */
  readonly maxOrderNotional: number;
  /** Gross notional of the account over its equity. */
  readonly maxLeverage: number;
  /** Orders within `rateWindowMs`. */
  readonly maxOrders: number;
  /** How many of them are kept for reduce-only orders. */
  readonly ordersKeptForReductions: number;
  readonly rateWindowMs: number;
}

/**
 * Asked before every order leaves (semantics §8). The first objection counts, in the order of the reason codes: trading
 * state, sense, precision, reduce-only, notional, leverage, rate. Reductions are exempt from notional and leverage, as
 * the venue exempts them from its minimum: what is open must be closable, however small, however deep the loss.
 *
 * An approved order counts for the rate; a denied one does not. Allocates once.
 */
export class PreTradeGate implements PreTradeCheck, Stateful {
  tradingState: TradingState = TRADING_ACTIVE;
  /** Answers so far, by code; index 0 counts approvals. */
  readonly answers = new Int32Array(DENIAL_REASONS);

  private readonly instruments: readonly Instrument[];
  private readonly limits: PreTradeLimits;
  private readonly account: RiskAccount;
  private readonly rate: OrderRate;

  /**
   * @param instruments - by asset index.
   * @throws InputError when a limit makes no sense.
   */
  constructor(instruments: readonly Instrument[], limits: PreTradeLimits, account: RiskAccount) {
    requireLimits(limits);
    this.instruments = instruments;
    this.limits = limits;
    this.account = account;
    this.rate = new OrderRate(limits.maxOrders, limits.rateWindowMs * NS_PER_MS);
  }

  check(request: OrderRequest): number {
    const answer = this.judge(request);
    if (this.answers[answer]! < MAX_COUNT) this.answers[answer]!++;
    if (answer === PRE_TRADE_APPROVED) this.rate.add(request.tsSentDay, request.tsSentNsOfDay);
    return answer;
  }

  walkState(walk: StateWalk): void {
    this.tradingState = walk.code('tradingState', this.tradingState, TRADING_STATES);
    walk.integers('answers', this.answers, { base: 0, count: DENIAL_REASONS });
    walk.part('rate', this.rate);
  }

  private judge(request: OrderRequest): number {
    if (this.tradingState === TRADING_HALTED) return DENY_HALTED;
    if (this.tradingState === TRADING_REDUCING && !request.isReduceOnly) return DENY_REDUCING;
    const instrument = this.instruments[request.assetIndex];
    if (instrument === undefined || !isSensible(request)) return DENY_NO_ORDER;
    const isLimit = request.type === ORDER_LIMIT_POST_ONLY;
    if (isLimit && !isMultipleOf(request.limitPx, instrument.tickPx)) return DENY_PRICE_OFF_TICK;
    if (!isMultipleOf(request.qty, instrument.lotQty)) return DENY_QTY_OFF_LOT;
    const objection = request.isReduceOnly ? this.judgeReduction(request) : this.judgeIncrease(request, instrument);
    return objection === PRE_TRADE_APPROVED ? this.judgeRate(request) : objection;
  }

  private judgeReduction({ assetIndex, side, qty }: OrderRequest): number {
    const open = -side * this.account.qty(assetIndex); // positive where the order works against the position
    if (!(open > 0)) return DENY_NOTHING_TO_REDUCE;
    const left = open - this.account.reducingQty(assetIndex);
    return qty <= left * (1 + STEP_ROUNDING) ? PRE_TRADE_APPROVED : DENY_REDUCES_TOO_MUCH;
  }

  private judgeIncrease({ qty, referencePx }: OrderRequest, instrument: Instrument): number {
    const notional = qty * referencePx;
    if (notional < instrument.minNotional) return DENY_NOTIONAL_BELOW_MIN;
    if (notional > this.limits.maxOrderNotional) return DENY_NOTIONAL_ABOVE_MAX;
    const allowed = this.limits.maxLeverage * this.account.equity();
    // Written so that a NaN denies: an account that cannot be valued opens nothing.
    return this.account.grossNotional() + notional <= allowed ? PRE_TRADE_APPROVED : DENY_LEVERAGE;
  }

  private judgeRate({ isReduceOnly, tsSentDay, tsSentNsOfDay }: OrderRequest): number {
    const { maxOrders, ordersKeptForReductions } = this.limits;
    const limit = isReduceOnly ? maxOrders : maxOrders - ordersKeptForReductions;
    return this.rate.isReached(limit, tsSentDay, tsSentNsOfDay) ? DENY_ORDER_RATE : PRE_TRADE_APPROVED;
  }
}

function isSensible({ side, type, qty, limitPx, referencePx }: OrderRequest): boolean {
  if (side !== BUY && side !== SELL) return false;
  if (!isValidPrice(qty) || !isValidPrice(referencePx)) return false;
  return type === ORDER_MARKET || (type === ORDER_LIMIT_POST_ONLY && isValidPrice(limitPx));
}

/** True when a positive value is a whole number of steps, as near as doubles can say; a step of 0 fits everything. */
export function isMultipleOf(value: number, step: number): boolean {
  if (step === 0) return true;
  const steps = value / step;
  const nearest = Math.round(steps);
  return nearest > 0 && Math.abs(steps - nearest) <= STEP_ROUNDING * nearest;
}

function requireLimits(limits: PreTradeLimits): void {
  const { maxOrders, ordersKeptForReductions, rateWindowMs, maxLeverage, maxOrderNotional } = limits;
  requireRule('maxOrders', maxOrders, Number.isInteger(maxOrders) && maxOrders >= 1, 'a whole number of at least 1');
  const isKept = Number.isInteger(ordersKeptForReductions) && ordersKeptForReductions >= 0;
  requireRule(
    'ordersKeptForReductions',
    ordersKeptForReductions,
    isKept && ordersKeptForReductions < maxOrders,
    `a whole number from 0, below maxOrders (${maxOrders})`,
  );
  requireRule('rateWindowMs', rateWindowMs, rateWindowMs > 0, 'positive');
  requireRule('maxLeverage', maxLeverage, maxLeverage > 0, 'positive');
  requireRule('maxOrderNotional', maxOrderNotional, maxOrderNotional > 0, 'positive');
}

function requireRule(name: string, value: number, isKept: boolean, rule: string): void {
  if (!isKept) throw new InputError(`${name} must be ${rule}, was ${value}`);
}
