import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { JournalFolder } from '../../src/adapters/journal/journal-folder.ts';
import { createChampionConfig } from '../../src/model/strategy.ts';
import { doublesOf } from '../../src/replay/journal/record-fields.ts';
import { RECORD_KINDS } from '../../src/replay/journal/record-kind.ts';
import { JOURNAL_BEGIN } from '../../src/workers/journal-machine.ts';
import {
  type ProvedState,
  type ShadowAnswer,
  type ShadowReport,
  type ShadowRequest,
  ShadowVerifier,
} from '../../src/workers/shadow-verifier.ts';
import { verifySegment } from '../../src/workers/verify-segment.ts';
import { type PlannedRecord, writeJournal } from '../property/journal/journal-builder.ts';
import { temporaryFolder } from '../support/parquet-days.ts';
import { type JournalRecorder, recordRun, runInputsOf, syntheticFrames } from '../support/record-journal.ts';

const INPUTS = runInputsOf({ config: { ...createChampionConfig(), warmup_bars: 60, direction: 'both' } });
const DAYS = syntheticFrames({ days: 1, rows: 1500 });
/** Every scan, the day's end with the END frame, and the END. */
const STEPS = 1502;
const SEGMENT_BYTES = 100_000;

const root = temporaryFolder();
let next = 0;
let whole: JournalRecorder;
beforeAll(() => {
  whole = recordRun(INPUTS, DAYS);
});

function written(records: readonly PlannedRecord[] = whole.records): { dir: string; segments: number } {
  const dir = join(root, String(next++));
  const { identity } = whole;
  writeJournal(JournalFolder.make(dir), records, { identity, segmentBytes: SEGMENT_BYTES, perFlush: 100 });
  return { dir, segments: readdirSync(dir).length };
}

/** Runs tasks on this thread, and counts those that run at once. */
function inProcess() {
  const seen = { requests: [] as ShadowRequest[], running: 0, most: 0 };
  const runTask = async ({ dir, ...segment }: ShadowRequest): Promise<ShadowAnswer> => {
    seen.requests.push({ dir, ...segment });
    seen.running += 1;
    seen.most = Math.max(seen.most, seen.running);
    await Promise.resolve();
    try {
      return { ok: true, verdict: verifySegment(JournalFolder.open(dir), segment) };
    } catch (cause) {
      return { ok: false, reason: (cause as Error).message };
    } finally {
      seen.running -= 1;
    }
  };
  return { seen, runTask };
}

async function verifyAll(
  { dir, segments }: { dir: string; segments: number },
  runTask?: (request: ShadowRequest) => Promise<ShadowAnswer>,
) {
  const told = { progress: [] as ShadowReport[], proved: [] as (ProvedState | null)[], alarms: [] as string[] };
  const verifier = new ShadowVerifier({
    dir,
    ...(runTask === undefined ? {} : { runTask }),
    onProgress: (report, proved) => {
      told.progress.push(report);
      told.proved.push(proved);
    },
    onAlarm: (line) => told.alarms.push(line),
  });
  for (let segment = 0; segment < segments - 1; segment++) verifier.segmentClosed(segment);
  return { ...told, report: await verifier.finish(segments - 1) };
}

