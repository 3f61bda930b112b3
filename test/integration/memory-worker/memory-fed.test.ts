import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { scanCodec } from '../../../src/adapters/memory/feature-codecs.ts';
import { FEATURES_MAP, SCAN_KEY } from '../../../src/adapters/memory/maps.ts';
import { openMemory } from '../../../src/adapters/memory/open-memory.ts';
import { openRecording } from '../../../src/main/recording/open-recording.ts';
import type { Recording } from '../../../src/main/recording/recording.ts';
import { sourceFromJournal } from '../../../src/main/replay-source.ts';
import type { SafetyValue } from '../../../src/model/memory-values.ts';
import { postureFromName } from '../../../src/model/posture.ts';
import { MS_PER_DAY, NS_PER_MS } from '../../../src/model/time.ts';
import { Gauge } from '../../../src/shm/counters.ts';
import { DAY, dayScan, fedOf, memoryFedRun, memorySource, ScanWriter } from '../../support/memory-fed-run.ts';
import { replayThroughRing } from '../../support/replay-through-ring.ts';
import { book } from '../memory/sample-values.ts';
import { until } from '../memory/until.ts';

const root = mkdtempSync(join(tmpdir(), 'dolphin-memory-fed-'));
const writers: ScanWriter[] = [];
let stores = 0;
afterEach(async () => {
  await Promise.all(writers.splice(0).map((writer) => writer.close()));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function newStore() {
  const config = { kind: 'embedded', path: join(root, `memory-${++stores}.db`) } as const;
  const writer = new ScanWriter(config);
  writers.push(writer);
  return { config, writer };
}

test('scans and books of the memory are taken, what was told before is not, what was missed is counted', async () => {
  const { config, writer } = newStore();
  await writer.next();
  const run = memoryFedRun(memorySource(), config);
  const ended = run.run();
  await until('the standing scan', () => fedOf(run).scans === 1);
  await writer.memory.books.write('SOLUSDT', { ...book(7), day: DAY });
  await until('a book', () => fedOf(run).books === 1);

  // Other writers do not look at what is there: the same scan in other words, and an older one.
  const raw = openMemory(config);
  const again = scanCodec.encode(dayScan(1, { velDiv: 0.002 }));
  await raw.put(FEATURES_MAP, SCAN_KEY, again);
  await until('a duplicate', () => fedOf(run).duplicates === 1);
  await raw.put(FEATURES_MAP, SCAN_KEY, scanCodec.encode(dayScan(0, { nsOfDay: 1 })));
  await until('an older scan', () => fedOf(run).late === 1);
  await raw.close();

  for (let i = 0; i < 200; i++) void writer.next(); // far faster than anyone asks for them
  await until('the newest scan', () => fedOf(run).scans + fedOf(run).missed === writer.written);
  run.stop();
  const { engine, feed, lostWakes } = await ended;
  const { scans, gaps, missed } = fedOf({ feed });
  expect(engine.run.days[0]?.bars).toBe(scans);
  expect(gaps).toBeGreaterThan(0);
  expect(missed).toBe(writer.written - scans);
  expect(feed).toMatchObject({ books: 1, duplicates: 1, late: 1, dropped: 0 });
  expect({ lostWakes, complete: engine.complete }).toEqual({ lostWakes: 0, complete: false });
});

test('recorded, it goes on behind its journal: the standing scan is told again and left out', async () => {
  const { config, writer } = newStore();
  const dir = join(root, 'journal');
  const { inputs, universe, ...source } = memorySource();
  const recording = (resume: boolean): Recording =>
    openRecording({ dir, fsync: 'never', segmentBytes: 1 << 20, resume, inputs, universe });
  const life = async (resume: boolean, scans: number) => {
    const run = memoryFedRun({ ...source, inputs, universe }, config, { recording: recording(resume) });
    const ended = run.run();
    if (resume) await until('the scan that was taken before', () => fedOf(run).duplicates === 1);
    const before = writer.written;
    for (let i = 0; i < scans; i++) {
      await writer.next();
      await until(`scan ${writer.written}`, () => fedOf(run).scans === writer.written - before);
    }
    run.stop();
    return await ended;
  };
  await life(false, 20);
  const { engine, feed } = await life(true, 10);
  expect(feed).toMatchObject({ scans: 10, duplicates: 1, late: 0, gaps: 0 });
  expect(engine.run.days[0]?.bars).toBe(30);
  const { outcome } = await replayThroughRing(sourceFromJournal(dir));
  expect(outcome.engine.stateHash).toBe(engine.stateHash);
  expect(outcome.engine.run.days).toEqual(engine.run.days);
});

test('under live rules the age of a scan is judged by the clock, and the journal keeps what it read', async () => {
  const { config, writer } = newStore();
  const dir = join(root, 'live-journal');
  const source = memorySource('live');
  const { inputs, universe, rules } = source;
  const recording = openRecording({
    dir,
    fsync: 'never',
    segmentBytes: 1 << 20,
    resume: false,
    inputs,
    universe,
    rules,
  });
  const run = memoryFedRun(source, config, { recording });
  const ended = run.run();
  for (const number of [1, 2]) {
    await writer.next();
    await until(`scan ${number}`, () => fedOf(run).scans === number);
  }
  const nowMs = Date.now();
  const now = { day: Math.floor(nowMs / MS_PER_DAY), nsOfDay: (nowMs % MS_PER_DAY) * NS_PER_MS };
  await writer.memory.latestScan.write(dayScan(3, now));
  await until('a scan of now', () => fedOf(run).scans === 3);
  run.stop();
  const { engine } = await ended;
  expect(engine.run.days.map(({ counters }) => counters.staleScans)).toEqual([2, 0]);
  const { outcome } = await replayThroughRing(sourceFromJournal(dir));
  expect(outcome.engine.stateHash).toBe(engine.stateHash);
});

test('live, the posture that the memory says is honoured, journalled, and heard again by a run that goes on', async () => {
  const { config, writer } = newStore();
  const dir = join(root, 'posture-journal');
  const source = memorySource('live');
  const { inputs, universe, rules } = source;
  const life = async (resume: boolean, posture: SafetyValue['posture'], rm: number) => {
    const recording = openRecording({ dir, fsync: 'never', segmentBytes: 1 << 20, resume, inputs, universe, rules });
    const run = memoryFedRun(source, config, { recording });
    const held = new Gauge(run.region, 'posture');
    const ended = run.run();
    if (!resume) await writer.next();
    await until('the standing scan', () => fedOf(run).scans + fedOf(run).duplicates === 1);
    await writer.memory.safety.write({ posture, rm, sensors: null, tsMs: Date.now() });
    const step = async () => {
      await writer.next();
      return held.value === postureFromName(posture);
    };
    await until('the engine has taken it', step);
    run.stop();
    const { engine } = await ended;
    return engine;
  };
  const first = await life(false, 'TURTLE', 0.6);
  expect(first.run.days.map((day) => day.posture)).toEqual(['TURTLE']);
  const last = await life(true, 'HIBERNATE', 0.2);
  expect(last.run.days.map((day) => day.posture)).toEqual(['HIBERNATE']);
  expect(last.run.warnings.some((warning) => warning.startsWith('The posture fell 2 times within a day'))).toBe(true);
  const { outcome } = await replayThroughRing(sourceFromJournal(dir));
  expect(outcome.engine.stateHash).toBe(last.stateHash);
  expect(outcome.engine.run).toEqual(last.run);
});
