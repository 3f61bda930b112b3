const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const LONGEST_EXACT_DIGITS = 15;

/**
 * Decimal number in ASCII bytes [start, end): an optional sign, digits, an optional fraction, an optional exponent.
 * Equal to `Number(text)` bit for bit: up to 15 digits the integer and the power of ten are both exact, so their
 * quotient is the correctly rounded value (Clinger 1990, the fast path); all else goes through `Number`.
 *
 * @returns NaN when the bytes are anything else (empty, blanks, hex, `Infinity`).
 */
export function parseDecimal(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  const isNegative = bytes[at] === 0x2d;
  if (isNegative) at++;
  let digits = 0;
  let mantissa = 0;
  let point = -1;
  for (; at < end; at++) {
    const code = bytes[at] as number;
    if (code >= 0x30 && code <= 0x39) {
      mantissa = mantissa * 10 + (code - 0x30);
      digits++;
    } else if (code === 0x2e && point < 0) {
      point = at;
    } else {
      return parseSlowly(bytes, start, end);
    }
  }
  if (digits === 0) return Number.NaN;
  if (digits > LONGEST_EXACT_DIGITS) return parseSlowly(bytes, start, end);
  const decimals = point < 0 ? 0 : end - point - 1;
  const value = mantissa / (POWERS_OF_TEN[decimals] as number);
  return isNegative ? -value : value;
}

function parseSlowly(bytes: Uint8Array, start: number, end: number): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
  return /^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
}
