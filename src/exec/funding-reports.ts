import { createExecutionReport, REPORT_FUNDING, type ReportSink } from '../model/execution-report.ts';
import { ORDER_NONE } from '../model/order.ts';
import { isValidPrice } from '../model/price.ts';
import { MAX_COUNT, type Stateful, type StateWalk } from '../model/state-walk.ts';
import type { VenueEvent } from '../model/venue.ts';
import { IRREGULAR_DUPLICATE_FILL, IRREGULAR_MALFORMED, type Irregularities } from './irregularities.ts';

/** Settlements that are remembered; a repeated telling is late by seconds, settlements are hours apart. */
const REMEMBERED = 1024;

/** Tells the engine of funding that the venue has settled: each settlement once, by its number. One reused record. */
export class FundingReports implements Stateful {
  private readonly sink: ReportSink;
  private readonly irregularities: Irregularities;
  private readonly report = createExecutionReport();
  /** Numbers of the last settlements: a ring. */
  private readonly ids = new Float64Array(REMEMBERED).fill(-1);
  private count = 0;

  constructor(sink: ReportSink, irregularities: Irregularities) {
    this.sink = sink;
    this.irregularities = irregularities;
    this.report.kind = REPORT_FUNDING;
  }

  /** @param event - a VENUE_FUNDING; one without a number, an amount, a mark price or a position is counted only. */
  onFunding(event: VenueEvent): void {
    const { report } = this;
    const isSettlement = event.tradeId >= 0 && Number.isFinite(event.fee) && Number.isFinite(event.lastQty);
    if (!isSettlement || !isValidPrice(event.lastPx) || event.assetIndex < 0) {
      this.irregularities.note(IRREGULAR_MALFORMED, -1, ORDER_NONE, event.kind);
      return;
    }
    if (this.ids.includes(event.tradeId)) {
      this.irregularities.note(IRREGULAR_DUPLICATE_FILL, -1, ORDER_NONE, event.kind);
      return;
    }
    this.ids[this.count++ % REMEMBERED] = event.tradeId;
    report.assetIndex = event.assetIndex;
    report.lastPx = event.lastPx;
    report.lastQty = event.lastQty;
    report.fee = event.fee;
    report.tsEventDay = event.tsEventDay;
    report.tsEventNsOfDay = event.tsEventNsOfDay;
    this.sink.report(report);
  }

  walkState(walk: StateWalk): void {
    this.count = walk.count('count', this.count, MAX_COUNT);
    if (walk.isReading) this.ids.fill(-1);
    walk.doubles('ids', this.ids, { base: 0, count: Math.min(this.count, REMEMBERED) });
  }
}