describe('the shadow', () => {
  test('verifies every segment once and in order, never two at once, and compresses the closed ones', async () => {
    const journal = written();
    const { seen, runTask } = inProcess();
    const { report, proved, progress, alarms } = await verifyAll(journal, runTask);
    const { segments } = journal;
    expect(segments).toBeGreaterThan(4);
    expect(report).toEqual({
      steps: STEPS,
      agreeing: STEPS,
      unverified: 0,
      segments,
      firstMismatch: null,
      failures: [],
    });
    expect(alarms).toEqual([]);
    expect(seen).toMatchObject({ most: 1 });
    expect(seen.requests.map(({ segment }) => segment)).toEqual(progress.map((_, i) => i));
    expect(readdirSync(journal.dir).filter((name) => name.endsWith('.zst'))).toHaveLength(segments - 1);
    expect(proved.every((state) => state !== null)).toBe(true);
  });

  test('a segment that ends within a step is gone on with from the frame of that step', async () => {
    const journal = written();
    const { seen, runTask } = inProcess();
    await verifyAll(journal, runTask);
    const starts = seen.requests.map(({ from }) => from.throughSequence + 1);
    expect(starts[0]).toBe(0);
    for (const start of starts) expect(whole.records[start]!.kind).toBe(RECORD_KINDS.FRAME);
    // Not one of the segments' own starts, or nothing was carried over.
    const isCarried = seen.requests.some(
      ({ from, segment }) => segment > 0 && from.throughSequence < firstOf(journal.dir, segment) - 1,
    );
    expect(isCarried).toBe(true);
  });

  test('a proved state is that of a run up to its record', async () => {
    const { dir, segments } = written();
    const first = verifySegment(JournalFolder.open(dir), { segment: 1, from: JOURNAL_BEGIN, isLast: false });
    const rest = verifySegment(JournalFolder.open(dir), { segment: segments - 1, from: first.standing, isLast: true });
    expect(rest.stateHash).toBe(whole.machine.stateHash());
    expect(first.steps + rest.steps).toBe(STEPS);
    expect(rest.firstMismatch).toBeNull();
  });

  test('a mismatch is an alarm, stays in the report, and ends the proved states', async () => {
    const index = whole.records.flatMap(({ kind }, i) => (kind === RECORD_KINDS.INTENT ? [i] : []))[3]!;
    const records = whole.records.map((record, i) => {
      if (i !== index) return record;
      const payload = record.payload.slice();
      doublesOf(payload)[7]! += 1;
      return { ...record, payload };
    });
    const { report, alarms, proved } = await verifyAll(written(records), inProcess().runTask);
    expect(report).toMatchObject({ steps: STEPS, agreeing: STEPS - 1 });
    expect(alarms).toHaveLength(1);
    expect(alarms[0]).toMatch(
      /^shadow: ALARM: engine-00000\d.dj, record \d+, frame \d+ does not replay: intent 3 price/,
    );
    const at = proved.indexOf(null);
    expect(at).toBeGreaterThan(0);
    expect(proved.slice(at).every((state) => state === null)).toBe(true);
  });

  test('a task that fails is said, and its records are verified with the next segment', async () => {
    const journal = written();
    const { runTask } = inProcess();
    let calls = 0;
    const { report, alarms } = await verifyAll(journal, async (request) => {
      calls += 1;
      if (calls === 2) throw new Error('out of memory');
      return await runTask(request);
    });
    expect(report).toMatchObject({ steps: STEPS, agreeing: STEPS, segments: journal.segments - 1 });
    expect(report.failures).toEqual(['engine-000001.dj not verified: out of memory']);
    expect(readdirSync(journal.dir).filter((name) => name.endsWith('.dj'))).toHaveLength(1);
    expect(alarms).toEqual(['shadow: engine-000001.dj not verified: out of memory']);
  });

  test('a flipped bit: three tries, then it gives up, and the run is told each time', async () => {
    const journal = written();
    const path = join(journal.dir, 'engine-000001.dj');
    const bytes = readFileSync(path);
    bytes[50_000]! ^= 4;
    writeFileSync(path, bytes);
    const { report, alarms } = await verifyAll(journal, inProcess().runTask);
    expect(report.segments).toBe(1);
    expect(alarms).toHaveLength(3);
    expect(alarms[0]).toContain('journal is corrupt: engine-000001.dj');
    expect(alarms[2]).toMatch(/; it gives up$/);
  });

  test('in its pool: the same verdict', async () => {
    const { report, alarms } = await verifyAll(written());
    expect(alarms).toEqual([]);
    expect(report).toMatchObject({ steps: STEPS, agreeing: STEPS, failures: [] });
  });

  test('closed before its end: nothing more is told', async () => {
    const { dir } = written();
    const progress: ShadowReport[] = [];
    const verifier = new ShadowVerifier({
      dir,
      onProgress: (report) => progress.push(report),
      onAlarm: () => undefined,
    });
    verifier.segmentClosed(0);
    await verifier.close();
    await verifier.finish(1);
    expect(progress).toEqual([]);
  });
});

function firstOf(dir: string, segment: number): number {
  const bytes = JournalFolder.open(dir).read(`engine-00000${segment}.dj.zst`) ?? new Uint8Array();
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const recordsAt = Math.ceil((16 + view.getUint32(12, true)) / 8) * 8;
  return view.getUint32(recordsAt + 16, true);
}
