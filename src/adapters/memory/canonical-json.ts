/** What a value in memory may hold; bigint = an integer that must not be rounded (UNIX nanoseconds). */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

/**
 * JSON with the keys of every object in code unit order and no spaces: equal values are equal bytes, which
 * compare-and-set on a grid needs. Undefined properties are left out.
 * @throws TypeError for NaN and infinities, which JSON does not have.
 */
export function canonicalJson(value: JsonValue): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`a value in memory must be finite, was ${value}`);
    return JSON.stringify(value);
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const parts: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const property = value[key];
    if (property !== undefined) parts.push(`${JSON.stringify(key)}:${canonicalJson(property)}`);
  }
  return `{${parts.join(',')}}`;
}

const isList = (value: object): value is readonly JsonValue[] => Array.isArray(value);

type SourceReviver = (key: string, value: unknown, context?: { readonly source?: string }) => unknown;

/**
 * Parses JSON; an integer beyond 2^53 comes as a bigint with every digit, the rest as ever.
 * @throws SyntaxError when it is not JSON.
 */
export function parseExact(text: string): unknown {
  // The reviver's third argument (source text of a primitive) is in Node 22 and not yet in the es2024 types.
  const reviver: SourceReviver = (_key, value, context) => {
    if (typeof value !== 'number' || Number.isSafeInteger(value) || context?.source === undefined) return value;
    return /^-?\d+$/.test(context.source) ? BigInt(context.source) : value;
  };
  return JSON.parse(text, reviver as (key: string, value: unknown) => unknown);
}
