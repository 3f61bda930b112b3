import {
  type ExecutionReport,
  REPORT_ACCEPTED,
  REPORT_CANCELED,
  REPORT_DENIED,
  REPORT_EXPIRED,
  REPORT_FILLED,
  REPORT_FUNDING,
  REPORT_INTENT_DONE,
  REPORT_PARTIALLY_FILLED,
  REPORT_REJECTED,
} from '../../src/model/execution-report.ts';
import type { Instrument } from '../../src/model/instrument.ts';
import {
  INTENT_CANCEL_ENTRY,
  INTENT_ENTRY,
  INTENT_EXIT,
  INTENT_HASTEN_EXIT,
  INTENT_TRADING_STATE,
  type Intent,
} from '../../src/model/intent.ts';
import { requireThat } from './violation.ts';

const KINDS: readonly number[] = [
  REPORT_ACCEPTED,
  REPORT_PARTIALLY_FILLED,
  REPORT_FILLED,
  REPORT_CANCELED,
  REPORT_EXPIRED,
  REPORT_REJECTED,
  REPORT_DENIED,
  REPORT_INTENT_DONE,
];
/** Of a quantity; what binary fractions may leave. */
const TOLERANCE = 1e-9;

/** What became of one intent that orders were made for. */
interface IntentAccount {
  readonly sequence: number;
  readonly isEntry: boolean;
  readonly assetIndex: number;
  /** Of its orders. */
  readonly side: number;
  readonly qty: number;
  filledQty: number;
  isDone: boolean;
}

/**
 * A second account of what the engine decided and what execution answered, kept from intents and reports alone, and asked
 * at each of them whether it can be.
 */
export class IntentLedger {
  entries = 0;
  exits = 0;
  cancels = 0;
  hastens = 0;
  denials = 0;
  fills = 0;
  makerFills = 0;
  partialFills = 0;
  /** Fills of intents that had ended: counted, and nobody's position. */
  lateFills = 0;
  /** Σ of -side * price * size, and Σ of fees, over all fills. */
  cashFromFills = 0;
  fees = 0;
  /** Funding: payments, and Σ of what was paid, quote currency. */
  fundingPayments = 0;
  funding = 0;
  /** Σ of price * size: what rounding is measured by. */
  turnover = 0;

  private readonly instruments: readonly Instrument[];
  /** By sequence; undefined for cancels and hastened exits, which have no end of their own. */
  private readonly intents: (IntentAccount | undefined)[] = [];
  /** Signed, base units: of live intents, and of late fills. */
  private readonly positions: Float64Array;
  private readonly strays: Float64Array;
  /** Largest intended quantity of each asset, base units. */
  private readonly largestQty: Float64Array;
  private nextSequence = 0;
  private open = 0;
  /** The entry whose position is held, or that works. */
  private entry: IntentAccount | undefined;

  constructor(instruments: readonly Instrument[]) {
    this.instruments = instruments;
    this.positions = new Float64Array(instruments.length);
    this.strays = new Float64Array(instruments.length);
    this.largestQty = new Float64Array(instruments.length);
  }

  /** Intents without an end. */
  get openIntents(): number {
    return this.open;
  }

  get intentCount(): number {
    return this.nextSequence;
  }

  /** Signed position of an asset by all fills that were reported, base units. */
  positionQty(assetIndex: number): number {
    return (this.positions[assetIndex] as number) + (this.strays[assetIndex] as number);
  }

  /** What is nothing beside the positions of this asset so far, base units. */
  toleranceQty(assetIndex: number): number {
    const { lotQty } = this.instruments[assetIndex] as Instrument;
    return lotQty > 0 ? lotQty / 4 : TOLERANCE * (this.largestQty[assetIndex] as number);
  }

  /** A decision leaves the engine. */
  onIntent(intent: Intent): void {
    requireThat(intent.sequence === this.nextSequence, 'intents are numbered without a gap', {
      expected: this.nextSequence,
      sequence: intent.sequence,
    });
    this.nextSequence++;
    if (intent.kind === INTENT_ENTRY) this.onEntry(intent);
    else if (intent.kind === INTENT_EXIT) this.onExit(intent);
    else if (intent.kind === INTENT_CANCEL_ENTRY) this.cancels++;
    else if (intent.kind === INTENT_HASTEN_EXIT) this.hastens++;
    else if (intent.kind !== INTENT_TRADING_STATE) requireThat(false, 'an intent has a kind', { kind: intent.kind });
  }

  /** An order is about to leave execution. */
  onOrder(intentSequence: number, side: number, qty: number, isReduceOnly: boolean): void {
    const account = this.intents[intentSequence];
    const facts = {
      intent: intentSequence,
      side,
      qty,
      isReduceOnly,
      intended: account?.qty,
      filled: account?.filledQty,
    };
    if (account === undefined || account.isDone) {
      requireThat(false, 'an order works for an intent that has not ended', facts);
      return;
    }
    requireThat(side === account.side, 'an order is on the side of its intent', facts);
    requireThat(isReduceOnly !== account.isEntry, 'exits, and they alone, are reduce-only', facts);
    const most = account.qty - account.filledQty + this.toleranceQty(account.assetIndex);
    requireThat(qty <= most, 'an order is for no more than is left of its intent', facts);
  }

