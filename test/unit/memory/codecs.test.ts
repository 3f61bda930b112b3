import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, type JsonValue, parseExact } from '../../../src/adapters/memory/canonical-json.ts';
import { decodePnl, decodeState, encodeState, mergePnl } from '../../../src/adapters/memory/capital-codecs.ts';
import type { Codec } from '../../../src/adapters/memory/codec.ts';
import { acbCodec, bookCodec, scanCodec } from '../../../src/adapters/memory/feature-codecs.ts';
import { shardMap, shardOf } from '../../../src/adapters/memory/maps.ts';
import { heartbeatCodec, safetyCodec } from '../../../src/adapters/memory/safety-codecs.ts';
import { timeOf, unixMsOf } from '../../../src/adapters/memory/timestamp.ts';
import { unixNsFrom } from '../../../src/model/time.ts';
import { acb, book, heartbeat, result, safety, scan, state, TS_MS } from '../../integration/memory/sample-values.ts';

const STAMP = { owner: 'me', epoch: 7, seq: 2 };

test('equal values are equal bytes, whatever the order of their keys', () => {
  expect(canonicalJson({ b: [1, { d: null, c: true }], a: undefined, A: 'ü"' })).toBe(
    '{"A":"ü\\"","b":[1,{"c":true,"d":null}]}',
  );
  expect(canonicalJson({ ns: 1774051500000000123n })).toBe('{"ns":1774051500000000123}');
  expect(() => canonicalJson({ x: Number.NaN })).toThrow('a value in memory must be finite, was NaN');
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const text = canonicalJson(value as JsonValue);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(JSON.parse(text))).toBe(text);
    }),
  );
});

test('integers beyond 2^53 keep every digit', () => {
  expect(parseExact('{"a":1774051500000000123,"b":1.5,"c":12}')).toEqual({ a: 1774051500000000123n, b: 1.5, c: 12 });
});

test.each<[string, Codec<never>, unknown]>([
  ['safety', safetyCodec as Codec<never>, safety(TS_MS)],
  ['acb', acbCodec as Codec<never>, acb(TS_MS)],
  ['scan', scanCodec as Codec<never>, scan(17)],
  ['book', bookCodec as Codec<never>, book(123_456_789_012)],
  ['heartbeat', heartbeatCodec as Codec<never>, heartbeat(TS_MS)],
])('a %s value comes back as it was', (_name, codec, value) => {
  expect(codec.decode(codec.encode(value as never))).toEqual({ ok: true, value });
});

test.each<[string, Codec<never>, string, string]>([
  ['not JSON', safetyCodec as Codec<never>, '{"posture":', 'not JSON: "{\\"posture\\":"'],
  [
    'Python NaN',
    acbCodec as Codec<never>,
    '{"boost": NaN, "beta": 1}',
    'not JSON: "{\\"boost\\": NaN, \\"beta\\": 1}"',
  ],
  ['an unknown posture', safetyCodec as Codec<never>, '{"posture":"ZEN","Rm":1}', 'posture: '],
  ['Rm beyond 1', safetyCodec as Codec<never>, '{"posture":"APEX","Rm":1.01}', 'Rm: '],
  [
    'a sensor below 0',
    safetyCodec as Codec<never>,
    '{"posture":"APEX","Rm":1,"sensors":{"feed":-1}}',
    'sensors.feed: ',
  ],
  ['no beta', acbCodec as Codec<never>, '{"boost":1}', 'beta: '],
  ['an infinite boost', acbCodec as Codec<never>, '{"boost":1e999,"beta":1}', 'boost: '],
  [
    'a scan without a time',
    scanCodec as Codec<never>,
    '{"scan_number":1,"vel_div":0,"asset_prices":{}}',
    'timestamp_ns: must be a time',
  ],
  [
    'a price that is a text',
    scanCodec as Codec<never>,
    '{"scan_number":1,"timestamp_ns":1774051500000000123,"asset_prices":{"BTCUSDT":"1"}}',
    'asset_prices.BTCUSDT: ',
  ],
  [
    'four levels',
    bookCodec as Codec<never>,
    '{"timestamp_ns":1774051500000000123,"bid_notional":[1,2,3,4],"ask_notional":[1,2,3,4,5],"bid_depth":[1,2,3,4,5],"ask_depth":[1,2,3,4,5]}',
    'bid_notional: ',
  ],
  ['no phase', heartbeatCodec as Codec<never>, '{"ts":1}', 'phase: '],
])('%s is refused with the field that breaks it', (_name, codec, text, reason) => {
  const decoded = codec.decode(text);
  expect(decoded.ok).toBe(false);
  expect(!decoded.ok && decoded.reason).toContain(reason);
});

test('the least that spec 1.0 asks for is enough, and unknown fields are none of our business', () => {
  expect(acbCodec.decode('{"boost": 1.25, "beta": 0.5, "source": "flow"}')).toEqual({
    ok: true,
    value: { boost: 1.25, beta: 0.5, cut: Number.NaN, tsMs: Number.NaN },
  });
  expect(safetyCodec.decode('{"posture":"TURTLE","Rm":0.6,"ts":"2026-03-21T00:05:00.250000+00:00"}')).toMatchObject({
    value: { tsMs: TS_MS + 250 },
  });
  expect(decodeState('{"capital": 25000.5, "param_hash": "x"}')).toMatchObject({
    value: { capital: 25_000.5, date: null, isStale: false, stamp: { owner: '', epoch: 0, seq: 0 } },
  });
});

