import { NO_FAULTS } from '../../src/exec/venue/fault-plan.ts';
import { createExecutionReport, type ExecutionReport } from '../../src/model/execution-report.ts';
import type { TapeSink } from '../../src/model/execution-tape.ts';
import { FLAG_INTERRUPTED, FRAME_BAR, FRAME_SCAN, type FrameView } from '../../src/model/frame.ts';
import { createIntent, type Intent } from '../../src/model/intent.ts';
import { encodeEnd } from '../../src/replay/journal/payloads.ts';
import { RECORD_KINDS } from '../../src/replay/journal/record-kind.ts';
import type { RoutedInputs } from '../../src/replay/journal/routed-inputs.ts';
import type { RunInputs } from '../../src/replay/journal/run-inputs.ts';
import type { StreamIdentity } from '../../src/replay/journal/segment-links.ts';
import { encodeTape, TAPE_RECORDS } from '../../src/replay/journal/tape-records.ts';
import { sessionOptionsOf } from '../../src/workers/journalled-tape.ts';
import { RoutedSession } from '../../src/workers/routed/routed-session.ts';
import type { PlannedRecord } from '../property/journal/journal-builder.ts';
import { JournalRecorder } from './record-journal.ts';

/** A simulated venue of bars without faults, one instrument per symbol. */
export function routedInputsOf(universe: readonly string[], changes: Partial<RoutedInputs> = {}): RoutedInputs {
  const instrument = { tickPx: 1e-6, lotQty: 0, minNotional: 5, halfSpreadBps: 1, assumed: [] };
  return {
    venue: 'bars',
    instruments: universe.map((symbol) => ({ symbol, ...instrument })),
    seed: 1,
    runEpoch: 1,
    initialCapital: 100_000,
    maxLeverage: 5,
    barIntervalMs: 5000,
    latency: { minMs: 20, meanExtraMs: 30 },
    faults: NO_FAULTS,
    ...changes,
  };
}

/** Engine and execution in lockstep (design §3) on one thread, and the records of both. */
export class RoutedRecorder {
  readonly engine: JournalRecorder;
  /** Execution's stream. */
  readonly records: PlannedRecord[] = [];
  readonly identity: StreamIdentity;
  private readonly session: RoutedSession;
  private reports: ExecutionReport[] = [];
  private intents: Intent[] = [];

  constructor(inputs: RunInputs & { readonly routed: RoutedInputs }, universe: readonly string[]) {
    this.engine = new JournalRecorder(inputs, universe, {
      intents: { emit: (intent) => void this.intents.push({ ...createIntent(), ...intent }) },
    });
    this.identity = { ...this.engine.identity, machine: 'EXECUTION' };
    const tape: TapeSink = {
      write: (kind, values) => void this.records.push({ kind: TAPE_RECORDS[kind], payload: encodeTape(kind, values) }),
    };
    const reports = {
      report: (one: ExecutionReport) => void this.reports.push({ ...createExecutionReport(), ...one }),
    };
    this.session = new RoutedSession(sessionOptionsOf(inputs.routed), { reports, tape });
  }

  take(frame: FrameView): void {
    if (frame.kind !== FRAME_SCAN && frame.kind !== FRAME_BAR) {
      this.engine.take(frame);
      return;
    }
    this.session.onFrame(frame);
    this.hear();
    this.engine.take(frame);
    this.decide();
  }

  /** The END frame of both machines, and the records behind it. */
  end(flags = 0): void {
    this.session.stopWorking();
    this.hear();
    this.engine.end(flags);
    this.intents = []; // decided on the reports of the stop: execution works them no more
    const reason = flags === FLAG_INTERRUPTED ? 1 : 0;
    this.records.push({ kind: RECORD_KINDS.END, payload: encodeEnd({ reason }, new Uint8Array()) });
  }

  private hear(): void {
    const { reports } = this;
    this.reports = [];
    for (const report of reports) this.engine.hear(report);
  }

  private decide(): void {
    const { intents } = this;
    this.intents = [];
    for (const intent of intents) this.session.onIntent(intent);
  }
}

/** A whole recorded run. */
export function recordRouted(
  inputs: RunInputs & { readonly routed: RoutedInputs },
  { universe, frames }: { readonly universe: readonly string[]; readonly frames: readonly FrameView[] },
): RoutedRecorder {
  const recorder = new RoutedRecorder(inputs, universe);
  for (const frame of frames) recorder.take(frame);
  recorder.end();
  return recorder;
}