  /** A report leaves execution. */
  onReport(report: ExecutionReport): void {
    if (report.kind === REPORT_FUNDING) {
      this.fundingPayments++;
      this.funding += report.fee;
      return;
    }
    const account = this.intents[report.intentSequence];
    requireThat(KINDS.includes(report.kind), 'a report has a kind', { kind: report.kind });
    if (account === undefined) {
      requireThat(false, 'a report is about an intent that was sent', { intent: report.intentSequence });
      return;
    }
    if (report.kind === REPORT_FILLED || report.kind === REPORT_PARTIALLY_FILLED) this.onFill(account, report);
    else if (report.kind === REPORT_INTENT_DONE) this.onDone(account, report);
    else {
      requireThat(!account.isDone, 'nothing but late fills comes after the end of an intent', {
        intent: account.sequence,
        kind: report.kind,
      });
      if (report.kind === REPORT_DENIED) this.denials++;
    }
  }

  private onEntry(intent: Intent): void {
    this.entries++;
    requireThat(this.open === 0, 'one entry at a time, and none while an exit works', {
      intent: intent.sequence,
      open: this.open,
    });
    for (let asset = 0; asset < this.positions.length; asset++) {
      const held = this.positions[asset] as number;
      requireThat(Math.abs(held) <= this.toleranceQty(asset), 'only a flat engine opens', { asset, held });
      this.positions[asset] = 0; // what binary fractions left
    }
    this.entry = this.begin(intent, intent.direction);
  }

  private onExit(intent: Intent): void {
    this.exits++;
    const held = this.positions[intent.assetIndex] as number;
    const facts = {
      intent: intent.sequence,
      asset: intent.assetIndex,
      direction: intent.direction,
      qty: intent.qty,
      held,
    };
    requireThat(this.open === 0, 'one exit at a time, and none while an entry works', facts);
    requireThat(held * intent.direction > 0, 'an exit leaves the position that is held', facts);
    requireThat(
      intent.qty <= Math.abs(held) + this.toleranceQty(intent.assetIndex),
      'an exit is no larger than the position',
      facts,
    );
    this.begin(intent, -intent.direction);
  }

  private begin(intent: Intent, side: number): IntentAccount {
    const { sequence, assetIndex, qty, price } = intent;
    const isSensible = qty > 0 && Number.isFinite(qty) && price > 0 && Number.isFinite(price) && Math.abs(side) === 1;
    requireThat(isSensible, 'an intent has a side, a price and a quantity', { intent: sequence, side, qty, price });
    const isEntry = intent.kind === INTENT_ENTRY;
    const account = { sequence, isEntry, assetIndex, side, qty, filledQty: 0, isDone: false };
    this.intents[sequence] = account;
    this.largestQty[assetIndex] = Math.max(qty, this.largestQty[assetIndex] as number);
    this.open++;
    return account;
  }

  private onFill(account: IntentAccount, report: ExecutionReport): void {
    const { assetIndex, side, lastPx, lastQty, fee } = report;
    const facts = { intent: account.sequence, asset: assetIndex, side, px: lastPx, qty: lastQty, fee };
    const isTrade = lastPx > 0 && lastQty > 0 && Number.isFinite(lastPx * lastQty * fee);
    requireThat(isTrade, 'a fill has a price, a quantity and a fee', facts);
    requireThat(
      assetIndex === account.assetIndex && side === account.side,
      'a fill is on the side of its intent',
      facts,
    );
    account.filledQty += lastQty;
    this.countFill(report);
    this.requireBounded(account);
    if (account.isDone) {
      this.lateFills++;
      this.strays[assetIndex] = (this.strays[assetIndex] as number) + side * lastQty;
      return;
    }
    this.positions[assetIndex] = (this.positions[assetIndex] as number) + side * lastQty;
    this.requireCumulative(account, report);
    this.requireSameSide(assetIndex);
  }

  private countFill(report: ExecutionReport): void {
    const notional = report.lastPx * report.lastQty;
    this.fills++;
    if (report.isMaker === 1) this.makerFills++;
    if (report.kind === REPORT_PARTIALLY_FILLED) this.partialFills++;
    this.cashFromFills -= report.side * notional;
    this.fees += report.fee;
    this.turnover += notional;
  }

  private onDone(account: IntentAccount, report: ExecutionReport): void {
    requireThat(!account.isDone, 'an intent ends once', { intent: account.sequence });
    account.isDone = true;
    this.open--;
    this.requireCumulative(account, report);
  }

  private requireBounded({ sequence, assetIndex, filledQty, qty }: IntentAccount): void {
    const most = qty + this.toleranceQty(assetIndex);
    requireThat(filledQty <= most, 'never more than was intended', { intent: sequence, filledQty, qty });
  }

  private requireCumulative(account: IntentAccount, { qtyCum }: ExecutionReport): void {
    const { sequence, filledQty, assetIndex } = account;
    const isEqual = Math.abs(qtyCum - filledQty) <= this.toleranceQty(assetIndex);
    requireThat(isEqual, 'what an intent filled is the sum of its fills', { intent: sequence, qtyCum, filledQty });
  }

  /** The position is on the side of the entry and no larger than it. */
  private requireSameSide(assetIndex: number): void {
    const { entry } = this;
    const signed = (this.positions[assetIndex] as number) * (entry?.side ?? 0);
    const tolerance = this.toleranceQty(assetIndex);
    const facts = { asset: assetIndex, signed, intended: entry?.qty };
    requireThat(entry !== undefined && signed >= -tolerance, 'an exit never turns the position', facts);
    requireThat(signed <= (entry?.qty ?? 0) + tolerance, 'a position is never above the intended size', facts);
  }
}
