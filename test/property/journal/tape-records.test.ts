import fc from 'fast-check';
import { expect, test } from 'vitest';
import { REPORT_FIELDS, TAPE_FIELDS, TAPE_REPORT, type TapeKind } from '../../../src/model/execution-tape.ts';
import { decodeReport, encodeReport } from '../../../src/replay/journal/payloads.ts';
import { decodeFields, encodeFields } from '../../../src/replay/journal/record-fields.ts';
import { recordToJson } from '../../../src/replay/journal/record-json.ts';
import { RECORD_KINDS } from '../../../src/replay/journal/record-kind.ts';
import { decodeTape, encodeTape, TAPE_RECORDS, tapeKindOf } from '../../../src/replay/journal/tape-records.ts';

const KINDS = Object.keys(TAPE_FIELDS).map(Number) as TapeKind[];

/** Doubles of any bits, NaN payloads and both zeros among them. */
const entry = fc
  .record({
    kind: fc.constantFrom(...KINDS),
    bits: fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { minLength: 16, maxLength: 16 }),
  })
  .map(({ kind, bits }) => ({ kind, bytes: new Uint8Array(BigUint64Array.from(bits).buffer) }));

test('an entry of the tape comes back as it was, to the bits of every NaN', () => {
  fc.assert(
    fc.property(entry, ({ kind, bytes }) => {
      const payload = encodeTape(kind, new Float64Array(bytes.buffer));
      expect([...payload]).toEqual([...bytes.subarray(0, 8 * TAPE_FIELDS[kind].length)]);
      const values = decodeTape(kind, payload);
      expect([...new Uint8Array(values.buffer, values.byteOffset, values.byteLength)]).toEqual([...payload]);
    }),
    { numRuns: 500 },
  );
});

test('a record of named numbers comes back by its names, whatever they are', () => {
  const names = fc.uniqueArray(
    fc.string({ minLength: 1 }).filter((name) => name !== '__proto__'),
    { minLength: 1 },
  );
  const records = names.chain((fields) =>
    fc.tuple(fc.constant(fields), fc.array(fc.double(), { minLength: fields.length })),
  );
  fc.assert(
    fc.property(records, ([fields, values]) => {
      const record = Object.fromEntries(fields.map((name, i) => [name, values[i]!]));
      expect(decodeFields(fields, encodeFields(fields, record), 'TEST')).toEqual(record);
    }),
  );
});

test('every kind of the tape has a record of its own, and the other records have none', () => {
  const recordKinds = KINDS.map((kind) => TAPE_RECORDS[kind]);
  expect(new Set(recordKinds).size).toBe(KINDS.length);
  expect(recordKinds.map(tapeKindOf)).toEqual(KINDS);
  expect([RECORD_KINDS.FRAME, RECORD_KINDS.STEP, RECORD_KINDS.END, RECORD_KINDS.GAP].map(tapeKindOf)).toEqual([
    null,
    null,
    null,
    null,
  ]);
});

test('a report is the same bytes in both streams', () => {
  const values = Float64Array.from(REPORT_FIELDS, (_, i) => i + 0.5);
  const payload = encodeTape(TAPE_REPORT, values);
  expect(encodeReport(decodeReport(payload))).toEqual(payload);
});

test.each(KINDS)('kind %i is exported by its names, and refused when it is too short', (kind) => {
  const fields: readonly string[] = TAPE_FIELDS[kind];
  const payload = encodeTape(
    kind,
    Float64Array.from(fields, (_, i) => i + 1),
  );
  const at = { kind: TAPE_RECORDS[kind], sequence: 3, segment: 'execution-000000.dj', offset: 8 };
  const { sequence, kind: name, segment: _s, offset: _o, ...content } = recordToJson({ ...at, payload }, ['BTCUSDT']);
  const named = Object.fromEntries(fields.map((field, i) => [field, i + 1]));
  expect([sequence, Object.values(content)]).toEqual([3, [named]]);
  expect(name).toMatch(/^[A-Z_]+$/);
  expect(() => decodeTape(kind, payload.subarray(8))).toThrow(`${name} must have at least ${payload.length} bytes`);
});
