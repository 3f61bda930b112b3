import { describe, expect, test } from 'vitest';
import { createFrame, FRAME_BOOK, FRAME_SCAN, type FrameView, SIGNAL_VEL_DIV } from '../../../../src/model/frame.ts';
import { createIntent } from '../../../../src/model/intent.ts';
import { encodeFramePayload } from '../../../../src/replay/journal/frame-payload.ts';
import { encodeGap } from '../../../../src/replay/journal/gap.ts';
import * as payloads from '../../../../src/replay/journal/payloads.ts';
import { recordToJson } from '../../../../src/replay/journal/record-json.ts';
import { RECORD_KINDS } from '../../../../src/replay/journal/record-kind.ts';

const HASH = Uint8Array.from({ length: 32 }, (_, i) => i);
const STEP = {
  frameSequence: 7,
  cellsChanged: 1,
  intents: 2,
  lifetimeBar: 99,
};

function frame(kind: number, change: (frame: FrameView) => void): Uint8Array {
  const one = createFrame(2);
  one.kind = kind;
  one.sequence = 41;
  one.tsEventDay = 20_000;
  change(one);
  return encodeFramePayload(one, 2);
}

describe('payloads come back as they were', () => {
  test('INTENT and COMMAND', () => {
    const intent = { ...createIntent(), sequence: 3, kind: 1, price: 60_000.25, qty: 0.5 };
    const { eventSequence: _e, receivedNs: _r, publishedNs: _p, decidedNs: _d, ...decision } = intent;
    expect(payloads.decodeIntent(payloads.encodeIntent(intent))).toEqual(decision);
    const command = { sequence: 5, kind: 1, argument: 2 };
    expect(payloads.decodeCommand(payloads.encodeCommand(command))).toEqual(command);
  });

  test('STEP, DAY_END, END, SNAPSHOT', () => {
    expect(payloads.decodeStep(payloads.encodeStep(STEP))).toEqual(STEP);
    const dayEnd = { day: 20_000, bars: 17_280, trades: 3 };
    expect(payloads.decodeDayEnd(payloads.encodeDayEnd(dayEnd, HASH))).toEqual({ ...dayEnd, stateHash: HASH });
    expect(payloads.decodeEnd(payloads.encodeEnd({ reason: 1 }, HASH))).toEqual({ reason: 1, stateHash: HASH });
    const head = { throughSequence: 10, savedDay: 20_000, savedNsOfDay: 1 };
    const snapshot = payloads.encodeSnapshot(head, HASH.subarray(0, 13));
    expect(payloads.decodeSnapshotHead(snapshot)).toEqual(head);
    expect(payloads.snapshotState(snapshot)).toEqual(HASH.subarray(0, 13));
  });

  test('CELLS, a NaN among them', () => {
    const cells = [
      { cell: 'posture', version: 4, values: Float64Array.of(1, 0.5, 20_000, Number.NaN) },
      { cell: 'acb', version: 9, values: Float64Array.of(1, 1.2, 0.5, 0) },
      { cell: 'mc', version: 1, values: Float64Array.of(0, 1) },
    ] as const;
    expect(payloads.decodeCells(payloads.encodeCells(cells))).toEqual(cells);
  });
});

test.each([
  [
    'cells that end within one',
    () => payloads.decodeCells(payloads.encodeStep(STEP).subarray(8, 32)),
    /CELLS must hold whole cells/,
  ],
  [
    'a step that is too short',
    () => payloads.decodeStep(new Uint8Array(24)),
    /STEP must have at least 32 bytes, had 24/,
  ],
])('%s: refused', (_situation, decode, message) => {
  expect(decode).toThrow(message);
});

describe('a record as JSON', () => {
  const UNIVERSE = ['BTCUSDT', 'ETHUSDT'];
  const at = (kind: number, payload: Uint8Array) => {
    const record = { kind: kind as 1, payload, sequence: 12, segment: 'engine-000000.dj', offset: 400 };
    return JSON.parse(JSON.stringify(recordToJson(record, UNIVERSE)));
  };

  test('a scan: signals by name, one price per asset, a missing one null', () => {
    const json = at(
      RECORD_KINDS.FRAME,
      frame(FRAME_SCAN, ({ signals, payload }) => {
        signals[SIGNAL_VEL_DIV] = -0.03;
        payload.set([60_000, Number.NaN]);
      }),
    );
    expect(json).toMatchObject({
      sequence: 12,
      kind: 'FRAME',
      frame: 'SCAN',
      frameSequence: 41,
      prices: [60_000, null],
    });
    expect(json.signals.vel_div).toBe(-0.03);
    expect(json).not.toHaveProperty('assetVelDivs');
  });

  test('a book: its 20 values and the asset by name', () => {
    const json = at(
      RECORD_KINDS.FRAME,
      frame(FRAME_BOOK, (book) => {
        book.assetIndex = 1;
        book.payload[0] = 5e6;
      }),
    );
    expect(json).toMatchObject({ frame: 'BOOK', asset: 'ETHUSDT' });
    expect(json.book).toHaveLength(20);
    expect(json.book[0]).toBe(5e6);
  });

  test('each other kind by its fields', () => {
    expect(at(RECORD_KINDS.STEP, payloads.encodeStep(STEP))).toMatchObject({ kind: 'STEP', ...STEP });
    expect(at(RECORD_KINDS.GAP, encodeGap(17, 1))).toMatchObject({ missing: 17, reason: 1 });
    expect(at(RECORD_KINDS.END, payloads.encodeEnd({ reason: 0 }, HASH)).stateHash).toMatch(/^000102.*1f$/);
    expect(
      at(RECORD_KINDS.CELLS, payloads.encodeCells([{ cell: 'mc', version: 2, values: Float64Array.of(1, 0.5) }])),
    ).toMatchObject({
      cells: [{ cell: 'mc', version: 2, status: 1, scale: 0.5 }],
    });
  });

  test('a payload that this version cannot read is shown as bytes', () => {
    expect(at(RECORD_KINDS.STEP, Uint8Array.of(1, 255))).toMatchObject({ payloadHex: '01ff' });
  });
});
