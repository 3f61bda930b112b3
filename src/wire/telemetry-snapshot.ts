import { Builder } from 'flatbuffers';
import { NamedValue } from './generated/dolphin/named-value.ts';
import { TelemetrySnapshot as Table } from './generated/dolphin/telemetry-snapshot.ts';
import { WorkerState } from './generated/dolphin/worker-state.ts';
import { WorkerStatus } from './generated/dolphin/worker-status.ts';
import { enumName, finishMessage, openMessage, requiredString } from './message.ts';

/** What a process says of itself; see schemas/telemetry.fbs. Names are those of the shared region. */
export interface TelemetrySnapshot {
  readonly runId: string;
  readonly tsDay: number;
  readonly tsNsOfDay: number;
  readonly workers: readonly {
    readonly name: string;
    readonly state: keyof typeof WorkerState;
    /** Unsigned, wraps at 2^32. */
    readonly beats: number;
  }[];
  readonly counters: Readonly<Record<string, number>>;
  readonly gauges: Readonly<Record<string, number>>;
}

const IDENTIFIER = 'DLTS';
const builder = new Builder(4096);

/** A snapshot as bytes of its own. */
export function encodeTelemetrySnapshot(snapshot: TelemetrySnapshot): Uint8Array {
  return finishMessage(builder, writeSnapshot(builder, snapshot), IDENTIFIER);
}

/** @throws Error when the bytes are no whole snapshot of this version. */
export function decodeTelemetrySnapshot(bytes: Uint8Array): TelemetrySnapshot {
  return readSnapshot(Table.getSizePrefixedRootAsTelemetrySnapshot(openMessage(bytes, IDENTIFIER)));
}

/** Writes a snapshot into a message under construction; its offset. Call it before starting another table. */
export function writeSnapshot(into: Builder, snapshot: TelemetrySnapshot): number {
  const workers = snapshot.workers.map(({ name, state, beats }) =>
    WorkerStatus.createWorkerStatus(into, into.createString(name), WorkerState[state], beats),
  );
  const counters = writeNamedValues(into, snapshot.counters);
  const gauges = writeNamedValues(into, snapshot.gauges);
  return Table.createTelemetrySnapshot(
    into,
    into.createString(snapshot.runId),
    snapshot.tsDay,
    snapshot.tsNsOfDay,
    Table.createWorkersVector(into, workers),
    Table.createCountersVector(into, counters),
    Table.createGaugesVector(into, gauges),
  );
}

/** Reads the snapshot of a message; nothing of it points into the message. */
export function readSnapshot(table: Table): TelemetrySnapshot {
  return {
    runId: requiredString(table.runId(), 'run_id'),
    tsDay: table.tsDay(),
    tsNsOfDay: table.tsNsOfDay(),
    workers: Array.from({ length: table.workersLength() }, (_, i) => {
      const worker = table.workers(i) as WorkerStatus;
      return {
        name: requiredString(worker.name(), 'workers.name'),
        state: enumName(WorkerState, worker.state(), 'workers.state'),
        beats: worker.beats(),
      };
    }),
    counters: readNamedValues(table.countersLength(), (i) => table.counters(i)),
    gauges: readNamedValues(table.gaugesLength(), (i) => table.gauges(i)),
  };
}

function writeNamedValues(into: Builder, values: Readonly<Record<string, number>>): number[] {
  return Object.entries(values).map(([name, value]) =>
    NamedValue.createNamedValue(into, into.createString(name), value),
  );
}

function readNamedValues(length: number, at: (index: number) => NamedValue | null): Record<string, number> {
  const values: Record<string, number> = {};
  for (let i = 0; i < length; i++) {
    const entry = at(i) as NamedValue;
    values[requiredString(entry.name(), 'name')] = entry.value();
  }
  return values;
}
