import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeBookDay } from '../../src/adapters/archive/write-book-day.ts';
import { JournalFolder } from '../../src/adapters/journal/journal-folder.ts';
import { decodeDay } from '../../src/adapters/parquet/read-day.ts';
import { loadStrategy } from '../../src/main/config/load-config.ts';
import { plannedDays } from '../../src/main/frame-origin.ts';
import { openRecording } from '../../src/main/recording/open-recording.ts';
import type { Recording } from '../../src/main/recording/recording.ts';
import { ReplayRun } from '../../src/main/replay-run.ts';
import { type ReplaySource, sourceFromDays } from '../../src/main/replay-source.ts';
import { makeSyntheticFolder } from '../../src/main/synthetic-folder.ts';
import { COMMAND_FLATTEN, COMMAND_HALT, COMMAND_RESUME } from '../../src/model/command.ts';
import { BOOK_VALUES } from '../../src/model/frame.ts';
import { dateFromDay, dayFromDate } from '../../src/model/time.ts';
import { decodeCommand } from '../../src/replay/journal/payloads.ts';
import { RECORD_KINDS } from '../../src/replay/journal/record-kind.ts';
import { StreamReader } from '../../src/replay/journal/stream-reader.ts';
import { decisionHash } from '../../src/report/decision-hash.ts';
import { attachDayBlock, type DayBlock } from '../../src/shm/day-block.ts';
import { CommandRingProducer } from '../../src/shm/record-ring.ts';
import { type LifeStreams, lifeStreams } from './life-streams.ts';

const FIRST_DAY = dayFromDate('2026-01-05');
/** Two hours of them. */
const BOOKS_PER_ASSET = 240;
/** More trades than the champion makes: many intents to lose. */
const SETTINGS = ['max_hold_bars=12', 'vel_div_threshold=-0.015'];
/** The same for the command line. */
export const STRATEGY_FLAGS = [...SETTINGS.flatMap((setting) => ['--set', setting]), '--bar-interval', 'auto'];
const SEGMENT_BYTES = 1 << 18;
const UNDER_WAY_BYTES = 200_000;

/** An order of the operator, and the number of the first frame that was taken behind it. */
export interface GivenCommand {
  readonly kind: number;
  readonly beforeFrame: number;
}

/** A day as its file decodes. */
export interface DecodedBlock {
  readonly block: DayBlock;
  readonly day: number;
}

/** A run through the real worker threads, recorded to its end, and everything that it was made from. */
export interface RecordedRun {
  readonly source: ReplaySource;
  readonly days: readonly DecodedBlock[];
  /** Folder of its journal. */
  readonly dir: string;
  readonly commands: readonly GivenCommand[];
  readonly stateHash: string;
  readonly decisionHash: string;
  readonly streams: LifeStreams;
}

/** Two days of five assets, order books in the first hours alone: over 10,000 records. */
export async function makeDays(dir: string, seed = 7): Promise<ReplaySource> {
  const kind = { seed, assets: 5, intervalMs: 40_000, withSignals: true, withBook: true, withBars: false };
  const days = [FIRST_DAY, FIRST_DAY + 1];
  await makeSyntheticFolder({ ...kind, dir, days }, { force: false, isStopped: () => false, onDay: () => undefined });
  const books = days.map((day) => join(dir, 'ob', `${dateFromDay(day)}.parquet`)) as [string, string];
  const strategy = loadStrategy(null, SETTINGS);
  const source = await sourceFromDays(strategy, { data: dir, barInterval: 'auto', configName: 'test' });
  await shortenBooks(source, books[0]);
  rmSync(books[1]);
  return await sourceFromDays(strategy, { data: dir, barInterval: 'auto', configName: 'test' });
}

