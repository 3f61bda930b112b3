import type { RecordCodec } from './codec.ts';

/** What execution tells the engine of one order (docs/glossary.md: accepted, filled, ...). Codes start at 1. */
export const REPORT_ACCEPTED = 1;
export const REPORT_PARTIALLY_FILLED = 2;
export const REPORT_FILLED = 3;
export const REPORT_CANCELED = 4;
export const REPORT_EXPIRED = 5;
export const REPORT_REJECTED = 6;
/** Execution is done with a frame; sent once per frame in lockstep. */
export const REPORT_STEP_DONE = 7;

/** One event of one order. */
export interface ReportRecord {
  /** Number in its ring, from 0; the ring gives it. */
  sequence: number;
  kind: number;
  /** Our number of the order; -1 in STEP_DONE. */
  clientOrderSeq: number;
  assetIndex: number;
  /** model/direction.ts. */
  direction: number;
  /** Price and quantity of this fill; 0 when the event is no fill. Quote currency, base units. */
  priceLast: number;
  qtyLast: number;
  /** Filled so far. */
  qtyCum: number;
  /** Quote currency; negative for a rebate. */
  fee: number;
  /** Venue time of the event. */
  tsEventDay: number;
  tsEventNsOfDay: number;
  /** The venue's own status or reject code; STEP_DONE: number of the frame. */
  status: number;
}

/** All fields as doubles, in the order of the interface. */
export const REPORT_CODEC: RecordCodec<ReportRecord> = {
  blank: () => ({
    sequence: 0,
    kind: 0,
    clientOrderSeq: -1,
    assetIndex: -1,
    direction: 0,
    priceLast: 0,
    qtyLast: 0,
    qtyCum: 0,
    fee: 0,
    tsEventDay: 0,
    tsEventNsOfDay: 0,
    status: 0,
  }),
  write(doubles, base, record, sequence) {
    doubles[base] = sequence;
    doubles[base + 1] = record.kind;
    doubles[base + 2] = record.clientOrderSeq;
    doubles[base + 3] = record.assetIndex;
    doubles[base + 4] = record.direction;
    doubles[base + 5] = record.priceLast;
    doubles[base + 6] = record.qtyLast;
    doubles[base + 7] = record.qtyCum;
    doubles[base + 8] = record.fee;
    doubles[base + 9] = record.tsEventDay;
    doubles[base + 10] = record.tsEventNsOfDay;
    doubles[base + 11] = record.status;
  },
  read(doubles, base, record) {
    record.sequence = doubles[base]!;
    record.kind = doubles[base + 1]!;
    record.clientOrderSeq = doubles[base + 2]!;
    record.assetIndex = doubles[base + 3]!;
    record.direction = doubles[base + 4]!;
    record.priceLast = doubles[base + 5]!;
    record.qtyLast = doubles[base + 6]!;
    record.qtyCum = doubles[base + 7]!;
    record.fee = doubles[base + 8]!;
    record.tsEventDay = doubles[base + 9]!;
    record.tsEventNsOfDay = doubles[base + 10]!;
    record.status = doubles[base + 11]!;
  },
};
