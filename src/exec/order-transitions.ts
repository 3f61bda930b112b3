import {
  ORDER_ACCEPTED,
  ORDER_APPROVED,
  ORDER_CANCEL_IN_FLIGHT,
  ORDER_CANCEL_UNKNOWN,
  ORDER_CANCELED,
  ORDER_DENIED,
  ORDER_EXPIRED,
  ORDER_FILLED,
  ORDER_INTENT,
  ORDER_NONE,
  ORDER_PARTIALLY_FILLED,
  ORDER_REJECTED,
  ORDER_STATE_NAMES,
  ORDER_SUBMIT_UNKNOWN,
  ORDER_SUBMITTED,
} from '../model/order.ts';

/** What moves an order; codes stand in journals and are never renumbered. The first three and SEND_CANCEL are ours. */
export const EVENT_APPROVE = 1;
export const EVENT_DENY = 2;
export const EVENT_SUBMIT = 3;
export const EVENT_ACCEPT = 4;
/** A trade that leaves something of the order. */
export const EVENT_PARTIAL_FILL = 5;
/** The venue has filled all of it, whether or not we heard of every trade. */
export const EVENT_FILL = 6;
export const EVENT_CANCEL = 7;
export const EVENT_EXPIRE = 8;
export const EVENT_REJECT = 9;
export const EVENT_SEND_CANCEL = 10;
export const EVENT_CANCEL_REJECT = 11;
export const EVENT_SUBMIT_LOST = 12;
export const EVENT_CANCEL_LOST = 13;
/** A query found it working, untouched. */
export const EVENT_FOUND_OPEN = 14;
/** A query found it working, partially filled. */
export const EVENT_FOUND_PARTIAL = 15;
const EVENTS = 16;

type Row = Readonly<Record<number, number>>;

// What may arrive late or twice and then says nothing new stands in a row as its own state.
const FROM_SUBMITTED: Row = {
  [EVENT_ACCEPT]: ORDER_ACCEPTED,
  [EVENT_PARTIAL_FILL]: ORDER_PARTIALLY_FILLED,
  [EVENT_FILL]: ORDER_FILLED,
  [EVENT_CANCEL]: ORDER_CANCELED,
  [EVENT_EXPIRE]: ORDER_EXPIRED,
  [EVENT_REJECT]: ORDER_REJECTED,
  [EVENT_SEND_CANCEL]: ORDER_CANCEL_IN_FLIGHT,
  [EVENT_SUBMIT_LOST]: ORDER_SUBMIT_UNKNOWN,
  [EVENT_FOUND_OPEN]: ORDER_ACCEPTED,
  [EVENT_FOUND_PARTIAL]: ORDER_PARTIALLY_FILLED,
};

const FROM_CANCEL_IN_FLIGHT: Row = {
  [EVENT_ACCEPT]: ORDER_CANCEL_IN_FLIGHT,
  [EVENT_PARTIAL_FILL]: ORDER_CANCEL_IN_FLIGHT,
  [EVENT_FILL]: ORDER_FILLED,
  [EVENT_CANCEL]: ORDER_CANCELED,
  [EVENT_EXPIRE]: ORDER_EXPIRED,
  [EVENT_REJECT]: ORDER_REJECTED,
  // "No such order" may mean filled, canceled, or not there yet: only a query tells.
  [EVENT_CANCEL_REJECT]: ORDER_CANCEL_UNKNOWN,
  [EVENT_SUBMIT_LOST]: ORDER_CANCEL_IN_FLIGHT,
  [EVENT_CANCEL_LOST]: ORDER_CANCEL_UNKNOWN,
  [EVENT_FOUND_OPEN]: ORDER_CANCEL_IN_FLIGHT,
  [EVENT_FOUND_PARTIAL]: ORDER_CANCEL_IN_FLIGHT,
};

/** What may still come of an order that ended with a part of it filled, or none. */
const lateAfter = (state: number): Row => ({
  [EVENT_ACCEPT]: state,
  [EVENT_PARTIAL_FILL]: state,
  [EVENT_CANCEL_REJECT]: state,
  [EVENT_SUBMIT_LOST]: state,
  [EVENT_CANCEL_LOST]: state,
  [EVENT_FOUND_OPEN]: state,
  [EVENT_FOUND_PARTIAL]: state,
});