test.each<[string, unknown, bigint]>([
  ['s', 1_774_051_500, 1774051500000000000n],
  ['s with a fraction', 1_774_051_500.25, 1774051500250000000n],
  ['ms', 1_774_051_500_000, 1774051500000000000n],
  ['us', 1_774_051_500_000_001, 1774051500000001000n],
  ['ns', 1774051500000000123n, 1774051500000000123n],
  ['ns as text', '1774051500000000123', 1774051500000000123n],
  ['ns as a float, exact to 256', 1.7740515e18, 1774051500000000000n],
  ['ISO in UTC', '2026-03-21T00:05:00.000000123Z', 1774051500000000123n],
  ['ISO with an offset', '2026-03-21T02:05:00+02:00', 1774051500000000000n],
  ["Python's isoformat() of an aware time", '2026-03-21T00:05:00.250000+00:00', 1774051500250000000n],
  ["Python's str() of an aware time", '2026-03-21 00:05:00.250000+00:00', 1774051500250000000n],
  ['an offset of strftime', '2026-03-21T00:05:00+0000', 1774051500000000000n],
])('a time in %s is read', (_name, stamp, ns) => {
  const time = timeOf(stamp);
  expect(typeof time === 'string' ? time : unixNsFrom(time.day, time.nsOfDay)).toBe(ns);
  expect(unixMsOf(stamp)).toBeCloseTo(Number(ns) / 1e6, 3);
});

test.each<[string, unknown, string]>([
  ['ISO without a zone', '2026-03-21T00:05:00', 'must be ISO 8601 with its zone'],
  ['a date', '2026-03-21', 'must be a decimal number'],
  ['seconds of 1998, which are ms of no market', 900_000_000, 'lies in no unit'],
  ['a number of a year to come in another unit', 99_999_999_999, 'lies in no unit'],
  ['nothing', undefined, 'is no time'],
  ['zero', 0, 'lies in no unit'],
  ['a negative number', -1_774_051_500, 'without sign'],
  ['a word', 'now', 'must be a decimal number'],
  ['a truth value', true, 'is no time'],
])('%s is no time, and is not guessed to be one', (_name, stamp, why) => {
  expect(timeOf(stamp)).toContain(why);
  expect(unixMsOf(stamp)).toBeNaN();
});

test('a field that declares its unit is read in it and in no other', () => {
  expect(timeOf(1_774_051_500_000, 'ns')).toContain('is ns outside of');
  const scanAt = (field: string, stamp: string) =>
    scanCodec.decode(`{"scan_number":1,"${field}":${stamp},"asset_prices":{}}`);
  expect(scanAt('timestamp_ns', '1774051500000000123')).toMatchObject({ value: { nsOfDay: 300_000_000_123 } });
  expect(scanAt('timestamp_ns', '1774051500000')).toMatchObject({
    reason: expect.stringContaining('timestamp_ns: must be a time, 1774051500000 is ns outside of'),
  });
  expect(scanAt('timestamp', '1774051500')).toMatchObject({ value: { nsOfDay: 300_000_000_000 } });
  expect(scanAt('timestamp', '"2026-03-21T00:05:00"')).toMatchObject({
    reason: expect.stringContaining('timestamp: must be a time, "2026-03-21T00:05:00" must be ISO 8601 with its zone'),
  });
});

test('a value whose ts is no time stays readable, without a time', () => {
  expect(safetyCodec.decode('{"posture":"TURTLE","Rm":0.6,"ts":"2026-03-21T00:05:00"}')).toMatchObject({
    ok: true,
    value: { posture: 'TURTLE', tsMs: Number.NaN },
  });
});

test('each track writes its own fields of a result and leaves the other alone', () => {
  const paper = mergePnl(null, 'paper', result('2026-03-20', 1), STAMP);
  const both = mergePnl(paper, 'nautilus', result('2026-03-20', 2, true), { ...STAMP, seq: 3 });
  const again = mergePnl(both, 'paper', result('2026-03-20', 3), { ...STAMP, seq: 4 });
  expect(decodePnl(again)).toMatchObject({
    value: {
      paper: { capital: 3, isStale: false, stamp: { seq: 4 } },
      nautilus: { capital: 2, isStale: true, stamp: { seq: 3 } },
    },
  });
  expect(JSON.parse(both).nautilus.flag).toBe('DO-NOT-USE');
  expect(decodePnl(mergePnl('garbage', 'nautilus', result('2026-03-20'), STAMP))).toMatchObject({
    value: { paper: null },
  });
  expect(decodePnl('{"pnl":1,"capital":"much"}')).toMatchObject({ ok: false });
  expect(decodePnl('{"nautilus":{"pnl":1}}')).toEqual({
    ok: false,
    reason: expect.stringMatching(/^nautilus\.capital: /),
  });
});

test('a stale state says DO-NOT-USE to machines and to people', () => {
  const text = encodeState(state(25_000, '2026-03-20', true), STAMP);
  expect(JSON.parse(text)).toMatchObject({ stale_state: true, flag: 'DO-NOT-USE', epoch: 7, owner: 'me', seq: 2 });
  expect(decodeState(text)).toMatchObject({ value: { isStale: true, stamp: STAMP } });
  expect(decodeState('{"capital":-1}')).toMatchObject({ ok: false });
});

test('a symbol belongs to the shard of its code points', () => {
  // B66+T84+C67+U85+S83+D68+T84 = 537
  expect(shardOf('BTCUSDT')).toBe(7);
  // One code point beyond 16 bits: 0x1D11E = 119070, whatever its two UTF-16 halves are.
  expect(shardOf('𝄞')).toBe(0);
  expect(shardMap(7)).toBe('DOLPHIN_FEATURES_SHARD_07');
});
