import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { JournalFolder } from '../../src/adapters/journal/journal-folder.ts';
import { JournalWriter } from '../../src/replay/journal/journal-writer.ts';
import { decodeSnapshotHead } from '../../src/replay/journal/payloads.ts';
import { RECORD_KINDS } from '../../src/replay/journal/record-kind.ts';
import { recoverStream } from '../../src/replay/journal/recover.ts';
import { StreamReader } from '../../src/replay/journal/stream-reader.ts';
import { type WholeStream, wholeStream, writeCut } from './cut-journal.ts';
import { lifeStreams } from './life-streams.ts';
import { OneThreadLife } from './one-thread-life.ts';
import { makeDays, openJournalOf, type RecordedRun, recordRun } from './recorded-run.ts';

const IS_NIGHTLY = process.env['DOLPHIN_NIGHTLY'] === '1';
const POINTS = Number(process.env['DOLPHIN_CRASH_POINTS'] ?? 500);
const LEAST_RECORDS = 10_000;
const SEED = 20_260_105;
const TIMEOUT_MS = IS_NIGHTLY ? 4 * 3_600_000 : 600_000;

const root = mkdtempSync(join(tmpdir(), 'dolphin-crash-points-'));
let run: RecordedRun;
let engine: WholeStream;
let execution: WholeStream;

beforeAll(async () => {
  const source = await makeDays(join(root, 'data'));
  run = await recordRun(source, join(root, 'whole'));
  engine = wholeStream(run.dir, 'ENGINE');
  execution = wholeStream(run.dir, 'EXECUTION');
}, TIMEOUT_MS);
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Where a crash cut a run: whole records of each stream, and bytes of the record behind them. */
interface CrashPoint {
  readonly engine: { readonly kept: number; readonly torn: number };
  readonly execution: { readonly kept: number; readonly torn: number };
}

