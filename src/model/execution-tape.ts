import type { ExecutionReport } from './execution-report.ts';
import type { OrderReference, OrderRequest } from './order.ts';
import type { VenueEvent } from './venue.ts';

/*
 * The tape of the execution machine: what it consumed, in order, what it asked for in the middle, and what it did. Its
 * inputs and answers alone make it again; what it did then must be the same. Codes stand in journals: never renumber.
 */

/** Input: a decision of the engine is worked, at the machine's present time. */
export const TAPE_INTENT = 1;
/** Input: time moves on, and the timers that are due fire. Written when it matters: a timer fires, or an input follows. */
export const TAPE_ADVANCE = 2;
/** Input: an event of the venue. */
export const TAPE_VENUE_EVENT = 3;
/** Input: working orders are abandoned. */
export const TAPE_ABANDON = 4;
/** Answer to a question of the machine: the touch of an asset. */
export const TAPE_TOUCH = 5;
/** Answer to a question of the machine: what the pre-trade check says of an order. */
export const TAPE_CHECK = 6;
/** Done: an order, a cancel, a query sent. */
export const TAPE_SUBMIT = 7;
export const TAPE_CANCEL = 8;
export const TAPE_QUERY = 9;
/** Done: a report to the engine. */
export const TAPE_REPORT = 10;
/** Done: something irregular was counted. */
export const TAPE_IRREGULAR = 11;

/** `scope` of TAPE_ABANDON: entries alone, or everything that works. */
export const ABANDON_ENTRIES = 0;
export const ABANDON_ALL = 1;

/** Fields of an order as it was sent. `isReduceOnly` 0 or 1. */
export const SUBMIT_FIELDS = [
  'clientOrderSeq',
  'intentSequence',
  'assetIndex',
  'side',
  'type',
  'limitPx',
  'referencePx',
  'qty',
  'isReduceOnly',
  'tsSentDay',
  'tsSentNsOfDay',
] as const satisfies readonly (keyof OrderRequest)[];

/** Fields of a cancel and of a query. */
export const REFERENCE_FIELDS = [
  'clientOrderSeq',
  'assetIndex',
  'tsSentDay',
  'tsSentNsOfDay',
] as const satisfies readonly (keyof OrderReference)[];

export const REPORT_FIELDS = [
  'kind',
  'intentSequence',
  'clientOrderSeq',
  'assetIndex',
  'side',
  'lastPx',
  'lastQty',
  'qtyCum',
  'fee',
  'isMaker',
  'status',
  'tsEventDay',
  'tsEventNsOfDay',
] as const satisfies readonly (keyof ExecutionReport)[];

export const VENUE_EVENT_FIELDS = [
  'kind',
  'runEpoch',
  'clientOrderSeq',
  'assetIndex',
  'side',
  'tradeId',
  'lastPx',
  'lastQty',
  'cumQty',
  'fee',
  'isMaker',
  'code',
  'tsEventDay',
  'tsEventNsOfDay',
  'tsRecvDay',
  'tsRecvNsOfDay',
] as const satisfies readonly (keyof VenueEvent)[];

/** Fields of an intent that are the decision. The rest of it is stamps and its place among the engine's events. */
export const INTENT_FIELDS = [
  'sequence',
  'kind',
  'direction',
  'reason',
  'assetIndex',
  'tsEventDay',
  'tsEventNsOfDay',
  'price',
  'qty',
  'notional',
  'leverage',
  'lifetimeBar',
] as const;

/** Names of the values of each kind, in order: one double each. */
export const TAPE_FIELDS = {
  [TAPE_INTENT]: INTENT_FIELDS,
  [TAPE_ADVANCE]: ['day', 'nsOfDay'],
  [TAPE_VENUE_EVENT]: VENUE_EVENT_FIELDS,
  [TAPE_ABANDON]: ['scope'],
  [TAPE_TOUCH]: ['assetIndex', 'bidPx', 'askPx'],
  [TAPE_CHECK]: ['clientOrderSeq', 'answer'],
  [TAPE_SUBMIT]: SUBMIT_FIELDS,
  [TAPE_CANCEL]: REFERENCE_FIELDS,
  [TAPE_QUERY]: REFERENCE_FIELDS,
  [TAPE_REPORT]: REPORT_FIELDS,
  [TAPE_IRREGULAR]: ['code', 'clientOrderSeq', 'state', 'event'],
} as const satisfies Record<number, readonly string[]>;

export type TapeKind = keyof typeof TAPE_FIELDS;

/** Longest record, in values. */
export const TAPE_VALUES_MAX = Math.max(...Object.values(TAPE_FIELDS).map((fields) => fields.length));

/** Where a tape is written, in order. */
export interface TapeSink {
  /**
   * @param values - reusable; its first `TAPE_FIELDS[kind].length` values count. To be copied by whoever keeps it.
   */
  write(kind: TapeKind, values: Float64Array): void;
}

/** A run that keeps no tape. */
export const NO_TAPE: TapeSink = { write: () => undefined };
