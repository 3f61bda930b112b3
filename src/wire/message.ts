import { type Builder, ByteBuffer, SIZE_PREFIX_LENGTH } from 'flatbuffers';

/** Size prefix, root offset, file identifier: what every message of ours begins with. */
const LEAST_BYTES = 12;
const IDENTIFIER_AT = 8;

/** The bytes of a finished message, copied out of the builder, which is clear for its next message afterwards. */
export function finishMessage(builder: Builder, root: number, identifier: string): Uint8Array {
  builder.finish(root, identifier, true);
  const bytes = builder.asUint8Array().slice();
  builder.clear();
  return bytes;
}

/**
 * A message ready to be read. FlatBuffers for JS has no verifier and reads nonsense from a torn message, so the size
 * is in front and checked here.
 * @throws Error when the bytes are none of ours, of another kind, or not whole.
 */
export function openMessage(bytes: Uint8Array, identifier: string): ByteBuffer {
  const found = String.fromCharCode(...bytes.subarray(IDENTIFIER_AT, IDENTIFIER_AT + 4));
  if (bytes.length < LEAST_BYTES || found !== identifier) {
    throw new Error(`message must carry the identifier ${identifier}, had ${JSON.stringify(found)}`);
  }
  const buffer = new ByteBuffer(bytes);
  const said = buffer.readUint32(0) + SIZE_PREFIX_LENGTH;
  if (said !== bytes.length) {
    throw new Error(`message ${identifier} must have the ${said} bytes that it says, had ${bytes.length}`);
  }
  return buffer;
}

/**
 * Name of an enum's code as the generated table spells it.
 * @throws Error for a code that this version does not know.
 */
export function enumName<T extends Readonly<Record<string, number>>>(codes: T, code: number, field: string): keyof T {
  const name = Object.keys(codes).find((candidate) => codes[candidate] === code);
  if (name === undefined) {
    throw new Error(`${field} must be one of ${Object.keys(codes).join(', ')}, was the unknown code ${code}`);
  }
  return name;
}

/** A required string of a message, which the generated code types as anything. */
export function requiredString(value: string | Uint8Array | null, field: string): string {
  if (typeof value === 'string') return value;
  throw new Error(`message lacks its required field ${field}`);
}