/** What recovery and going on to the end made of a cut run: null, or what is different. */
function differenceAfter(
  { engine: left, execution: right }: CrashPoint,
  name: string,
  change: (dir: string) => void = () => undefined,
): string | null {
  const dir = join(root, name);
  try {
    writeCut(engine, dir, left.kept, left.torn);
    writeCut(execution, dir, right.kept, right.torn);
    change(dir);
    const end = new OneThreadLife(run, openJournalOf(run.source, dir, true)).toTheEnd();
    if (end.stateHash !== run.stateHash) return `state ${end.stateHash}`;
    if (end.decisionHash !== run.decisionHash) return `decisions ${end.decisionHash}`;
    return differenceOfStreams(dir);
  } catch (error) {
    return (error as Error).stack ?? String(error);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function differenceOfStreams(dir: string): string | null {
  const streams = lifeStreams(dir);
  for (const machine of ['engine', 'execution'] as const) {
    const at = run.streams[machine].findIndex((record, i) => record !== streams[machine][i]);
    const length = streams[machine].length;
    if (at >= 0) return `${machine} record ${at}: ${streams[machine][at]} and not ${run.streams[machine][at]}`;
    if (length > run.streams[machine].length) return `${machine} has ${length - run.streams[machine].length} more`;
  }
  return null;
}

/** Seeded: uniform below a bound. */
function randomBelow(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

/** Half of the engine's cuts lie between two records. */
function crashPoint(index: number, below: (bound: number) => number): CrashPoint {
  const kept = below(engine.records.length);
  return pointAt(kept, index % 2 === 0 ? 0 : tornBytes(engine, kept, below), index % 5 === 4, below);
}

/**
 * Execution's cut is its own. A process that is killed leaves no intent whose record the engine's stream has lost: it was
 * not let out before; a power loss leaves of either stream what the disk had.
 */
function pointAt(kept: number, torn: number, isPowerLoss: boolean, below: (bound: number) => number): CrashPoint {
  const told = engine.records.slice(0, kept).filter(({ intent }) => intent >= 0).length;
  const most = isPowerLoss ? execution.records.length - 1 : told;
  const keptThere = below(3) === 0 ? most : below(most + 1);
  // Of an intent that may not be there yet not even a part is.
  const isTornThere = below(2) === 0 && (isPowerLoss || keptThere < told);
  return {
    engine: { kept, torn },
    execution: { kept: keptThere, torn: isTornThere ? tornBytes(execution, keptThere, below) : 0 },
  };
}

function tornBytes({ records }: WholeStream, kept: number, below: (bound: number) => number): number {
  const next = records[kept];
  return next === undefined ? 0 : 1 + below(next.end - next.offset - 1);
}

describe('a run that is cut off and gone on with', () => {
  test('is long enough, in several segments of which some are compressed', () => {
    const names = engine.segments.map(({ name }) => name);
    expect(engine.records.length).toBeGreaterThanOrEqual(LEAST_RECORDS);
    expect(names.filter((name) => name.endsWith('.zst')).length).toBeGreaterThan(3);
    expect(run.commands).toHaveLength(6);
    expect(run.streams.taken.length).toBeGreaterThan(100);
    expect(run.streams.taken).toEqual(run.streams.taken.map((_, i) => i));
  });

  test('in one thread, without a crash, is the run of the worker threads', () => {
    const dir = join(root, 'one-thread');
    const end = new OneThreadLife(run, openJournalOf(run.source, dir, false)).toTheEnd();
    expect(end).toEqual({ stateHash: run.stateHash, decisionHash: run.decisionHash });
    expect(differenceOfStreams(dir)).toBeNull();
  });

  test(
    `ends as the whole one, from ${POINTS} points${IS_NIGHTLY ? ' and from every boundary' : ''}`,
    () => {
      const below = randomBelow(SEED);
      const points = Array.from({ length: POINTS }, (_, i) => crashPoint(i, below));
      if (IS_NIGHTLY) points.push(...engine.records.map((_, kept) => pointAt(kept, 0, false, below)));
      const lost: string[] = [];
      const startedMs = performance.now();
      for (const [i, point] of points.entries()) {
        const difference = differenceAfter(point, `point-${i}`);
        if (difference !== null) lost.push(`${JSON.stringify(point)}: ${difference}`);
      }
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
      console.log(
        `crash points: ${points.length} tried, ${lost.length} lost; ${engine.records.length} records in ` +
          `${engine.segments.length} segments, ${run.streams.taken.length} intents, ${seconds} s`,
      );
      expect(lost.slice(0, 3)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test.each([1, 2, 50])('behind the end of the engine, %i intents before that of execution', (untaken) => {
    const kept = execution.records.length - 1 - untaken;
    const point = { engine: { kept: engine.records.length, torn: 0 }, execution: { kept, torn: 0 } };
    expect(differenceAfter(point, 'behind-end')).toBeNull();
  });

  test('behind a snapshot that no frame follows', () => {
    const { throughSequence, payload } = newestSnapshot();
    const kept = throughSequence + 1;
    const told = engine.records.slice(0, kept).filter(({ intent }) => intent >= 0).length;
    const point = { engine: { kept, torn: 0 }, execution: { kept: told, torn: 0 } };
    const appendSnapshot = (dir: string) => {
      const { position, identity } = recoverStream(JournalFolder.open(dir), 'ENGINE', null);
      const writer = new JournalWriter(JournalFolder.open(dir), { identity: identity!, fsync: 'never', position });
      writer.add(RECORD_KINDS.SNAPSHOT, payload);
      writer.close(Date.now());
    };
    expect(differenceAfter(point, 'behind-snapshot', appendSnapshot)).toBeNull();
  });
});

function newestSnapshot(): { throughSequence: number; payload: Uint8Array } {
  let payload: Uint8Array | null = null;
  for (const record of new StreamReader(JournalFolder.open(run.dir), 'ENGINE').records()) {
    if (record.kind === RECORD_KINDS.SNAPSHOT) payload = new Uint8Array(record.payload);
  }
  if (payload === null) throw new Error('the run has no snapshot');
  return { ...decodeSnapshotHead(payload), payload };
}
