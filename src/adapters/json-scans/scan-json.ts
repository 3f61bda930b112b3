import { z } from 'zod';
import { SIGNAL_FIELDS, SIGNAL_V50, SIGNAL_V150, SIGNAL_VALUES, SIGNAL_VEL_DIV } from '../../model/frame.ts';
import type { ScanReading } from '../../model/scan-reading.ts';
import { eventTimeOf, type PlausibleSpan, TIME_UNITS } from './event-time.ts';

/** Null and absent are missing, NaN; a text is never a number. */
const value = z.number().nullish();
const symbol = z.string().regex(/^[A-Z0-9]{1,24}USDT$/, 'must be a symbol that ends in USDT');

const windowSchema = z.object({
  tracking_data: z.object({ lambda_max_velocity: value, instability: value }),
});

const assetSchema = z.object({ price: value, v50: value, v150: value, vel_div: value });

/** The fields that a scan has as a file and as a message alike: docs/signal-schema.md. */
export const scanShape = {
  timestamp: z.union([z.number(), z.string()]),
  timestamp_unit: z.enum(TIME_UNITS).optional(),
  scan_number: z.int(),
  last_of_day: z.boolean().optional(),
  vel_div: value,
  v50_lambda_max_velocity: value,
  v150_lambda_max_velocity: value,
  v300_lambda_max_velocity: value,
  v750_lambda_max_velocity: value,
  instability_50: value,
  instability_150: value,
  windows: z.partialRecord(z.enum(['50', '150', '300', '750']), windowSchema).optional(),
  asset_prices: z.record(symbol, z.number().nullable()).optional(),
  assets: z.record(symbol, assetSchema).optional(),
};

const scanSchema = z.object(scanShape);
export type ScanJson = z.infer<typeof scanSchema>;

/** A text that is no scan: which key, which value, which rule. */
export class ScanRefusal extends Error {
  override readonly name = 'ScanRefusal';
}

/**
 * Reads one scan of JSON, in either layout.
 * @param span - times that are believed; of a file that lies in the folder of a day, that day.
 * @throws ScanRefusal naming key, value and rule.
 */
export function readScanJson(text: string, span?: PlausibleSpan): ScanReading {
  return scanReadingOf(parseWith(scanSchema, parseJson(text)), span);
}

/**
 * JSON as it is, but that whole numbers of a time which no double holds exactly become text: ns since 1970 do not fit.
 * @throws ScanRefusal for what is no JSON.
 */
export function parseJson(text: string): unknown {
  // A quotation mark inside of a text is escaped, so that a key is found and never a piece of a value.
  const exact = text.replace(/("timestamp"\s*:\s*)(\d{16,})(?=\s*[,}])/g, '$1"$2"');
  try {
    return JSON.parse(exact);
  } catch (cause) {
    throw new ScanRefusal(`is no JSON (${cause instanceof Error ? cause.message : cause})`, { cause });
  }
}

/** @throws ScanRefusal naming the first key that breaks the schema, its value and the rule. */
export function parseWith<T extends z.ZodType>(schema: T, json: unknown): z.output<T> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0] as z.core.$ZodIssue;
  const key = issue.path.length === 0 ? 'the whole' : `key ${issue.path.join('.')}`;
  throw new ScanRefusal(`${key}: ${shown(valueAt(json, issue.path))}: ${issue.message}`);
}

/** The scan of parsed JSON. @throws ScanRefusal as {@link readScanJson}. */
export function scanReadingOf(scan: ScanJson, span?: PlausibleSpan): ScanReading {
  const time = eventTimeOf(scan.timestamp, scan.timestamp_unit, span);
  if (typeof time === 'string') throw new ScanRefusal(`key timestamp: ${shown(scan.timestamp)} ${time}`);
  const prices = pricesOf(scan);
  if (prices.size === 0) throw new ScanRefusal('key asset_prices: is missing, and no asset of key assets has a price');
  return {
    ...time,
    scanNumber: scan.scan_number,
    signals: signalsOf(scan),
    prices,
    assetVelDivs: assetVelDivsOf(scan),
    isLastOfDay: scan.last_of_day ?? false,
  };
}

/** What is stated flat wins over the same figure in a window. A velocity that is missing makes no divergence. */
function signalsOf(scan: ScanJson): Float64Array {
  const window = (length: '50' | '150' | '300' | '750') => scan.windows?.[length]?.tracking_data;
  const tracked: Partial<Record<(typeof SIGNAL_FIELDS)[number], number | null | undefined>> = {
    v50_lambda_max_velocity: window('50')?.lambda_max_velocity,
    v150_lambda_max_velocity: window('150')?.lambda_max_velocity,
    v300_lambda_max_velocity: window('300')?.lambda_max_velocity,
    v750_lambda_max_velocity: window('750')?.lambda_max_velocity,
    instability_50: window('50')?.instability,
    instability_150: window('150')?.instability,
  };
  const signals = new Float64Array(SIGNAL_VALUES);
  for (const [i, field] of SIGNAL_FIELDS.entries()) signals[i] = scan[field] ?? tracked[field] ?? Number.NaN;
  if (scan.vel_div === undefined) {
    signals[SIGNAL_VEL_DIV] = (signals[SIGNAL_V50] as number) - (signals[SIGNAL_V150] as number);
  }
  return signals;
}

function pricesOf(scan: ScanJson): Map<string, number> {
  const prices = new Map<string, number>();
  for (const [name, price] of Object.entries(scan.asset_prices ?? {})) prices.set(name, price ?? Number.NaN);
  for (const [name, { price }] of Object.entries(scan.assets ?? {})) {
    if (price !== undefined && !prices.has(name)) prices.set(name, price ?? Number.NaN);
  }
  return prices;
}

/** Null where no asset states a velocity: a block of prices alone says nothing of divergences. */
function assetVelDivsOf({ assets }: ScanJson): Map<string, number> | null {
  const stated = Object.entries(assets ?? {}).filter(([, { v50, v150, vel_div }]) =>
    [v50, v150, vel_div].some((figure) => figure !== undefined),
  );
  if (stated.length === 0) return null;
  return new Map(
    stated.map(([name, { v50, v150, vel_div }]) => [
      name,
      vel_div === undefined ? (v50 ?? Number.NaN) - (v150 ?? Number.NaN) : (vel_div ?? Number.NaN),
    ]),
  );
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], json);
}

function shown(stated: unknown): string {
  const text = JSON.stringify(stated) ?? 'missing';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
