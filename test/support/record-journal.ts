import type { Rules } from '../../src/engine/actor.ts';
import { type AcbUpdate, type LiveCells, NO_CELLS, type PostureUpdate } from '../../src/engine/live-cells.ts';
import type { ExecutionReport } from '../../src/model/execution-report.ts';
import {
  createFrame,
  FLAG_INTERRUPTED,
  FRAME_BAR,
  FRAME_END,
  FRAME_SCAN,
  type FrameView,
} from '../../src/model/frame.ts';
import type { Intent, IntentSink } from '../../src/model/intent.ts';
import { createChampionConfig } from '../../src/model/strategy.ts';
import { dayFromDate } from '../../src/model/time.ts';
import { DayFrames } from '../../src/replay/day-frames.ts';
import { encodeFramePayload } from '../../src/replay/journal/frame-payload.ts';
import {
  type CellTaken,
  encodeCells,
  encodeCommand,
  encodeDayEnd,
  encodeEnd,
  encodeIntent,
  encodeReport,
  encodeSnapshot,
  encodeStep,
} from '../../src/replay/journal/payloads.ts';
import { RECORD_KINDS, type RecordKind } from '../../src/replay/journal/record-kind.ts';
import { encodeRunInputs, fillModeOf, type RunInputs } from '../../src/replay/journal/run-inputs.ts';
import type { StreamIdentity } from '../../src/replay/journal/segment-links.ts';
import { createSyntheticDay } from '../../src/replay/synthetic/synthetic-day.ts';
import { syntheticUniverse } from '../../src/replay/synthetic/universe.ts';
import { EngineMachine } from '../../src/workers/engine-machine.ts';
import { runConfigHash } from '../../src/workers/run-config-hash.ts';
import type { PlannedRecord } from '../property/journal/journal-builder.ts';

export interface RecorderOptions {
  readonly rules?: Rules;
  readonly cells?: LiveCells;
  readonly runId?: string;
  /** Told of every decision too. */
  readonly intents?: IntentSink;
}

/** A machine fed by a call that writes down what it consumes and decides, in the order of an engine's stream. */
export class JournalRecorder {
  /** For writeJournal(): sequences are those of their order, gaps counted. */
  readonly records: PlannedRecord[] = [];
  readonly identity: StreamIdentity;
  readonly machine: EngineMachine;
  private readonly assets: number;
  private readonly cells: RecordedCells;
  private nextSequence = 0;
  private nextFrame = 0;
  private nextCommand = 0;
  /** Decided since the last frame. */
  private intentsOnReports = 0;

  constructor(inputs: RunInputs, universe: readonly string[], options: RecorderOptions = {}) {
    const { rules = 'replay', cells = NO_CELLS } = options;
    this.assets = universe.length;
    this.cells = new RecordedCells(cells, (taken) => this.add(RECORD_KINDS.CELLS, encodeCells([taken])));
    this.machine = new EngineMachine(
      { ...inputs, universe, fills: fillModeOf(inputs) },
      {
        rules,
        cells: this.cells,
        intents: { emit: (intent) => this.decided(intent, options.intents) },
        onDayEnd: ({ date, bars, trades }) => {
          const dayEnd = { day: dayFromDate(date), bars, trades };
          this.add(RECORD_KINDS.DAY_END, encodeDayEnd(dayEnd, bytesOf(this.machine.stateHash())));
        },
      },
    );
    this.identity = {
      machine: 'ENGINE',
      rules: rules === 'live' ? 'LIVE' : 'REPLAY',
      runId: options.runId ?? 'run-1',
      configJson: encodeRunInputs(inputs),
      configHash: runConfigHash(this.machine.identity.configHash, inputs.routed),
      universe,
      nodeVersion: 'v22.23.3',
      v8Version: '12.4.254.21-node.33',
    };
  }

  /** Sequence of the next record. */
  get sequence(): number {
    return this.nextSequence;
  }

  /** Takes a frame under the next number of the ring. */
  take(frame: FrameView): void {
    frame.sequence = this.nextFrame++;
    this.add(RECORD_KINDS.FRAME, encodeFramePayload(frame, this.assets));
    const intentsBefore = this.machine.engine.intentsDecided - this.intentsOnReports;
    this.intentsOnReports = 0;
    this.cells.beginStep();
    this.machine.take(frame);
    if (frame.kind !== FRAME_SCAN && frame.kind !== FRAME_BAR) return;
    const { intentsDecided, lifetimeBar } = this.machine.engine;
    const step = {
      frameSequence: frame.sequence,
      cellsChanged: this.cells.hasChanged ? 1 : 0,
      intents: intentsDecided - intentsBefore,
      lifetimeBar,
    };
    this.add(RECORD_KINDS.STEP, encodeStep(step));
  }

  /** Takes a report of execution, in front of the frame that it came with. */
  hear(report: ExecutionReport): void {
    this.add(RECORD_KINDS.REPORT, encodeReport(report));
    const intentsBefore = this.machine.engine.intentsDecided;
    this.machine.hear(report);
    this.intentsOnReports += this.machine.engine.intentsDecided - intentsBefore;
  }

  command(kind: number): void {
    this.add(RECORD_KINDS.COMMAND, encodeCommand({ sequence: this.nextCommand++, kind, argument: 0 }));
    this.machine.obey(kind);
  }

  /** The full state behind everything so far, as it follows a gap. */
  snapshot(): void {
    this.addSnapshot(this.nextSequence - 1, this.machine.snapshot());
  }