const ROWS: Readonly<Record<number, Row>> = {
  [ORDER_INTENT]: { [EVENT_APPROVE]: ORDER_APPROVED, [EVENT_DENY]: ORDER_DENIED },
  [ORDER_APPROVED]: { [EVENT_SUBMIT]: ORDER_SUBMITTED },
  [ORDER_DENIED]: {},
  [ORDER_SUBMITTED]: FROM_SUBMITTED,
  [ORDER_ACCEPTED]: {
    [EVENT_ACCEPT]: ORDER_ACCEPTED,
    [EVENT_PARTIAL_FILL]: ORDER_PARTIALLY_FILLED,
    [EVENT_FILL]: ORDER_FILLED,
    [EVENT_CANCEL]: ORDER_CANCELED,
    [EVENT_EXPIRE]: ORDER_EXPIRED,
    [EVENT_SEND_CANCEL]: ORDER_CANCEL_IN_FLIGHT,
    [EVENT_SUBMIT_LOST]: ORDER_ACCEPTED,
    [EVENT_FOUND_OPEN]: ORDER_ACCEPTED,
    [EVENT_FOUND_PARTIAL]: ORDER_PARTIALLY_FILLED,
  },
  [ORDER_PARTIALLY_FILLED]: {
    [EVENT_ACCEPT]: ORDER_PARTIALLY_FILLED,
    [EVENT_PARTIAL_FILL]: ORDER_PARTIALLY_FILLED,
    [EVENT_FILL]: ORDER_FILLED,
    [EVENT_CANCEL]: ORDER_CANCELED,
    [EVENT_EXPIRE]: ORDER_EXPIRED,
    [EVENT_SEND_CANCEL]: ORDER_CANCEL_IN_FLIGHT,
    [EVENT_SUBMIT_LOST]: ORDER_PARTIALLY_FILLED,
    [EVENT_FOUND_OPEN]: ORDER_PARTIALLY_FILLED,
    [EVENT_FOUND_PARTIAL]: ORDER_PARTIALLY_FILLED,
  },
  [ORDER_CANCEL_IN_FLIGHT]: FROM_CANCEL_IN_FLIGHT,
  [ORDER_SUBMIT_UNKNOWN]: FROM_SUBMITTED,
  [ORDER_CANCEL_UNKNOWN]: {
    ...FROM_CANCEL_IN_FLIGHT,
    [EVENT_ACCEPT]: ORDER_CANCEL_UNKNOWN,
    [EVENT_PARTIAL_FILL]: ORDER_CANCEL_UNKNOWN,
    [EVENT_SEND_CANCEL]: ORDER_CANCEL_IN_FLIGHT,
    [EVENT_SUBMIT_LOST]: ORDER_CANCEL_UNKNOWN,
    [EVENT_FOUND_OPEN]: ORDER_ACCEPTED,
    [EVENT_FOUND_PARTIAL]: ORDER_PARTIALLY_FILLED,
  },
  [ORDER_FILLED]: { ...lateAfter(ORDER_FILLED), [EVENT_FILL]: ORDER_FILLED },
  [ORDER_CANCELED]: { ...lateAfter(ORDER_CANCELED), [EVENT_CANCEL]: ORDER_CANCELED },
  [ORDER_EXPIRED]: { ...lateAfter(ORDER_EXPIRED), [EVENT_EXPIRE]: ORDER_EXPIRED },
  [ORDER_REJECTED]: {
    [EVENT_REJECT]: ORDER_REJECTED,
    [EVENT_CANCEL_REJECT]: ORDER_REJECTED,
    [EVENT_SUBMIT_LOST]: ORDER_REJECTED,
    [EVENT_CANCEL_LOST]: ORDER_REJECTED,
  },
};

const TABLE = compile();

/**
 * The one transition table of orders.
 * @returns the next state, which may be the same one (expected, and says nothing new); ORDER_NONE when the table has no such
 *   transition: whoever asked counts it and changes nothing.
 */
export function nextOrderState(state: number, event: number): number {
  return TABLE[state * EVENTS + event]!;
}

/** Names by code, for logs. */
export const ORDER_EVENT_NAMES = [
  'none',
  'approve',
  'deny',
  'submit',
  'accept',
  'partial fill',
  'fill',
  'cancel',
  'expire',
  'reject',
  'send cancel',
  'cancel reject',
  'submit lost',
  'cancel lost',
  'found open',
  'found partial',
] as const;

function compile(): Uint8Array {
  const table = new Uint8Array(ORDER_STATE_NAMES.length * EVENTS).fill(ORDER_NONE);
  for (const [state, row] of Object.entries(ROWS)) {
    for (const [event, next] of Object.entries(row)) table[Number(state) * EVENTS + Number(event)] = next;
  }
  return table;
}
