import { z } from 'zod';
import { type JsonValue, parseExact } from './canonical-json.ts';

export type Decoded<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** JSON text of one kind of value, both ways. */
export interface Codec<T> {
  /** Never throws: a text that is not such a value comes back with the reason. */
  decode(text: string): Decoded<T>;
  /** Canonical JSON. */
  encode(value: T): string;
  /** What makes one value newer than another; NaN where it does not say. */
  orderOf(value: T): number;
}

/** Checks a text against a schema; the reason names the first field that breaks it. Unknown fields are other writers'. */
export function decodeWith<T>(schema: z.ZodType<T>, text: string): Decoded<T> {
  let parsed: unknown;
  try {
    parsed = parseExact(text);
  } catch {
    return { ok: false, reason: `not JSON: ${JSON.stringify(text.slice(0, 60))}` };
  }
  const checked = schema.safeParse(parsed);
  if (checked.success) return { ok: true, value: checked.data };
  const issue = checked.error.issues[0];
  return { ok: false, reason: `${issue?.path.join('.') || 'value'}: ${issue?.message ?? 'not valid'}` };
}

/** The value of `decoded` in another shape. */
export function mapDecoded<A, B>(decoded: Decoded<A>, change: (value: A) => B): Decoded<B> {
  return decoded.ok ? { ok: true, value: change(decoded.value) } : decoded;
}

/** A number, or NaN where the field is null or absent. */
export const numberOrNaN = z
  .number()
  .nullish()
  .transform((value) => value ?? Number.NaN);

/** NaN as JSON has it. */
export function nullIfNaN(value: number): JsonValue {
  return Number.isNaN(value) ? null : value;
}
