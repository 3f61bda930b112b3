import { describe, expect, it } from 'vitest';
import * as commands from '../../../src/model/command.ts';
import { WORKER_STATES } from '../../../src/shm/heartbeats.ts';
import {
  type ControlResponse,
  decodeControlRequest,
  decodeControlResponse,
  encodeControlRequest,
  encodeControlResponse,
} from '../../../src/wire/control-message.ts';
import { ControlKind } from '../../../src/wire/generated/dolphin/control-kind.ts';
import { WorkerState } from '../../../src/wire/generated/dolphin/worker-state.ts';
import { decodeSegmentHeader, encodeSegmentHeader, type SegmentHeader } from '../../../src/wire/segment-header.ts';
import {
  decodeTelemetrySnapshot,
  encodeTelemetrySnapshot,
  type TelemetrySnapshot,
} from '../../../src/wire/telemetry-snapshot.ts';

const HEADER: SegmentHeader = {
  machine: 'EXECUTION',
  rules: 'LIVE',
  runId: 'run-ü-1',
  segment: 4_294_967_295,
  firstSequence: Number.MAX_SAFE_INTEGER,
  startedDay: -1,
  startedNsOfDay: 86_399_999_999_999,
  configJson: '{"fraction":0.2}',
  configHash: 'ab'.repeat(32),
  universe: Array.from({ length: 400 }, (_, i) => `A${i}USDT`),
  nodeVersion: 'v22.23.3',
  v8Version: '12.4',
  previousDigest: Uint8Array.from({ length: 32 }, (_, i) => 255 - i),
};

const SNAPSHOT: TelemetrySnapshot = {
  runId: 'run-1',
  tsDay: 20_000,
  tsNsOfDay: 1,
  workers: [
    { name: 'ENGINE', state: 'RUNNING', beats: 4_294_967_295 },
    { name: 'MEMORY', state: 'ABSENT', beats: 0 },
  ],
  counters: { lostWakes: 0, barDropped: 7 },
  gauges: { fileWaitNs: 1e12, drift: Number.NaN, low: -0.5 },
};

const RESPONSE: ControlResponse = { requestId: 9, outcome: 'DENIED', message: 'not armed', snapshot: SNAPSHOT };

describe('messages come back equal', () => {
  it.each([
    ['the last of many', HEADER],
    [
      'the first, with every field at its default',
      {
        machine: 'ENGINE',
        rules: 'REPLAY',
        runId: '',
        segment: 0,
        firstSequence: 0,
        startedDay: 0,
        startedNsOfDay: 0,
        configJson: '',
        configHash: '',
        universe: [],
        nodeVersion: '',
        v8Version: '',
        previousDigest: new Uint8Array(),
      } satisfies SegmentHeader,
    ],
  ])('segment header: %s', (_situation, header) => {
    expect(decodeSegmentHeader(encodeSegmentHeader(header))).toStrictEqual(header);
  });

  it('telemetry snapshot', () => {
    expect(decodeTelemetrySnapshot(encodeTelemetrySnapshot(SNAPSHOT))).toStrictEqual(SNAPSHOT);
  });

  it.each(Object.keys(ControlKind) as (keyof typeof ControlKind)[])('control request %s', (kind) => {
    const request = { requestId: 4_294_967_295, kind, argument: -1.5 };
    expect(decodeControlRequest(encodeControlRequest(request))).toStrictEqual(request);
  });

  it.each([
    ['with a snapshot', RESPONSE],
    ['without one', { ...RESPONSE, outcome: 'ACCEPTED', message: '', snapshot: null } satisfies ControlResponse],
  ])('control response %s', (_situation, response) => {
    expect(decodeControlResponse(encodeControlResponse(response))).toStrictEqual(response);
  });

  it('although one builder made them in a row', () => {
    const [first, second] = [encodeSegmentHeader(HEADER), encodeSegmentHeader({ ...HEADER, runId: 'other' })];
    expect(decodeSegmentHeader(first).runId).toBe('run-ü-1');
    expect(decodeSegmentHeader(second).runId).toBe('other');
  });
});

describe('bad bytes are refused', () => {
  const bytes = encodeSegmentHeader(HEADER);

  it.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(), /must carry the identifier DLJS, had ""/],
    ['a message of another kind', encodeTelemetrySnapshot(SNAPSHOT), /must carry the identifier DLJS, had "DLTS"/],
    ['a torn message', bytes.subarray(0, -1), /must have the \d+ bytes that it says, had \d+/],
    ['a message with something behind it', Uint8Array.of(...bytes, 0), /must have the \d+ bytes/],
  ])('%s', (_situation, bad, message) => {
    expect(() => decodeSegmentHeader(bad)).toThrow(message);
  });

  it('a code that this version does not know', () => {
    const request = encodeControlRequest({ requestId: 1, kind: 'STOP', argument: 0 });
    // The only byte that is 5 and stands in the body is the kind.
    const at = request.lastIndexOf(ControlKind.STOP);
    const unknown = request.with(at, 77);
    expect(() => decodeControlRequest(unknown)).toThrow(/kind must be one of STATUS, .*, was the unknown code 77/);
  });

  it('a response where a request is due', () => {
    expect(() => decodeControlRequest(encodeControlResponse(RESPONSE))).toThrow('must hold a request, held none');
  });
});

describe('codes agree with the shared region', () => {
  it('worker states', () => {
    expect(Object.entries(WorkerState)).toEqual(WORKER_STATES.map((name, code) => [name, code]));
  });

  it('commands', () => {
    const { STATUS: _status, ...kinds } = ControlKind; // answered by main, never sent to the engine
    const codes = Object.entries(commands);
    expect(Object.fromEntries(codes.map(([name, code]) => [name.slice('COMMAND_'.length), code]))).toEqual(kinds);
  });
});