/** A frame of a book has no STEP: some are wanted, not as many as there are. */
async function shortenBooks({ origin, universe }: ReplaySource, path: string): Promise<void> {
  const [{ block, day }] = (await decodeDays({ origin, universe })) as [DecodedBlock];
  const books = universe.map((_, asset) => {
    const nsOfDay = new Float64Array(BOOKS_PER_ASSET);
    const values = new Float64Array(BOOKS_PER_ASSET * BOOK_VALUES);
    for (let i = 0; i < BOOKS_PER_ASSET; i++) {
      const snapshot = i * universe.length + asset;
      nsOfDay[i] = block.bookNsOfDay[snapshot] as number;
      values.set(block.bookValues.subarray(snapshot * BOOK_VALUES, (snapshot + 1) * BOOK_VALUES), i * BOOK_VALUES);
    }
    return { nsOfDay, values, incomplete: 0, otherBandRows: 0, repeatedRows: 0, longestFrozenAsk: 0 };
  });
  await writeBookDay(path, day, universe, books);
}

/** True when a run that records to this folder is past its first hundreds of records. */
export function isUnderWay(dir: string): boolean {
  const first = statSync(join(dir, 'engine-000000.dj'), { throwIfNoEntry: false });
  return first !== undefined && first.size > UNDER_WAY_BYTES;
}

/** Readies a journal, in segments small enough that a run has many. */
export function openJournalOf({ inputs, universe }: ReplaySource, dir: string, resume: boolean): Recording {
  return openRecording({ dir, fsync: 'never', segmentBytes: SEGMENT_BYTES, resume, inputs, universe });
}

/** Runs the days through the worker threads, with orders of the operator on the way, closed segments compressed. */
export async function recordRun(
  source: ReplaySource,
  dir: string,
  { withOrders } = { withOrders: true },
): Promise<RecordedRun> {
  const recording = openJournalOf(source, dir, false);
  const run = new ReplayRun({
    ...source,
    recording,
    wait: 'park',
    speed: 150_000, // about a second, in which the operator's orders come between frames
    scannerMode: 'ahead',
    onDayEnd: () => undefined,
    onAlarm: (line) => {
      throw new Error(line);
    },
  });
  const operator = withOrders ? giveOrders(run) : undefined;
  const { engine } = await run.run().finally(() => clearInterval(operator));
  return {
    source,
    days: await decodeDays(source),
    dir,
    commands: givenCommands(dir),
    stateHash: engine.stateHash,
    decisionHash: decisionHash(engine.run.trades),
    streams: lifeStreams(dir),
  };
}

/** Halts, goes on, and flattens by and by; where exactly is for the journal to say. */
function giveOrders(run: ReplayRun): NodeJS.Timeout {
  const orders = new CommandRingProducer(run.region);
  const due = [COMMAND_HALT, COMMAND_RESUME, COMMAND_FLATTEN, COMMAND_RESUME, COMMAND_HALT, COMMAND_RESUME];
  let given = 0;
  return setInterval(() => {
    if (given === due.length || run.framesStepped < 700 * (given + 1)) return;
    orders.record.kind = due[given++] as number;
    orders.record.argument = 0;
    orders.offer();
  }, 1);
}

function givenCommands(dir: string): GivenCommand[] {
  const commands: GivenCommand[] = [];
  let frames = 0;
  for (const { kind, payload } of new StreamReader(JournalFolder.open(dir), 'ENGINE').records()) {
    if (kind === RECORD_KINDS.FRAME) frames += 1;
    if (kind === RECORD_KINDS.COMMAND) commands.push({ kind: decodeCommand(payload).kind, beforeFrame: frames });
  }
  return commands;
}

async function decodeDays({ origin, universe }: Pick<ReplaySource, 'origin' | 'universe'>): Promise<DecodedBlock[]> {
  const days: DecodedBlock[] = [];
  for (const { path, bookPath, day } of plannedDays(origin)) {
    const { buffer, shape } = await decodeDay({ path, bookPath, day, universe });
    days.push({ block: attachDayBlock(buffer, shape), day });
  }
  return days;
}
