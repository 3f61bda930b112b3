/**
 * What execution tells the engine; codes stand in rings and journals. 1 to 6 are events of one order, 7 closes a frame in
 * lockstep, 8 and 9 are about a whole intent, 10 about a position.
 */
export const REPORT_ACCEPTED = 1;
export const REPORT_PARTIALLY_FILLED = 2;
export const REPORT_FILLED = 3;
export const REPORT_CANCELED = 4;
export const REPORT_EXPIRED = 5;
export const REPORT_REJECTED = 6;
/** `intentSequence` is the frame's; everything else means nothing. */
export const REPORT_STEP_DONE = 7;
/** We refused the order; `status` is the reason. */
export const REPORT_DENIED = 8;
/** The intent is at its end: no order of it can be filled any more, and every fill was told. `qtyCum` is what it filled. */
export const REPORT_INTENT_DONE = 9;
/**
 * Funding was settled on a position: `fee` is what was paid (negative: received), `lastPx` the mark price, `lastQty` the signed
 * size of the position in base units. No intent and no order: both -1.
 */
export const REPORT_FUNDING = 10;

/** One report: a reusable record, copied by whoever keeps it. */
export interface ExecutionReport {
  kind: number;
  intentSequence: number;
  /** -1 in INTENT_DONE, and in a DENIED that came before there was an order. */
  clientOrderSeq: number;
  assetIndex: number;
  /** Side of the order: BUY or SELL. */
  side: number;
  /** A fill: price and quantity of this trade, quote currency and base units. Funding: mark price, signed position. Else 0. */
  lastPx: number;
  lastQty: number;
  /** Filled so far by the whole intent, base units. */
  qtyCum: number;
  /** A fill, funding: paid, quote currency; negative for a rebate, or when received. Else 0. */
  fee: number;
  /** A fill: 1 maker, 0 taker; else 0. */
  isMaker: number;
  /** Venue's code or our reason; 0 when there is nothing to say. */
  status: number;
  /** When it happened. */
  tsEventDay: number;
  tsEventNsOfDay: number;
}

export function createExecutionReport(): ExecutionReport {
  return {
    kind: 0,
    intentSequence: -1,
    clientOrderSeq: -1,
    assetIndex: -1,
    side: 0,
    lastPx: 0,
    lastQty: 0,
    qtyCum: 0,
    fee: 0,
    isMaker: 0,
    status: 0,
    tsEventDay: 0,
    tsEventNsOfDay: 0,
  };
}

/** Where reports go, in order. The record is reused: copy it before returning. */
export interface ReportSink {
  report(report: ExecutionReport): void;
}
