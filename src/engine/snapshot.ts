import type { Stateful } from '../model/state-walk.ts';
import type { Rules } from './actor.ts';
import { SnapshotError, SnapshotReader, SnapshotWriter } from './snapshot-bytes.ts';

/*
 * A snapshot, little-endian, packed:
 *
 *   0        8        12      16        20               52               84
 *   ├────────┼────────┼───────┼─────────┼────────────────┼────────────────┼──── … ───┤
 *   │ magic  │ layout │ rules │  bytes  │  config hash   │ universe hash  │   state  │
 *   │ 8 x u8 │  u32   │  u32  │   u32   │    32 x u8     │    32 x u8     │          │
 *
 * `bytes` is the length of the whole. The state is what the machine's walkState describes, in its order: whole numbers
 * as i32, doubles as f64 with every NaN 0x7ff8000000000000, no padding, no names.
 */
const MAGIC = 'DLPHSNAP';
const LAYOUT_AT = 8;
const RULES_AT = 12;
const BYTES_AT = 16;
const CONFIG_AT = 20;
const UNIVERSE_AT = 52;
const HASH_BYTES = 32;
/** Bytes before the state. */
export const SNAPSHOT_HEADER_BYTES = 84;

/**
 * Version of the layout. To be raised with every change of what any walkState describes; a test that pins the bytes of a
 * known run says so when it was forgotten.
 */
export const SNAPSHOT_LAYOUT = 4;

const RULES: readonly Rules[] = ['replay', 'live'];

/** What a snapshot belongs to. A machine of another identity would read it as something else. */
export interface SnapshotIdentity {
  readonly rules: Rules;
  /** SHA-256 of all settings, the bar interval and how fills are made, 64 lower-case hex digits. */
  readonly configHash: string;
  /** SHA-256 of the symbols in their order, likewise. */
  readonly universeHash: string;
}

/**
 * The state of a machine between two frames, as bytes: equal bytes for equal states, however they came about. What the
 * machine looks up in its ports (factors, postures, cells, the forewarner's model) is input, not state.
 *
 * The order of its parts is that of the walk; it allocates, and is never called inside a step.
 */
export function writeSnapshot(machine: Stateful, identity: SnapshotIdentity): Uint8Array {
  const writer = new SnapshotWriter();
  machine.walkState(writer);
  const state = writer.bytes();
  const bytes = new Uint8Array(SNAPSHOT_HEADER_BYTES + state.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < MAGIC.length; i++) bytes[i] = MAGIC.charCodeAt(i);
  view.setUint32(LAYOUT_AT, SNAPSHOT_LAYOUT, true);
  view.setUint32(RULES_AT, RULES.indexOf(identity.rules), true);
  view.setUint32(BYTES_AT, bytes.length, true);
  bytes.set(hexBytes(identity.configHash, 'config hash'), CONFIG_AT);
  bytes.set(hexBytes(identity.universeHash, 'universe hash'), UNIVERSE_AT);
  bytes.set(state, SNAPSHOT_HEADER_BYTES);
  return bytes;
}

/**
 * Brings a machine of the same settings and universe into the state of a snapshot; what it was before is gone. It then
 * goes on exactly as the machine that the snapshot was taken of.
 *
 * Damage that keeps the shape of the state is not seen here: whoever stores a snapshot stores a checksum with it.
 * @throws SnapshotError when the snapshot is of another layout, rules, config or universe (naming both), or not whole. A
 *   machine whose snapshot was refused as damaged is half filled and not to be used.
 */
export function restoreSnapshot(machine: Stateful, identity: SnapshotIdentity, bytes: Uint8Array): void {
  requireLayout(bytes);
  const own = identityOf(bytes);
  requireSame('rules', own.rules, identity.rules);
  requireSame('config hash', own.configHash, identity.configHash);
  requireSame('universe hash', own.universeHash, identity.universeHash);
  const stated = viewOf(bytes).getUint32(BYTES_AT, true);
  if (stated !== bytes.length) throw new SnapshotError(`snapshot must have ${stated} bytes, had ${bytes.length}`);
  const reader = new SnapshotReader(bytes.subarray(SNAPSHOT_HEADER_BYTES));
  machine.walkState(reader);
  if (reader.remaining > 0) {
    throw new SnapshotError(`snapshot is damaged: ${reader.remaining} bytes are left after the last field`);
  }
}

function requireLayout(bytes: Uint8Array): void {
  const magic = String.fromCharCode(...bytes.subarray(0, MAGIC.length));
  if (bytes.length < SNAPSHOT_HEADER_BYTES || magic !== MAGIC) {
    throw new SnapshotError(`not a snapshot: must begin with ${MAGIC} and a header of ${SNAPSHOT_HEADER_BYTES} bytes`);
  }
  requireSame('layout', viewOf(bytes).getUint32(LAYOUT_AT, true), SNAPSHOT_LAYOUT);
}

function identityOf(bytes: Uint8Array): SnapshotIdentity {
  const code = viewOf(bytes).getUint32(RULES_AT, true);
  const rules = RULES[code];
  if (rules === undefined) throw new SnapshotError(`snapshot is damaged: rules must be one of 0, 1, was ${code}`);
  return { rules, configHash: hashAt(bytes, CONFIG_AT), universeHash: hashAt(bytes, UNIVERSE_AT) };
}

function requireSame(what: string, ofSnapshot: string | number, ofMachine: string | number): void {
  if (ofSnapshot === ofMachine) return;
  throw new SnapshotError(`snapshot was taken with ${what} ${ofSnapshot}, this machine has ${what} ${ofMachine}`);
}

function hashAt(bytes: Uint8Array, at: number): string {
  return Array.from(bytes.subarray(at, at + HASH_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function hexBytes(hex: string, what: string): Uint8Array {
  if (!/^[0-9a-f]{64}$/.test(hex)) throw new RangeError(`${what} must be 64 lower-case hex digits, was "${hex}"`);
  return Uint8Array.from({ length: HASH_BYTES }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
