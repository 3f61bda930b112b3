import { z } from 'zod';

/* Values that stand in several places of a report. */

/** JSON has no NaN: a report writes null, and a reader takes it back as NaN. */
export const numberOrNaN = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);
export const count = z.int().nonnegative();
export const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a date YYYY-MM-DD');
export const isoTime = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/, 'must be an ISO 8601 time in UTC');
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits');
export const repriced = z.object({ roi: z.number(), profitFactor: z.number().nullable(), capital: z.number() });

/** An object in which every one of `keys` has a `value`. */
export function recordOf<Key extends string, Value extends z.ZodType>(keys: readonly Key[], value: Value) {
  return z.object(Object.fromEntries(keys.map((key) => [key, value])) as Record<Key, Value>);
}
