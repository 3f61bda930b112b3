import { IRREGULARITY_NAMES } from '../../src/exec/irregularities.ts';
import { REPORT_CANCELED, REPORT_EXPIRED, REPORT_FILLED, REPORT_REJECTED } from '../../src/model/execution-report.ts';
import {
  TAPE_CANCEL,
  TAPE_FIELDS,
  TAPE_IRREGULAR,
  TAPE_QUERY,
  TAPE_REPORT,
  TAPE_SUBMIT,
  TAPE_VENUE_EVENT,
  type TapeKind,
  type TapeSink,
} from '../../src/model/execution-tape.ts';
import { ORDER_LIMIT_POST_ONLY } from '../../src/model/order.ts';
import { nsBetween } from '../../src/model/time.ts';
import {
  REJECT_POST_ONLY,
  VENUE_ACCEPTED,
  VENUE_CANCEL_UNKNOWN,
  VENUE_DISCONNECTED,
  VENUE_FILL,
  VENUE_FUNDING,
  VENUE_REJECTED,
  VENUE_SUBMIT_UNKNOWN,
} from '../../src/model/venue.ts';
import { requireThat } from './violation.ts';

/** Faults as execution met them, by name; what was drawn and met nobody is not in it. */
export const FAULTS_MET = [
  'fillBeforeAck',
  'lateAck',
  'fillAcrossCancel',
  'lostSubmitAnswer',
  'lostCancelAnswer',
  'duplicateReport',
  'disconnect',
  'rejected',
  'postOnlyRejected',
] as const;
export type FaultMet = (typeof FAULTS_MET)[number];

const ORDER_ENDS: readonly number[] = [REPORT_FILLED, REPORT_CANCELED, REPORT_EXPIRED, REPORT_REJECTED];
/** An acceptance that is told this much after it was given is late, ns. */
const LATE_ACK_NS = 1e9;

/** Who knows what orders may be made of an intent. */
export interface OrderJudge {
  /** @throws Violation for an order that may not be. */
  onOrder(intentSequence: number, side: number, qty: number, isReduceOnly: boolean): void;
}

/** What is known of one order from the tape. */
interface WatchedOrder {
  readonly intentSequence: number;
  isAcknowledged: boolean;
  isCanceling: boolean;
}

// Places of the values that are looked at.
const AT = {
  submit: placesOf(TAPE_SUBMIT),
  reference: placesOf(TAPE_CANCEL),
  report: placesOf(TAPE_REPORT),
  event: placesOf(TAPE_VENUE_EVENT),
};

/**
 * Reads the tape of the execution machine as it is written: orders and their numbers, trades by their ids, faults. What it
 * makes of the trades owes nothing to the machine that books them.
 */
export class VenueWatch implements TapeSink {
  orders = 0;
  limits = 0;
  cancels = 0;
  queries = 0;
  readonly faults: Record<FaultMet, number>;
  readonly irregularities: Record<string, number> = {};
  /** Paid, quote currency: every funding payment once. */
  funding = 0;
  private readonly judge: OrderJudge;
  private readonly known = new Map<number, WatchedOrder>();
  private readonly trades = new Set<number>();
  private readonly aliveOrders = new Map<number, number>();
  private readonly positions: Float64Array;

  constructor(assets: number, judge: OrderJudge) {
    this.judge = judge;
    this.positions = new Float64Array(assets);
    this.faults = Object.fromEntries(FAULTS_MET.map((name) => [name, 0])) as Record<FaultMet, number>;
  }

  /** Signed position by the trades that the venue told of, each once, base units. */
  toldQty(assetIndex: number): number {
    return this.positions[assetIndex] as number;
  }

  write(kind: TapeKind, values: Float64Array): void {
    if (kind === TAPE_SUBMIT) this.onSubmit(values);
    else if (kind === TAPE_VENUE_EVENT) this.onEvent(values);
    else if (kind === TAPE_CANCEL) this.onCancel(values[AT.reference.clientOrderSeq] as number);
    else if (kind === TAPE_REPORT) this.onReport(values);
    else if (kind === TAPE_QUERY) this.queries++;
    else if (kind === TAPE_IRREGULAR) this.onIrregular(values[0] as number);
  }

