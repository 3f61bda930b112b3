import { z } from 'zod';
import type { FactorRow } from '../../model/factors.ts';
import { BOOK_FIELDS, SIGNAL_FIELDS } from '../../model/frame.ts';
import type { BookReading, ScanReading } from '../../model/scan-reading.ts';
import type { EnrichedSignal, SignalBook, SignalPayload } from '../../model/signal.ts';
import { dateFromDay, dayFromDate, unixNsFrom } from '../../model/time.ts';
import { eventTimeOf, type PlausibleSpan, TIME_UNITS } from '../json-scans/event-time.ts';
import { parseJson, parseWith, ScanRefusal, scanReadingOf, scanShape } from '../json-scans/scan-json.ts';
import { parseSignalId, type SignalId, signalIdText } from './signal-id.ts';

/** Name and version that every message carries; raised when an old reader would misread a new message. */
export const SIGNAL_SCHEMA = 'dolphin.signal';
export const SIGNAL_VERSION = 1;

/** One message of a stream of signals: docs/signal-schema.md. */
export type SignalMessage = SignalPayload & { readonly id: SignalId };

const number = z.number().nullable();
const head = {
  schema: z.literal(SIGNAL_SCHEMA),
  version: z.literal(SIGNAL_VERSION),
  id: z.string(),
};
const stamp = { timestamp: z.union([z.number(), z.string()]), timestamp_unit: z.enum(TIME_UNITS).optional() };

const signalSchema = z.object({
  symbol: z.string(),
  direction: z.union([z.literal(-1), z.literal(1)]),
  vel_div: z.number(),
  strength: z.number().min(0).max(1),
  price: z.number().positive(),
  irp_alignment: number,
  momentum: number,
  order_book: z
    .object({
      fill_probability: number,
      spread_proxy_bps: number,
      depth_asymmetry: number,
      imbalance_persistence: number,
      withdrawal_velocity: number,
      agreement_pct: number,
      cascade_count: number,
      regime_signal: number,
    })
    .nullable(),
});

const factorsSchema = z.object({
  date: z.iso.date(),
  funding_btc: number,
  dvol_btc: number,
  fear_greed: number,
  w750_velocity: number,
});

const scanMessage = z.object({
  ...head,
  kind: z.literal('scan'),
  ...scanShape,
  signals: z.array(signalSchema).default([]),
  factors: factorsSchema.nullable().default(null),
  synthetic: z.boolean().optional(),
});
const bookMessage = z.object({
  ...head,
  kind: z.literal('book'),
  ...stamp,
  symbol: z.string(),
  /** In the order of BOOK_FIELDS. */
  values: z.array(number).length(BOOK_FIELDS.length),
});
const endMessage = z.object({ ...head, kind: z.literal('end'), ...stamp });
const messageSchema = z.discriminatedUnion('kind', [scanMessage, bookMessage, endMessage]);
type MessageJson = z.infer<typeof messageSchema>;

/**
 * Reads one message.
 * @throws ScanRefusal naming key, value and rule.
 */
export function decodeSignal(text: string, span?: PlausibleSpan): SignalMessage {
  const json = parseWith(messageSchema, parseJson(text));
  const id = parseSignalId(json.id);
  if (id === null)
    throw new ScanRefusal(`key id: ${JSON.stringify(json.id)} must be UNIX-NS-ORDINAL, ordinal 0 to 4095`);
  return { ...payloadOf(json, span), id };
}

/** The text of a message; NaN is written as null. */
export function encodeSignal(message: SignalMessage): string {
  const envelope = { schema: SIGNAL_SCHEMA, version: SIGNAL_VERSION, kind: message.kind, id: signalIdText(message.id) };
  if (message.kind === 'scan') {
    return JSON.stringify({
      ...envelope,
      ...scanToJson(message.scan),
      signals: message.signals.map(signalToJson),
      factors: message.factors === null ? null : factorsToJson(message.factors),
      ...(message.synthetic === true ? { synthetic: true } : {}),
    });
  }
  if (message.kind === 'end') return JSON.stringify({ ...envelope, ...stampToJson(message) });
  const { symbol, values } = message.book;
  return JSON.stringify({ ...envelope, ...stampToJson(message.book), symbol, values: Array.from(values, nullIfNaN) });
}

