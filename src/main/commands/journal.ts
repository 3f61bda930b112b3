import { once } from 'node:events';
import { JournalFolder } from '../../adapters/journal/journal-folder.ts';
import { InputError } from '../../model/input-error.ts';
import { dateFromDay } from '../../model/time.ts';
import { JournalCorruption } from '../../replay/journal/corruption.ts';
import { recordToJson } from '../../replay/journal/record-json.ts';
import { isRoutedStream } from '../../replay/journal/routed-stream.ts';
import { listSegments, MACHINES, type Machine } from '../../replay/journal/segment-name.ts';
import { isSegmentStart } from '../../replay/journal/segment-start.ts';
import { readSegmentStart, StreamReader, type TornTail } from '../../replay/journal/stream-reader.ts';
import { alignRows } from '../../report/text-table.ts';
import { plural } from '../../report/words.ts';
import { type ExecutionReplay, replayTape } from '../../workers/replay-execution.ts';
import { EXIT_CORRUPTION } from '../exit-codes.ts';

export interface JournalFlags {
  readonly json?: boolean;
}

export interface JournalExportFlags {
  readonly machine: string;
  readonly from?: number;
  readonly to?: number;
}

/** `dolphin journal ls`: one row per segment, from the headers. Exit code 0; an unreadable header is said in its row. */
export function journalLsCommand(dir: string, { json }: JournalFlags): number {
  const store = JournalFolder.open(dir);
  const rows = streamsOf(store).flatMap((machine) =>
    listSegments(store, machine).map((file) => rowOf(store, file.name, file)),
  );
  if (json === true) printJson({ dir, segments: rows });
  else {
    const titles = ['segment', 'bytes', 'first record', 'started', 'rules', 'config', 'note'];
    const aligns = ['left', 'right', 'right', 'left', 'left', 'left', 'left'] as const;
    const cells = rows.map((row) => [
      row.name,
      count(row.bytes),
      row.firstSequence === null ? '' : count(row.firstSequence),
      row.started ?? '',
      row.rules ?? '',
      row.configHash?.slice(0, 12) ?? '',
      row.fault ?? '',
    ]);
    process.stdout.write(`${alignRows([titles, ...cells], aligns).join('\n')}\n`);
  }
  return 0;
}

/**
 * `dolphin journal verify`: every stream from its first record to its last; the machine of a routed run's execution is
 * stepped again as well. Exit code 4 when a stream is corrupt, or says otherwise than its machine.
 */
export function journalVerifyCommand(dir: string, { json }: JournalFlags): number {
  const store = JournalFolder.open(dir);
  const streams = streamsOf(store).map((machine) => verify(store, machine));
  const isCorrupt = streams.some(({ corruption }) => corruption !== null);
  const replay = isCorrupt || !isReplayable(store) ? null : replayTape(store);
  if (json === true) printJson({ dir, streams, replay });
  else {
    const lines = [...streams.map(describeStream), ...(replay === null ? [] : [describeReplay(replay)])];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
  return isCorrupt || (replay?.difference ?? null) !== null ? EXIT_CORRUPTION : 0;
}

/** `dolphin journal export`: one JSON line per record. Exit code 4 at the first record that is wrong. */
export async function journalExportCommand(dir: string, flags: JournalExportFlags): Promise<number> {
  const store = JournalFolder.open(dir);
  const machine = flags.machine.toUpperCase() as Machine;
  if (!streamsOf(store).includes(machine)) throw new InputError(`journal ${dir} has no stream of ${flags.machine}`);
  const reader = new StreamReader(store, machine);
  try {
    for (const record of reader.records(flags.from)) {
      if (record.sequence > (flags.to ?? Number.POSITIVE_INFINITY)) break;
      const line = JSON.stringify(recordToJson(record, reader.header?.universe ?? []));
      if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
    }
  } catch (error) {
    return reportCorruption(error);
  }
  if (reader.torn !== null) process.stderr.write(`dolphin: ${describeTorn(reader.torn)}\n`);
  return 0;
}

/** Streams that have segments. @throws InputError when there is none. */
export function streamsOf(store: JournalFolder): Machine[] {
  const machines = MACHINES.filter((machine) => listSegments(store, machine).length > 0);
  if (machines.length === 0)
    throw new InputError(`journal must hold segments engine-*.dj or execution-*.dj: ${store.path}`);
  return machines;
}

/** Prints a corruption and gives its exit code; throws on whatever is none. */
export function reportCorruption(error: unknown): number {
  if (!(error instanceof JournalCorruption)) throw error;
  process.stderr.write(`dolphin: ${error.message}\n`);
  return EXIT_CORRUPTION;
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

export const count = (value: number) => value.toLocaleString('en-US');

function rowOf(store: JournalFolder, name: string, { bytes, isCompressed }: { bytes: number; isCompressed: boolean }) {
  const start = readSegmentStart(store, name);
  if (!isSegmentStart(start)) {
    const fault = `${start.detail} (rule ${start.rule})`;
    return { name, bytes, isCompressed, firstSequence: null, started: null, rules: null, configHash: null, fault };
  }
  const { firstSequence, startedDay, startedNsOfDay, rules, configHash } = start.header;
  const started = `${dateFromDay(startedDay)}T${new Date(startedNsOfDay / 1e6).toISOString().slice(11)}`;
  return { name, bytes, isCompressed, firstSequence, started, rules, configHash, fault: null };
}

function verify(store: JournalFolder, machine: Machine) {
  const reader = new StreamReader(store, machine);
  let corruption: JournalCorruption | null = null;
  try {
    reader.readAll();
  } catch (error) {
    if (!(error instanceof JournalCorruption)) throw error;
    corruption = error;
  }
  const { segments, torn, nextSequence } = reader;
  return {
    machine,
    segments: segments.length,
    records: segments.reduce((sum, { records }) => sum + records, 0),
    bytes: segments.reduce((sum, { wholeBytes }) => sum + wholeBytes, 0),
    lastSequence: nextSequence - 1,
    torn,
    corruption:
      corruption === null
        ? null
        : {
            ...corruption,
            record: Number.isNaN(corruption.record) ? null : corruption.record,
            message: corruption.message,
          },
  };
}

function describeStream({
  machine,
  segments,
  records,
  bytes,
  lastSequence,
  torn,
  corruption,
}: ReturnType<typeof verify>) {
  const read = `${machine.toLowerCase()}: ${plural(segments, 'segment')}, ${count(records)} records, ${count(bytes)} bytes`;
  if (corruption !== null) return `${read} verified, then\n  ${corruption.message}`;
  const end = lastSequence < 0 ? 'no record yet' : `last record ${lastSequence}`;
  return torn === null ? `${read}, ${end}: whole` : `${read}, ${end}\n  ${describeTorn(torn)}`;
}

/** Only the whole stream of a routed run is. */
function isReplayable(store: JournalFolder): boolean {
  return listSegments(store, 'EXECUTION')[0]?.number === 0 && isRoutedStream(store);
}

function describeReplay({ records, orderLogHash, difference }: ExecutionReplay): string {
  const verdict = difference === null ? 'it does what is recorded' : `it does otherwise: ${difference}`;
  return `execution's machine stepped again over ${count(records)} records: ${verdict}\n  orderLogHash ${orderLogHash}`;
}

function describeTorn({ segment, offset, bytes, record, detail }: TornTail): string {
  return `torn tail: ${segment}, record ${record}, offset ${offset}: ${detail}; the next run cuts ${plural(bytes, 'byte')} off`;
}
