/** A record of numbers by these names. */
export type Fields<T extends readonly string[]> = { -readonly [K in T[number]]: number };

/**
 * A record as a payload: one double per field, in the order of the names, then `rest` as it is.
 * @param record - may have more fields.
 */
export function encodeFields<T extends readonly string[]>(
  names: T,
  record: Readonly<Fields<T>>,
  rest: Uint8Array = new Uint8Array(),
): Uint8Array {
  const bytes = new Uint8Array(8 * names.length + rest.length);
  writeFields(new Float64Array(bytes.buffer, 0, names.length), 0, names, record);
  bytes.set(rest, 8 * names.length);
  return bytes;
}

/**
 * A payload by its names; bytes behind the last of them are left out.
 * @param kind - of the record, for the message.
 * @throws Error when the payload is too short.
 */
export function decodeFields<T extends readonly string[]>(names: T, payload: Uint8Array, kind: string): Fields<T> {
  requireDoubles(payload, names.length, kind);
  const doubles = doublesOf(payload);
  return Object.fromEntries(names.map((name, i) => [name, doubles[i]!])) as Fields<T>;
}

/** Writes a record in place, from position `base` on. Allocates nothing. */
export function writeFields<T extends readonly string[]>(
  doubles: Float64Array,
  base: number,
  names: T,
  record: Readonly<Fields<T>>,
): void {
  for (let i = 0; i < names.length; i++) doubles[base + i] = record[names[i] as T[number]];
}

/** The name and both values of the first field in which doubles are not a record's; -0 is not 0, every NaN is the same. */
export function firstDifference<T extends readonly string[]>(
  names: T,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): { readonly field: T[number]; readonly a: number; readonly b: number } | null {
  for (let i = 0; i < names.length; i++) {
    if (!Object.is(a[i], b[i])) return { field: names[i] as T[number], a: a[i] as number, b: b[i] as number };
  }
  return null;
}

/** The doubles of a payload, in place; bytes behind the last whole one are left out. */
export function doublesOf(payload: Uint8Array): Float64Array {
  return new Float64Array(payload.buffer as ArrayBuffer, payload.byteOffset, payload.length >> 3);
}

/** @throws Error when a payload holds fewer doubles. */
export function requireDoubles(payload: Uint8Array, values: number, kind: string): void {
  if (payload.length >= 8 * values) return;
  throw new Error(`${kind} must have at least ${8 * values} bytes, had ${payload.length}`);
}
