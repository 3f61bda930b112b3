/** Bytes of a gap's payload: the number of sequences that it stands for, then why, both as doubles. */
const GAP_BYTES = 16;

/** Why records never reached the journal. */
export const GAP_RING_FULL = 1; // the machine's event ring was full
export const GAP_WRITE_FAILED = 2; // the disk refused them, and memory for them ran out

/**
 * A gap's payload. A GAP record has the first sequence that is missing and stands for all of them, so that sequences
 * stay the machine's own.
 *
 * @param missing - whole, 1 or more.
 */
export function encodeGap(missing: number, reason: number): Uint8Array {
  return new Uint8Array(Float64Array.of(missing, reason).buffer);
}

/** Sequences that a gap stands for; NaN when its payload is none of ours. */
export function gapSpan(payload: Uint8Array): number {
  if (payload.length !== GAP_BYTES) return Number.NaN;
  const missing = new Float64Array(payload.buffer, payload.byteOffset, 1)[0]!;
  return Number.isSafeInteger(missing) && missing >= 1 ? missing : Number.NaN;
}

/** Why the sequences of a gap are missing; payload of {@link encodeGap}. */
export function gapReason(payload: Uint8Array): number {
  return new Float64Array(payload.buffer, payload.byteOffset, 2)[1]!;
}
