import { dayFromDate } from '../../model/time.ts';
import { decodePnl, decodeState } from './capital-codecs.ts';
import { type Codec, type Decoded, mapDecoded } from './codec.ts';
import { acbCodec, bookCodec, scanCodec } from './feature-codecs.ts';
import { decodeLease } from './leases.ts';
import {
  ACB_KEY,
  DEPLOYMENTS,
  FEATURES_MAP,
  HEARTBEAT_KEY,
  HEARTBEAT_MAP,
  LEASE_MAP,
  leaseKey,
  pnlMap,
  SAFETY_KEY,
  SAFETY_MAP,
  SCAN_KEY,
  SHARD_COUNT,
  shardMap,
  shardOf,
  stateMap,
  TRACK_KEYS,
} from './maps.ts';
import { heartbeatCodec, safetyCodec } from './safety-codecs.ts';
import { unixMsOf } from './timestamp.ts';

/** UNIX ms that a value says of itself; NaN where it says none. */
type Judge = (key: string, text: string) => Decoded<number> | null;

/** A map of the schema, as an operator looks at it. */
export interface KnownMap {
  readonly name: string;
  /** Keys that a store may hold without listing them: atomic references (docs/adr/0016). */
  readonly unlistedKeys: readonly string[];
}

/** What an entry is worth. `foreign`: the schema has no such key, so it is another program's. */
export type EntryVerdict =
  | { readonly kind: 'valid' /** UNIX ms, NaN where the value has no time. */; readonly tsMs: number }
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'foreign' };

const SHARD_NAMES = Array.from({ length: SHARD_COUNT }, (_, shard) => shardMap(shard));
const LEASE_KEYS = DEPLOYMENTS.flatMap((deployment) => [
  leaseKey(deployment, 'paper'),
  leaseKey(deployment, 'nautilus'),
]);

const JUDGES: ReadonlyMap<string, Judge> = new Map<string, Judge>([
  [SAFETY_MAP, byKey({ [SAFETY_KEY]: timed(safetyCodec) })],
  [FEATURES_MAP, byKey({ [ACB_KEY]: timed(acbCodec), [SCAN_KEY]: timed(scanCodec) })],
  ...SHARD_NAMES.map((name, shard): [string, Judge] => [name, (key, text) => judgeBook(shard, key, text)]),
  ...DEPLOYMENTS.map((deployment): [string, Judge] => [pnlMap(deployment), judgePnl]),
  ...DEPLOYMENTS.map((deployment): [string, Judge] => [
    stateMap(deployment),
    byKey({ [TRACK_KEYS.paper]: untimed(decodeState), [TRACK_KEYS.nautilus]: untimed(decodeState) }),
  ]),
  [HEARTBEAT_MAP, byKey({ [HEARTBEAT_KEY]: timed(heartbeatCodec) })],
  [LEASE_MAP, (_key, text) => mapDecoded(decodeLease(text), ({ since }) => unixMsOf(since))],
]);

/** Every map of docs/memory-schema.md. A store cannot be asked which maps it has, so others are not listed. */
export const KNOWN_MAPS: readonly KnownMap[] = [...JUDGES.keys()].map((name) => ({
  name,
  unlistedKeys: name === SAFETY_MAP ? [SAFETY_KEY] : name === LEASE_MAP ? LEASE_KEYS : [],
}));

/** Checks an entry as its readers would. */
export function judgeEntry(map: string, key: string, text: string): EntryVerdict {
  const decoded = JUDGES.get(map)?.(key, text) ?? null;
  if (decoded === null) return { kind: 'foreign' };
  return decoded.ok ? { kind: 'valid', tsMs: decoded.value } : { kind: 'malformed', reason: decoded.reason };
}

function byKey(decoders: Readonly<Record<string, (text: string) => Decoded<number>>>): Judge {
  return (key, text) => (Object.hasOwn(decoders, key) ? (decoders[key]?.(text) ?? null) : null);
}

/** The order of a value of these codecs is its time in UNIX ms. */
function timed<T>({ decode, orderOf }: Codec<T>): (text: string) => Decoded<number> {
  return (text) => mapDecoded(decode(text), orderOf);
}

function untimed<T>(decode: (text: string) => Decoded<T>): (text: string) => Decoded<number> {
  return (text) => mapDecoded(decode(text), () => Number.NaN);
}

function judgeBook(shard: number, symbol: string, text: string): Decoded<number> {
  if (shardOf(symbol) === shard) return timed(bookCodec)(text);
  return { ok: false, reason: `${symbol} belongs to ${shardMap(shardOf(symbol))} and is not read here` };
}

function judgePnl(date: string, text: string): Decoded<number> | null {
  return Number.isNaN(dayFromDate(date)) ? null : untimed(decodePnl)(text);
}