  private onSubmit(values: Float64Array): void {
    const at = AT.submit;
    const order = values[at.clientOrderSeq] as number;
    const intent = values[at.intentSequence] as number;
    requireThat(!this.known.has(order), 'no order id is used twice', { order });
    const alive = this.aliveOrders.get(intent);
    requireThat(alive === undefined, 'one order of an intent lives at a time', { intent, alive, order });
    const isReduceOnly = values[at.isReduceOnly] === 1;
    this.judge.onOrder(intent, values[at.side] as number, values[at.qty] as number, isReduceOnly);
    this.known.set(order, { intentSequence: intent, isAcknowledged: false, isCanceling: false });
    this.aliveOrders.set(intent, order);
    this.orders++;
    if (values[at.type] === ORDER_LIMIT_POST_ONLY) this.limits++;
  }

  private onCancel(seq: number): void {
    const order = this.known.get(seq);
    requireThat(order !== undefined, 'only orders that were sent are canceled', { order: seq });
    if (order !== undefined) order.isCanceling = true;
    this.cancels++;
  }

  private onReport(values: Float64Array): void {
    if (!ORDER_ENDS.includes(values[AT.report.kind] as number)) return;
    const seq = values[AT.report.clientOrderSeq] as number;
    const order = this.known.get(seq);
    if (order !== undefined && this.aliveOrders.get(order.intentSequence) === seq) {
      this.aliveOrders.delete(order.intentSequence);
    }
  }

  private onIrregular(code: number): void {
    const name = IRREGULARITY_NAMES[code] as string;
    this.irregularities[name] = (this.irregularities[name] ?? 0) + 1;
  }

  private onEvent(values: Float64Array): void {
    const { faults } = this;
    const order = this.known.get(values[AT.event.clientOrderSeq] as number);
    switch (values[AT.event.kind]) {
      case VENUE_FILL:
        this.onFill(values, order);
        break;
      case VENUE_ACCEPTED:
        if (order !== undefined) this.onAccepted(values, order);
        break;
      case VENUE_FUNDING:
        if (this.isNewTrade(values)) this.funding += values[AT.event.fee] as number;
        break;
      case VENUE_SUBMIT_UNKNOWN:
        faults.lostSubmitAnswer++;
        break;
      case VENUE_CANCEL_UNKNOWN:
        faults.lostCancelAnswer++;
        break;
      case VENUE_DISCONNECTED:
        faults.disconnect++;
        break;
      case VENUE_REJECTED:
        if (values[AT.event.code] === REJECT_POST_ONLY) faults.postOnlyRejected++;
        else faults.rejected++;
        break;
    }
  }

  private onFill(values: Float64Array, order: WatchedOrder | undefined): void {
    if (!this.isNewTrade(values)) {
      this.faults.duplicateReport++;
      return;
    }
    const at = AT.event;
    const asset = values[at.assetIndex] as number;
    const signed = (values[at.side] as number) * (values[at.lastQty] as number);
    this.positions[asset] = (this.positions[asset] as number) + signed;
    if (order?.isAcknowledged === false) this.faults.fillBeforeAck++;
    if (order?.isCanceling === true) this.faults.fillAcrossCancel++;
  }

  private onAccepted(values: Float64Array, order: WatchedOrder): void {
    const at = AT.event;
    order.isAcknowledged = true;
    const sinceNs = nsBetween(
      values[at.tsEventDay] as number,
      values[at.tsEventNsOfDay] as number,
      values[at.tsRecvDay] as number,
      values[at.tsRecvNsOfDay] as number,
    );
    if (sinceNs > LATE_ACK_NS) this.faults.lateAck++;
  }

  private isNewTrade(values: Float64Array): boolean {
    const id = values[AT.event.tradeId] as number;
    if (this.trades.has(id)) return false;
    this.trades.add(id);
    return true;
  }
}

/** The place of each value of a kind of record, by name. */
function placesOf<K extends TapeKind>(kind: K): Readonly<Record<(typeof TAPE_FIELDS)[K][number], number>> {
  const places = TAPE_FIELDS[kind].map((field, place) => [field, place]);
  return Object.fromEntries(places) as Record<(typeof TAPE_FIELDS)[K][number], number>;
}
