import { VENUE_MODELS, type VenueModel } from '../../model/fill-mode.ts';
import type { Instrument } from '../../model/instrument.ts';
import { fieldsOf, isNumber, refuse, requireList } from './run-input-fields.ts';

/**
 * What the execution and the simulated venue of a routed run are made from. It stands in the header of every segment as it
 * is: whatever else makes the session is a field of it too, in plain values.
 */
export interface RoutedInputs {
  readonly venue: VenueModel;
  /** By asset index. */
  readonly instruments: readonly Instrument[];
  /** Of the venue's randomness. */
  readonly seed: number;
  /** Of the client order ids. */
  readonly runEpoch: number;
  /** Quote currency. */
  readonly initialCapital: number;
  readonly maxLeverage: number;
  /** From scan to scan. */
  readonly barIntervalMs: number;
  readonly latency: object;
  readonly faults: object;
}

const NUMBERS = ['seed', 'runEpoch', 'initialCapital', 'maxLeverage', 'barIntervalMs'] as const;

/**
 * The routed part of a header's run inputs.
 * @throws InputError naming the field, its value and the rule when it is not whole.
 */
export function decodeRoutedInputs(value: unknown): RoutedInputs {
  const fields = fieldsOf(value, 'routed');
  const { venue, instruments, latency, faults } = fields;
  if (!VENUE_MODELS.includes(venue as VenueModel)) refuse('routed.venue', venue, `one of ${VENUE_MODELS.join(', ')}`);
  for (const name of NUMBERS) if (!isNumber(fields[name])) refuse(`routed.${name}`, fields[name], 'a number');
  requireList(instruments, 'routed.instruments').forEach((instrument, index) => {
    fieldsOf(instrument, `routed.instruments[${index}]`);
  });
  fieldsOf(latency, 'routed.latency');
  fieldsOf(faults, 'routed.faults');
  requirePresent(fields, 'routed');
  return fields as unknown as RoutedInputs;
}

/** JSON makes null of a number that is none: nothing here may be missing. */
function requirePresent(value: unknown, name: string): void {
  if (value === null) refuse(name, value, 'a value');
  if (typeof value !== 'object') return;
  for (const [key, inner] of Object.entries(value as object)) requirePresent(inner, `${name}.${key}`);
}
