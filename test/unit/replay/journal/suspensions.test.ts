import { describe, expect, test } from 'vitest';
import { createFrame, FLAG_INTERRUPTED, FRAME_END, FRAME_SCAN } from '../../../../src/model/frame.ts';
import { encodeFramePayload } from '../../../../src/replay/journal/frame-payload.ts';
import { RECORD_KINDS, type RecordKindName } from '../../../../src/replay/journal/record-kind.ts';
import type { JournalRecord } from '../../../../src/replay/journal/stream-reader.ts';
import { withoutSuspensions } from '../../../../src/replay/journal/suspensions.ts';

/** `STOP` is the frame of an operator's stop, `LAST` that of a source that ended; every payload lies in `shared`. */
type Planned = RecordKindName | 'STOP' | 'LAST';

const shared = new Uint8Array(512);

function payloadOf(planned: Planned): Uint8Array {
  if (planned !== 'FRAME' && planned !== 'STOP' && planned !== 'LAST') return new Uint8Array(8).fill(1);
  const frame = createFrame(2);
  frame.kind = planned === 'FRAME' ? FRAME_SCAN : FRAME_END;
  frame.flags = planned === 'STOP' ? FLAG_INTERRUPTED : 0;
  return encodeFramePayload(frame, 2);
}

/** As a reader gives them: a payload is valid until the next record is asked for. */
function* recordsOf(plan: readonly Planned[]): Generator<JournalRecord, void> {
  for (const [sequence, planned] of plan.entries()) {
    const isFrame = planned === 'STOP' || planned === 'LAST';
    const bytes = payloadOf(planned);
    shared.set(bytes);
    const payload = shared.subarray(0, bytes.length);
    yield {
      kind: RECORD_KINDS[isFrame ? 'FRAME' : planned],
      sequence,
      payload,
      segment: 's',
      offset: 0,
    } as JournalRecord;
    shared.fill(255);
  }
}

/** Sequences that are left of a stream. */
function leftOf(plan: readonly Planned[], isLastKept = false): number[] {
  const left: number[] = [];
  const records = [...plan];
  for (const { sequence } of withoutSuspensions(recordsOf(records), isLastKept)) left.push(sequence);
  return left;
}

describe('a stop behind which the run went on', () => {
  test('is left out with all that came of it', () => {
    expect(leftOf(['FRAME', 'STEP', 'STOP', 'DAY_END', 'END', 'FRAME', 'STEP'])).toEqual([0, 1, 5, 6]);
  });

  test('also where it was torn off before its END', () => {
    expect(leftOf(['FRAME', 'STEP', 'STOP', 'DAY_END', 'FRAME', 'STEP'])).toEqual([0, 1, 4, 5]);
    expect(leftOf(['FRAME', 'STEP', 'STOP', 'FRAME', 'STEP'])).toEqual([0, 1, 3, 4]);
  });

  test('twice in a row, with a state of the shadow among it', () => {
    const twice: Planned[] = ['FRAME', 'STEP', 'STOP', 'END', 'SNAPSHOT', 'STOP', 'DAY_END', 'END', 'COMMAND', 'FRAME'];
    expect(leftOf(twice)).toEqual([0, 1, 8, 9]);
  });
});

describe('the last stop', () => {
  const stopped: readonly Planned[] = ['FRAME', 'STEP', 'STOP', 'DAY_END', 'END'];

  test('is the end of a run that is replayed, and goes when the run goes on', () => {
    expect(leftOf(stopped, true)).toEqual([0, 1, 2, 3, 4]);
    expect(leftOf(stopped, false)).toEqual([0, 1]);
  });

  test('comes out with the payloads it had when it was read', () => {
    const records = [...withoutSuspensions(recordsOf(stopped), true)];
    expect([...records[2]!.payload]).toEqual([...payloadOf('STOP')]);
  });
});

test('the end of a source is no suspension, nor is a state between two steps', () => {
  expect(leftOf(['FRAME', 'STEP', 'SNAPSHOT', 'FRAME', 'DAY_END', 'STEP', 'LAST', 'DAY_END', 'END'])).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7, 8,
  ]);
});

describe('reports of execution', () => {
  const stopped: readonly Planned[] = ['FRAME', 'STEP', 'REPORT', 'INTENT', 'REPORT', 'STOP', 'END'];

  test('in front of a stop are left out with it where the run went on', () => {
    expect(leftOf([...stopped, 'REPORT', 'FRAME', 'STEP'])).toEqual([0, 1, 7, 8, 9]);
    expect(leftOf([...stopped, 'REPORT', 'STOP', 'END'])).toEqual([0, 1]);
    expect(leftOf(stopped, true)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test('in front of a frame stay, with a state among them', () => {
    expect(leftOf(['REPORT', 'SNAPSHOT', 'INTENT', 'FRAME', 'STEP', 'REPORT', 'LAST', 'END'])).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7,
    ]);
    expect(leftOf(['FRAME', 'STEP', 'REPORT', 'INTENT'])).toEqual([0, 1, 2, 3]);
  });

  test('whose frame never came are left out up to the END that a recovery put behind them', () => {
    expect(leftOf(['FRAME', 'STEP', 'REPORT', 'INTENT', 'END', 'REPORT', 'FRAME'])).toEqual([0, 1, 5, 6]);
  });
});
