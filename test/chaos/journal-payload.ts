/** The payload of a record that a test can tell from its sequence alone; up to 4 kB. */
export function payloadOf(sequence: number): Uint8Array {
  const bytes = new Uint8Array(1 + (Math.imul(sequence, 2_654_435_761) >>> 20));
  bytes.fill(sequence & 255);
  new DataView(bytes.buffer).setUint8(0, (sequence >>> 8) & 255);
  return bytes;
}