function payloadOf(json: MessageJson, span: PlausibleSpan | undefined): SignalPayload {
  if (json.kind === 'scan') {
    const { signals, factors, synthetic } = json;
    return {
      kind: 'scan',
      scan: scanReadingOf(json, span),
      signals: signals.map(signalOf),
      factors: factors === null ? null : factorsOf(factors),
      ...(synthetic === true ? { synthetic } : {}),
    };
  }
  const time = eventTimeOf(json.timestamp, json.timestamp_unit, span);
  if (typeof time === 'string') throw new ScanRefusal(`key timestamp: ${JSON.stringify(json.timestamp)} ${time}`);
  if (json.kind === 'end') return { kind: 'end', ...time };
  const book: BookReading = { ...time, symbol: json.symbol, values: Float64Array.from(json.values, nanIfNull) };
  return { kind: 'book', book };
}

/** Stamps are written as text with their unit: no reader has to guess, none rounds. */
function stampToJson({ day, nsOfDay }: { readonly day: number; readonly nsOfDay: number }) {
  return { timestamp: String(unixNsFrom(day, nsOfDay)), timestamp_unit: 'ns' };
}

function scanToJson(scan: ScanReading) {
  const figures = SIGNAL_FIELDS.map((field, i) => [field, nullIfNaN(scan.signals[i] as number)] as const);
  const { assetVelDivs } = scan;
  return {
    ...stampToJson(scan),
    scan_number: scan.scanNumber,
    last_of_day: scan.isLastOfDay,
    ...Object.fromEntries(figures),
    asset_prices: Object.fromEntries([...scan.prices].map(([symbol, price]) => [symbol, nullIfNaN(price)])),
    ...(assetVelDivs === null
      ? {}
      : { assets: Object.fromEntries([...assetVelDivs].map(([symbol, v]) => [symbol, { vel_div: nullIfNaN(v) }])) }),
  };
}

function signalToJson(signal: EnrichedSignal) {
  const { symbol, direction, velDiv, strength, price, irpAlignment, momentum, book } = signal;
  return {
    symbol,
    direction,
    vel_div: velDiv,
    strength,
    price,
    irp_alignment: nullIfNaN(irpAlignment),
    momentum: nullIfNaN(momentum),
    order_book: book === null ? null : bookToJson(book),
  };
}

function signalOf({
  vel_div,
  irp_alignment,
  order_book,
  momentum,
  ...rest
}: z.infer<typeof signalSchema>): EnrichedSignal {
  return {
    ...rest,
    velDiv: vel_div,
    irpAlignment: nanIfNull(irp_alignment),
    momentum: nanIfNull(momentum),
    book:
      order_book === null
        ? null
        : {
            fillProbability: nanIfNull(order_book.fill_probability),
            spreadProxyBps: nanIfNull(order_book.spread_proxy_bps),
            depthAsymmetry: nanIfNull(order_book.depth_asymmetry),
            imbalancePersistence: nanIfNull(order_book.imbalance_persistence),
            withdrawalVelocity: nanIfNull(order_book.withdrawal_velocity),
            agreementPct: nanIfNull(order_book.agreement_pct),
            cascadeCount: nanIfNull(order_book.cascade_count),
            regimeSignal: nanIfNull(order_book.regime_signal),
          },
  };
}

function bookToJson(book: SignalBook) {
  return {
    fill_probability: nullIfNaN(book.fillProbability),
    spread_proxy_bps: nullIfNaN(book.spreadProxyBps),
    depth_asymmetry: nullIfNaN(book.depthAsymmetry),
    imbalance_persistence: nullIfNaN(book.imbalancePersistence),
    withdrawal_velocity: nullIfNaN(book.withdrawalVelocity),
    agreement_pct: nullIfNaN(book.agreementPct),
    cascade_count: nullIfNaN(book.cascadeCount),
    regime_signal: nullIfNaN(book.regimeSignal),
  };
}

function factorsToJson(row: FactorRow) {
  return {
    date: dateFromDay(row.day),
    funding_btc: nullIfNaN(row.fundingBtc),
    dvol_btc: nullIfNaN(row.dvolBtc),
    fear_greed: nullIfNaN(row.fearGreed),
    w750_velocity: nullIfNaN(row.w750Velocity),
  };
}

function factorsOf(json: z.infer<typeof factorsSchema>): FactorRow {
  return {
    day: dayFromDate(json.date),
    fundingBtc: nanIfNull(json.funding_btc),
    dvolBtc: nanIfNull(json.dvol_btc),
    fearGreed: nanIfNull(json.fear_greed),
    w750Velocity: nanIfNull(json.w750_velocity),
  };
}

/** JSON knows no infinity either: what is not finite is missing, as the engine takes it. */
function nullIfNaN(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function nanIfNull(value: number | null): number {
  return value ?? Number.NaN;
}
