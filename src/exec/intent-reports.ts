import {
  createExecutionReport,
  REPORT_ACCEPTED,
  REPORT_CANCELED,
  REPORT_DENIED,
  REPORT_EXPIRED,
  REPORT_FILLED,
  REPORT_INTENT_DONE,
  REPORT_PARTIALLY_FILLED,
  REPORT_REJECTED,
  type ReportSink,
} from '../model/execution-report.ts';
import { INTENT_EXIT, type Intent } from '../model/intent.ts';
import { ORDER_CANCELED, ORDER_EXPIRED, ORDER_REJECTED } from '../model/order.ts';
import type { VenueEvent } from '../model/venue.ts';
import type { EventClock } from './event-clock.ts';
import type { Order } from './order.ts';
import { covers } from './quantity.ts';
import type { Work } from './work.ts';

/** Writes the reports of intents and their orders, stamped with what the clock says just happened. One reused record. */
export class IntentReports {
  private readonly clock: EventClock;
  private readonly sink: ReportSink;
  private readonly report = createExecutionReport();

  constructor(clock: EventClock, sink: ReportSink) {
    this.clock = clock;
    this.sink = sink;
  }

  /** An intent that is not worked at all: denied, and done with nothing. */
  refused(intent: Intent, reason: number): void {
    const side = intent.kind === INTENT_EXIT ? -intent.direction : intent.direction;
    this.about(intent.sequence, -1, intent.assetIndex, side);
    this.send(REPORT_DENIED, 0, reason);
    this.send(REPORT_INTENT_DONE, 0, 0);
  }

  /** An order of a work was denied before it was sent. */
  denied(work: Work, reason: number): void {
    this.about(work.intentSequence, -1, work.assetIndex, work.side);
    this.send(REPORT_DENIED, work.filledQty, reason);
  }

  accepted(order: Order, filledQty: number): void {
    this.aboutOrder(order);
    this.send(REPORT_ACCEPTED, filledQty, 0);
  }

  /** @param filledQty - of the whole intent, this trade included. */
  fill(order: Order, event: VenueEvent, filledQty: number): void {
    const { report } = this;
    this.aboutOrder(order);
    report.lastPx = event.lastPx;
    report.lastQty = event.lastQty;
    report.fee = event.fee;
    report.isMaker = event.isMaker;
    const isWhole = covers(order.filledQty, order.qty, order.lotQty);
    this.send(isWhole ? REPORT_FILLED : REPORT_PARTIALLY_FILLED, filledQty, 0);
    report.lastPx = 0;
    report.lastQty = 0;
    report.fee = 0;
    report.isMaker = 0;
  }

  /** An order is at its end; one that was filled has been reported with its last trade. */
  ended(order: Order, filledQty: number): void {
    this.aboutOrder(order);
    if (order.state === ORDER_CANCELED) this.send(REPORT_CANCELED, filledQty, 0);
    else if (order.state === ORDER_EXPIRED) this.send(REPORT_EXPIRED, filledQty, 0);
    else if (order.state === ORDER_REJECTED) this.send(REPORT_REJECTED, filledQty, order.code);
  }

  /** An intent is at its end. */
  done(work: Work): void {
    this.about(work.intentSequence, -1, work.assetIndex, work.side);
    this.send(REPORT_INTENT_DONE, work.filledQty, 0);
  }

  private aboutOrder(order: Order): void {
    this.about(order.intentSequence, order.seq, order.assetIndex, order.side);
  }

  private about(intentSequence: number, clientOrderSeq: number, assetIndex: number, side: number): void {
    const { report } = this;
    report.intentSequence = intentSequence;
    report.clientOrderSeq = clientOrderSeq;
    report.assetIndex = assetIndex;
    report.side = side;
  }

  private send(kind: number, qtyCum: number, status: number): void {
    const { report } = this;
    report.kind = kind;
    report.qtyCum = qtyCum;
    report.status = status;
    report.tsEventDay = this.clock.eventDay;
    report.tsEventNsOfDay = this.clock.eventNsOfDay;
    this.sink.report(report);
  }
}