  /** A snapshot as the shadow's come in: its state is that behind an earlier record. */
  addSnapshot(throughSequence: number, state: Uint8Array): void {
    this.add(RECORD_KINDS.SNAPSHOT, encodeSnapshot({ throughSequence, savedDay: 20_000, savedNsOfDay: 0 }, state));
  }

  /** Takes records back, from the one with index `from` on, and leaves a gap in their place. */
  lose(from: number): void {
    const missing = this.records.length - from;
    this.records.splice(from, missing, { kind: RECORD_KINDS.GAP, payload: new Uint8Array(), missing });
  }

  /** The END frame and the record behind it. */
  end(flags = 0): void {
    const frame = createFrame(this.assets);
    frame.kind = FRAME_END;
    frame.flags = flags;
    this.take(frame);
    const reason = flags === FLAG_INTERRUPTED ? 1 : 0;
    this.add(RECORD_KINDS.END, encodeEnd({ reason }, bytesOf(this.machine.stateHash())));
  }

  /** An operator's stop, and the same run going on behind it; the END frame's number is given again. */
  stopAndResume(): void {
    const state = this.machine.snapshot();
    this.end(FLAG_INTERRUPTED);
    this.machine.restore(state);
    this.nextFrame -= 1;
  }

  private decided(intent: Intent, onwards?: IntentSink): void {
    this.add(RECORD_KINDS.INTENT, encodeIntent(intent));
    onwards?.emit(intent);
  }

  private add(kind: RecordKind, payload: Uint8Array): void {
    this.records.push({ kind, payload });
    this.nextSequence += 1;
  }
}

/** Passes cells on, and notes what was taken and whether one changed during a step. */
class RecordedCells implements LiveCells {
  private readonly cells: LiveCells;
  private readonly onTaken: (taken: CellTaken) => void;
  private takenVersion: number | null = null;
  private readonly first = new Map<string, number>();
  hasChanged = false;

  constructor(cells: LiveCells, onTaken: (taken: CellTaken) => void) {
    this.cells = cells;
    this.onTaken = onTaken;
  }

  beginStep(): void {
    this.hasChanged = false;
    this.takenVersion = null;
    this.first.clear();
  }

  acbVersion(): number {
    const version = this.cells.acbVersion();
    if (this.takenVersion !== null && version !== this.takenVersion) this.hasChanged = true;
    return version;
  }

  postureVersion(): number {
    return this.compared('posture', this.cells.postureVersion());
  }

  mcVersion(): number {
    return this.compared('mc', this.cells.mcVersion());
  }

  takeAcb(update: AcbUpdate): boolean {
    const isNew = this.cells.takeAcb(update);
    this.takenVersion = update.version;
    if (!isNew) return false;
    const values = Float64Array.of(update.hasValue ? 1 : 0, update.boost, update.beta, update.refusals);
    this.onTaken({ cell: 'acb', version: update.version, values });
    return true;
  }

  takePosture(update: PostureUpdate): boolean {
    const isNew = this.cells.takePosture(update);
    this.first.set('posture', update.version);
    if (!isNew) return false;
    const values = Float64Array.of(update.posture, update.rm, update.tsDay, update.tsNsOfDay);
    this.onTaken({ cell: 'posture', version: update.version, values });
    return true;
  }

  private compared(cell: string, version: number): number {
    if (!this.first.has(cell)) this.first.set(cell, version);
    else if (this.first.get(cell) !== version) this.hasChanged = true;
    return version;
  }
}

export const FIRST_DAY = 20_458; // 2026-01-05

/** Run inputs of the champion, or of what a test changes in it. */
export function runInputsOf(changes: Partial<RunInputs> = {}): RunInputs {
  return {
    strategy: 'champion',
    paramHash: 'cd'.repeat(32),
    config: createChampionConfig(),
    barIntervalMs: 5000,
    factors: [],
    safety: [],
    source: { dir: 'data', from: '2026-01-05', to: '2026-01-05', files: ['2026-01-05.parquet'], synthetic: true },
    ...changes,
  };
}

export interface SyntheticFrames {
  readonly universe: readonly string[];
  readonly frames: readonly FrameView[];
}

/** The first `rows` scans of some synthetic days, with the books before them, each frame with memory of its own. */
export function syntheticFrames(options: {
  days: number;
  rows: number;
  assets?: number;
  seed?: number;
}): SyntheticFrames {
  const { days, rows, assets = 6, seed = 1 } = options;
  const universe = syntheticUniverse(assets).map(({ symbol }) => symbol);
  const frames: FrameView[] = [];
  for (let day = FIRST_DAY; day < FIRST_DAY + days; day++) {
    const dayFrames = new DayFrames(createSyntheticDay({ seed, day, assets, intervalMs: 5000, withBook: true }), day);
    for (let scans = 0; scans < rows; ) {
      const frame = createFrame(assets);
      dayFrames.fill(frame);
      frames.push(frame);
      if (frame.kind === FRAME_SCAN) scans += 1;
    }
  }
  return { universe, frames };
}

/** A whole recorded run. */
export function recordRun(
  inputs: RunInputs,
  { universe, frames }: SyntheticFrames,
  options: RecorderOptions = {},
): JournalRecorder {
  const recorder = new JournalRecorder(inputs, universe, options);
  for (const frame of frames) recorder.take(frame);
  recorder.end();
  return recorder;
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}
