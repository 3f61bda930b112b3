import { z } from 'zod';
import type { AcbUpdate, BookValue, EigenScan } from '../../model/memory-values.ts';
import { MS_PER_DAY, NS_PER_MS, unixNsFrom } from '../../model/time.ts';
import { canonicalJson, type JsonValue } from './canonical-json.ts';
import { type Codec, decodeWith, mapDecoded, nullIfNaN, numberOrNaN } from './codec.ts';
import { isoOfMs, timeOf, unixMsOf } from './timestamp.ts';

const acbSchema = z.object({ boost: z.number(), beta: z.number(), cut: numberOrNaN, ts: z.unknown().optional() });

/** `{boost, beta, cut, ts}`. Spec 1.0 §6.2, §10. */
export const acbCodec: Codec<AcbUpdate> = {
  decode: (text) =>
    mapDecoded(decodeWith(acbSchema, text), ({ boost, beta, cut, ts }) => ({ boost, beta, cut, tsMs: unixMsOf(ts) })),
  encode: ({ boost, beta, cut, tsMs }) =>
    canonicalJson({ boost, beta, cut: Number.isNaN(cut) ? undefined : cut, ts: isoOfMs(tsMs) }),
  orderOf: ({ tsMs }) => tsMs,
};

/** A time field under our name, which declares its unit, or the older one. */
const timed = { timestamp_ns: z.unknown().optional(), timestamp: z.unknown().optional() };

/** Replaces the time fields by day and ns of day; a value without a time cannot be told fresh from stale. */
function withTime<T extends { timestamp_ns?: unknown; timestamp?: unknown }>(value: T, context: z.RefinementCtx) {
  const isOurs = value.timestamp_ns !== undefined && value.timestamp_ns !== null;
  const [name, stamp] = isOurs ? ['timestamp_ns', value.timestamp_ns] : ['timestamp', value.timestamp];
  const time = timeOf(stamp, isOurs ? 'ns' : undefined);
  if (typeof time !== 'string') return { ...value, ...time };
  const path = [stamp === undefined ? 'timestamp_ns' : (name as string)];
  context.addIssue({ code: 'custom', message: `must be a time, ${shown(stamp)} ${time}`, path });
  return z.NEVER;
}

function shown(stamp: unknown): string {
  return typeof stamp === 'bigint' ? stamp.toString() : (JSON.stringify(stamp)?.slice(0, 40) ?? 'missing');
}

const scanSchema = z
  .object({
    ...timed,
    scan_number: z.int(),
    vel_div: numberOrNaN,
    v50_lambda_max_velocity: numberOrNaN,
    v150_lambda_max_velocity: numberOrNaN,
    v300_lambda_max_velocity: numberOrNaN,
    v750_lambda_max_velocity: numberOrNaN,
    instability_50: numberOrNaN,
    instability_150: numberOrNaN,
    asset_prices: z.record(z.string().min(1), numberOrNaN),
  })
  .transform(withTime);

/** `{vel_div, scan_number, asset_prices, timestamp_ns, ...}`. Spec 1.0 §9.1, §10. */
export const scanCodec: Codec<EigenScan> = {
  decode: (text) =>
    mapDecoded(decodeWith(scanSchema, text), (scan) => ({
      scanNumber: scan.scan_number,
      day: scan.day,
      nsOfDay: scan.nsOfDay,
      velDiv: scan.vel_div,
      v50: scan.v50_lambda_max_velocity,
      v150: scan.v150_lambda_max_velocity,
      v300: scan.v300_lambda_max_velocity,
      v750: scan.v750_lambda_max_velocity,
      instability50: scan.instability_50,
      instability150: scan.instability_150,
      assetPrices: scan.asset_prices,
    })),
  encode: (scan) =>
    canonicalJson({
      scan_number: scan.scanNumber,
      timestamp_ns: unixNsFrom(scan.day, scan.nsOfDay),
      vel_div: nullIfNaN(scan.velDiv),
      v50_lambda_max_velocity: nullIfNaN(scan.v50),
      v150_lambda_max_velocity: nullIfNaN(scan.v150),
      v300_lambda_max_velocity: nullIfNaN(scan.v300),
      v750_lambda_max_velocity: nullIfNaN(scan.v750),
      instability_50: nullIfNaN(scan.instability50),
      instability_150: nullIfNaN(scan.instability150),
      asset_prices: mapValues(scan.assetPrices, nullIfNaN),
    }),
  orderOf: orderOfTime,
};

const five = z.array(z.number()).length(5);
const bookSchema = z
  .object({
    ...timed,
    bid_notional: five,
    ask_notional: five,
    bid_depth: five,
    ask_depth: five,
    features: z.record(z.string(), numberOrNaN).optional(),
  })
  .transform(withTime);

/** `{timestamp_ns, bid_notional[5], ask_notional[5], bid_depth[5], ask_depth[5], features}`. Spec 1.0 §16. */
export const bookCodec: Codec<BookValue> = {
  decode: (text) =>
    mapDecoded(decodeWith(bookSchema, text), (book) => ({
      day: book.day,
      nsOfDay: book.nsOfDay,
      bidNotional: book.bid_notional,
      askNotional: book.ask_notional,
      bidDepth: book.bid_depth,
      askDepth: book.ask_depth,
      features: book.features ?? {},
    })),
  encode: (book) =>
    canonicalJson({
      timestamp_ns: unixNsFrom(book.day, book.nsOfDay),
      bid_notional: book.bidNotional,
      ask_notional: book.askNotional,
      bid_depth: book.bidDepth,
      ask_depth: book.askDepth,
      features: mapValues(book.features, nullIfNaN),
    }),
  orderOf: orderOfTime,
};

/** UNIX ms; the double keeps a quarter of a microsecond, far less than two scans are apart. */
function orderOfTime({ day, nsOfDay }: { readonly day: number; readonly nsOfDay: number }): number {
  return day * MS_PER_DAY + nsOfDay / NS_PER_MS;
}

function mapValues(values: Readonly<Record<string, number>>, change: (value: number) => JsonValue) {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}
