import type { ExecutionReport } from '../model/execution-report.ts';
import {
  INTENT_FIELDS,
  REFERENCE_FIELDS,
  REPORT_FIELDS,
  SUBMIT_FIELDS,
  VENUE_EVENT_FIELDS,
} from '../model/execution-tape.ts';
import type { Intent } from '../model/intent.ts';
import { createIntent } from '../model/intent.ts';
import type { OrderReference, OrderRequest } from '../model/order.ts';
import { createVenueEvent, type VenueEvent } from '../model/venue.ts';

/*
 * Records as the values of a tape record, and back: one double per field, in the order of the field lists. A flag is 0 or 1.
 */

export function intentInto(out: Float64Array, intent: Intent): void {
  for (let i = 0; i < INTENT_FIELDS.length; i++) out[i] = intent[INTENT_FIELDS[i]!];
}

export function venueEventInto(out: Float64Array, event: VenueEvent): void {
  for (let i = 0; i < VENUE_EVENT_FIELDS.length; i++) out[i] = event[VENUE_EVENT_FIELDS[i]!];
}

export function submitInto(out: Float64Array, request: OrderRequest): void {
  for (let i = 0; i < SUBMIT_FIELDS.length; i++) out[i] = Number(request[SUBMIT_FIELDS[i]!]);
}

export function referenceInto(out: Float64Array, reference: OrderReference): void {
  for (let i = 0; i < REFERENCE_FIELDS.length; i++) out[i] = reference[REFERENCE_FIELDS[i]!];
}

export function reportInto(out: Float64Array, report: ExecutionReport): void {
  for (let i = 0; i < REPORT_FIELDS.length; i++) out[i] = report[REPORT_FIELDS[i]!];
}

/** The decision of a record; stamps and its place among the engine's events are not on a tape. */
export function intentFrom(values: Float64Array): Intent {
  const intent = createIntent();
  for (let i = 0; i < INTENT_FIELDS.length; i++) intent[INTENT_FIELDS[i]!] = values[i]!;
  return intent;
}

export function venueEventFrom(values: Float64Array): VenueEvent {
  const event = createVenueEvent();
  for (let i = 0; i < VENUE_EVENT_FIELDS.length; i++) event[VENUE_EVENT_FIELDS[i]!] = values[i]!;
  return event;
}
