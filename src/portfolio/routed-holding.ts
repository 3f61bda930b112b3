import { MAX_COUNT, type Stateful, type StateWalk } from '../model/state-walk.ts';
import type { PositionView } from './open-position.ts';

/** States of a routed position (semantics §11); codes stand in snapshots. */
export const POSITION_FLAT = 0;
/** From the intent on; the position itself exists from the first fill. */
export const POSITION_ENTERING = 1;
export const POSITION_OPEN = 2;
export const POSITION_EXITING = 3;

/** What is left of a position below this share of what was entered is what binary fractions left. */
const RELATIVE_TOLERANCE = 1e-9;

/**
 * What a routed position is (semantics §11): the sums over its fills, and what follows from them. It is what its fills make
 * it: entry and exit are their volume-weighted prices, fees are theirs, the time it is held counts from the first of them.
 */
export abstract class RoutedHolding implements Stateful, PositionView {
  state = POSITION_FLAT;
  assetIndex = -1;
  direction = 0;
  /** Decision price of the entry, quote currency. */
  decisionPrice = Number.NaN;
  leverage = Number.NaN;
  bucket = 0;
  /** Base units, entered and left again. */
  qtyEntered = 0;
  qtyExited = 0;
  /** Quote currency. */
  entryNotional = 0;
  exitNotional = 0;
  /** Quote currency; negative for a rebate. */
  feesEntry = 0;
  feesExit = 0;
  /** Paid, quote currency; negative when received. */
  funding = 0;
  /** Of the first fill; bar by lifetime index. */
  entryBar = 0;
  entryDay = 0;
  entryNsOfDay = Number.NaN;
  /** Of the last exit fill. */
  exitDay = 0;
  exitNsOfDay = Number.NaN;
  /** Row of its trade in the log; kept for the owner. */
  tradeIndex = -1;
  /** Bars since the first fill: the bar after it is 1. */
  barsHeld = 0;
  /** Of the decided or working exit; 0 when there is none. */
  exitReason = 0;
  /** Entries that ended without a fill, over the run. */
  entriesUnfilled = 0;
  /** Fills and settlements that are not this position's: for reconciliation. */
  strayFills = 0;

  protected entryIntent = -1;
  protected exitIntent = -1;
  /** Reason of the last exit that was sent, or of what hastened it. */
  protected exitReasonSent = 0;
  /** Decision price of the last exit, and the sum of decision price x quantity over what was left. */
  protected exitDecisionPrice = Number.NaN;
  protected exitDecisionNotional = 0;

  get isFlat(): boolean {
    return this.state === POSITION_FLAT;
  }

  /** True from the intent of the entry until everything is left again. */
  get isOpen(): boolean {
    return this.state !== POSITION_FLAT;
  }

  /** Quote currency, entered. */
  get notional(): number {
    return this.entryNotional;
  }

  /** Base units, held now. */
  get qty(): number {
    return this.qtyOpen;
  }

  /** True from the first fill on: exits are asked. */
  get isHeld(): boolean {
    return this.state !== POSITION_FLAT && this.qtyOpen > 0;
  }

  /** Base units; exactly 0 when all of it is left. */
  get qtyOpen(): number {
    const open = this.qtyEntered - this.qtyExited;
    return open <= RELATIVE_TOLERANCE * this.qtyEntered ? 0 : open;
  }

  /** Volume-weighted price of the entry fills, quote currency; NaN before the first. */
  get entryPrice(): number {
    return this.entryNotional / this.qtyEntered;
  }

  /** Volume-weighted price of the exit fills, quote currency; NaN before the first. */
  get exitPrice(): number {
    return this.exitNotional / this.qtyExited;
  }

  /** Price at which what was left was decided to be left, quote currency: average by quantity; NaN before an exit fill. */
  get exitDecision(): number {
    return this.exitDecisionNotional / this.qtyExited;
  }

  /** Of a closed trade: gross less fees and funding, quote currency. */
  get pnl(): number {
    return this.direction * (this.exitNotional - this.entryNotional) - this.feesEntry - this.feesExit - this.funding;
  }

  /** What it would have made if the rest were left at `price` without a fee, quote currency; 0 before the first fill. */
  markedPnl(price: number): number {
    return this.pnl + this.direction * this.qtyOpen * price;
  }

  /** Signed return at `price` since entry, as a fraction; positive is a gain; NaN before the first fill. */
  change(price: number): number {
    return this.direction * (price / this.entryPrice - 1);
  }

  /** What a flat position was is in the log; only its counts stay. */
  walkState(walk: StateWalk): void {
    this.entriesUnfilled = walk.count('entriesUnfilled', this.entriesUnfilled, MAX_COUNT);
    this.strayFills = walk.count('strayFills', this.strayFills, MAX_COUNT);
    this.state = walk.integer('state', this.state);
    if (this.state === POSITION_FLAT) return;
    this.entryIntent = walk.number('entryIntent', this.entryIntent);
    this.exitIntent = walk.number('exitIntent', this.exitIntent);
    this.assetIndex = walk.integer('assetIndex', this.assetIndex);
    this.direction = walk.integer('direction', this.direction);
    this.decisionPrice = walk.number('decisionPrice', this.decisionPrice);
    this.leverage = walk.number('leverage', this.leverage);
    this.bucket = walk.integer('bucket', this.bucket);
    this.qtyEntered = walk.number('qtyEntered', this.qtyEntered);
    this.qtyExited = walk.number('qtyExited', this.qtyExited);
    this.entryNotional = walk.number('entryNotional', this.entryNotional);
    this.exitNotional = walk.number('exitNotional', this.exitNotional);
    this.feesEntry = walk.number('feesEntry', this.feesEntry);
    this.feesExit = walk.number('feesExit', this.feesExit);
    this.funding = walk.number('funding', this.funding);
    this.entryBar = walk.count('entryBar', this.entryBar, MAX_COUNT);
    this.entryDay = walk.integer('entryDay', this.entryDay);
    this.entryNsOfDay = walk.number('entryNsOfDay', this.entryNsOfDay);
    this.barsHeld = walk.count('barsHeld', this.barsHeld, MAX_COUNT);
    this.exitReason = walk.integer('exitReason', this.exitReason);
    this.exitReasonSent = walk.integer('exitReasonSent', this.exitReasonSent);
    this.exitDecisionPrice = walk.number('exitDecisionPrice', this.exitDecisionPrice);
    this.exitDecisionNotional = walk.number('exitDecisionNotional', this.exitDecisionNotional);
    this.exitDay = walk.integer('exitDay', this.exitDay);
    this.exitNsOfDay = walk.number('exitNsOfDay', this.exitNsOfDay);
    this.tradeIndex = walk.integer('tradeIndex', this.tradeIndex);
  }
}
