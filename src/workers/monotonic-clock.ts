const NS_PER_HIGH_WORD = 2 ** 32;
const LOW = 0;
const HIGH = 1;
const reading = new BigInt64Array(1);
/** The same eight bytes: BigInt that goes straight into an array does not allocate, one that becomes a number does. */
const words = new Uint32Array(reading.buffer);

/**
 * Writes {@link monotonicNs} into `stamps[at]`. For hot code: a double that a function returns, or is given, costs memory
 * wherever V8 does not inline the call; one that goes from array to array does not.
 */
export function stampNow(stamps: Float64Array, at: number): void {
  reading[0] = process.hrtime.bigint();
  stamps[at] = words[HIGH]! * NS_PER_HIGH_WORD + words[LOW]!;
}

/** Monotonic nanoseconds, one clock for all threads of the process; exact for 104 days after the machine's start. */
export function monotonicNs(): number {
  reading[0] = process.hrtime.bigint();
  return words[HIGH]! * NS_PER_HIGH_WORD + words[LOW]!;
}
