/** Kinds of intents: a decision to open or to close a position, or, with routed fills, about an order that works on it. */
export const INTENT_ENTRY = 1;
export const INTENT_EXIT = 2;
/** Routed fills: the working entry of the asset is to be canceled; what was filled stays. */
export const INTENT_CANCEL_ENTRY = 3;
/** Routed fills: the working exit of the asset goes to market at once, for the stronger `reason`. */
export const INTENT_HASTEN_EXIT = 4;
/** Lockstep (design §3): the engine is done with a frame; `sequence` is the frame's, everything else means nothing. */
export const INTENT_STEP_DONE = 5;
/** Lockstep: the engine has the frame of number `sequence` before it, in the slot of the bar ring at byte `eventSequence`. */
export const INTENT_STEP_BEGIN = 6;
/**
 * Routed fills: what execution may send from here on; `reason` is a code of risk/pre-trade-gate.ts, TRADING_ACTIVE or
 * TRADING_REDUCING. It concerns no asset.
 */
export const INTENT_TRADING_STATE = 7;
export type IntentKind =
  | typeof INTENT_ENTRY
  | typeof INTENT_EXIT
  | typeof INTENT_CANCEL_ENTRY
  | typeof INTENT_HASTEN_EXIT
  | typeof INTENT_STEP_DONE
  | typeof INTENT_STEP_BEGIN
  | typeof INTENT_TRADING_STATE;

/** A decision as it travels from the engine to execution: one reusable record, copied by whoever keeps it. */
export interface Intent {
  /** From 0, one per decided entry and one per decided exit of the whole run. */
  sequence: number;
  kind: number;
  /** -1 SHORT, +1 LONG: side of the position, for exits too. */
  direction: number;
  /** Exit reason code; 0 for entries. */
  reason: number;
  assetIndex: number;
  /** Venue time of the bar that decided. */
  tsEventDay: number;
  tsEventNsOfDay: number;
  /** Decision price, quote currency. */
  price: number;
  /** Base units. */
  qty: number;
  /** USDT at entry. */
  notional: number;
  leverage: number;
  /** Lifetime index of the bar that decided. */
  lifetimeBar: number;
  /** Number, from 0, of its own record among the engine's events: it may leave once the journal covers that. */
  eventSequence: number;
  /** Monotonic ns: of the frame that caused it, and of the decision. No part of the decision. */
  receivedNs: number;
  publishedNs: number;
  decidedNs: number;
}

export function createIntent(): Intent {
  return {
    sequence: 0,
    kind: 0,
    direction: 0,
    reason: 0,
    assetIndex: -1,
    tsEventDay: 0,
    tsEventNsOfDay: Number.NaN,
    price: Number.NaN,
    qty: Number.NaN,
    notional: Number.NaN,
    leverage: Number.NaN,
    lifetimeBar: 0,
    eventSequence: 0,
    receivedNs: Number.NaN,
    publishedNs: Number.NaN,
    decidedNs: Number.NaN,
  };
}

/** Where a machine's intents go. The record is reused: copy it before returning. */
export interface IntentSink {
  emit(intent: Intent): void;
}

/** Takes intents and forgets them: for runs that only ask for the engine's own account. */
export const DISCARD_INTENTS: IntentSink = { emit: () => undefined };
