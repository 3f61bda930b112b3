import { describe, expect, test } from 'vitest';
import { createExecutionReport } from '../../../src/model/execution-report.ts';
import { REPORT_FIELDS, TAPE_ADVANCE, TAPE_INTENT, TAPE_VALUES_MAX } from '../../../src/model/execution-tape.ts';
import { createFrame, FRAME_REPORT } from '../../../src/model/frame.ts';
import { createIntent } from '../../../src/model/intent.ts';
import { RECORD_KINDS } from '../../../src/replay/journal/record-kind.ts';
import { EventRingConsumer } from '../../../src/shm/event-ring.ts';
import { DEFAULT_SLOTS } from '../../../src/shm/layout.ts';
import { createRegion } from '../../../src/shm/region.ts';
import { ExecutionEvents } from '../../../src/workers/execution-events.ts';
import { fillReportFrame, readReportFrame } from '../../../src/workers/journalled-inputs.ts';

function bench() {
  const region = createRegion({ ...DEFAULT_SLOTS, assets: 2, hasAssetSignals: false, executionEventBytes: 4096 });
  const journal = new EventRingConsumer(region, 'execution');
  const read = () => {
    const records: { kind: number; values: number[] }[] = [];
    while (journal.poll()) {
      records.push({ kind: journal.kind, values: [...new Float64Array(journal.payload().slice().buffer)] });
    }
    journal.release();
    return records;
  };
  return { events: new ExecutionEvents(region), read };
}

describe("execution's events", () => {
  test('of a routed run are the tape: its values by kind, seen once the input was handled', () => {
    const { events, read } = bench();
    const values = new Float64Array(TAPE_VALUES_MAX).fill(Number.NaN);
    values.set([20_458, 5e9]);
    events.write(TAPE_ADVANCE, values);
    values.set([7, 1]);
    events.write(TAPE_INTENT, values);
    expect(read()).toEqual([]);
    events.flush();
    const [advance, intent, ...more] = read();
    expect(advance).toEqual({ kind: RECORD_KINDS.ADVANCE, values: [20_458, 5e9] });
    expect(intent).toEqual({ kind: RECORD_KINDS.INTENT, values: [7, 1, ...new Array(10).fill(Number.NaN)] });
    expect(more).toEqual([]);
  });

  test('of analytic fills are the intents taken, seen at once, and why it ended', () => {
    const { events, read } = bench();
    events.intent({ ...createIntent(), sequence: 4, kind: 2, price: 99.5 });
    expect(read()[0]!.values.slice(0, 2)).toEqual([4, 2]);
    events.end();
    expect(read()).toEqual([{ kind: RECORD_KINDS.END, values: [1] }]);
  });
});

test('a report in the bar ring comes out as it went in', () => {
  const frame = createFrame(2);
  const report = createExecutionReport();
  REPORT_FIELDS.forEach((field, i) => {
    report[field] = i + 0.25;
  });
  fillReportFrame(frame, report);
  const copy = createExecutionReport();
  readReportFrame(frame, copy);
  expect([frame.kind, copy]).toEqual([FRAME_REPORT, report]);
});
