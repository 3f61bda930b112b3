import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { JournalFolder } from '../../src/adapters/journal/journal-folder.ts';
import { JournalWriter } from '../../src/replay/journal/journal-writer.ts';
import { MACHINES } from '../../src/replay/journal/segment-name.ts';
import { StreamReader } from '../../src/replay/journal/stream-reader.ts';
import { runDolphin } from '../support/run-dolphin.ts';
import { wholeStream, writeCut } from './cut-journal.ts';
import { lifeStreams } from './life-streams.ts';
import { makeDays, type RecordedRun, recordRun, STRATEGY_FLAGS } from './recorded-run.ts';

const TIMEOUT_MS = 120_000;
/** Of the run that was cut off: in its sixth segment, whose file is plain as the writer left it. */
const LAST_SEGMENT = 5;
const LAST = 'engine-000005.dj';

const root = mkdtempSync(join(tmpdir(), 'dolphin-damaged-'));
const data = join(root, 'data');
const otherData = join(root, 'other-data');
const whole = join(root, 'cut');
let run: RecordedRun;
let dir = '';
let copies = 0;

beforeAll(async () => {
  run = await recordRun(await makeDays(data), join(root, 'whole'));
  await makeDays(otherData, 8);
  const engine = wholeStream(run.dir, 'ENGINE');
  const kept = engine.records.findLastIndex(({ segment }) => segment === LAST_SEGMENT) - 7;
  const told = engine.records.slice(0, kept).filter(({ intent }) => intent >= 0).length;
  writeCut(engine, whole, kept, 0);
  writeCut(wholeStream(run.dir, 'EXECUTION'), whole, told, 0);
}, TIMEOUT_MS);
afterAll(() => rmSync(root, { recursive: true, force: true }));

function copy(): string {
  dir = join(root, `copy-${copies++}`);
  cpSync(whole, dir, { recursive: true });
  return dir;
}

const contents = () => Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), 'hex')]));
const resume = (days = data, ...more: string[]) =>
  runDolphin(['replay', '--data', days, ...STRATEGY_FLAGS, '--record', dir, '--resume', ...more]);
const replayJournal = () => runDolphin(['replay', '--journal', dir]);

function change(name: string, edit: (bytes: Uint8Array) => void): void {
  const bytes = new Uint8Array(readFileSync(join(dir, name)));
  edit(bytes);
  writeFileSync(join(dir, name), bytes);
}

function swapFiles(one: string, other: string): void {
  renameSync(join(dir, one), join(dir, 'aside'));
  renameSync(join(dir, other), join(dir, one));
  renameSync(join(dir, 'aside'), join(dir, other));
}

/** Two neighbouring frames with their steps, of the same length, change places. */
function swapRecords(): void {
  const records = [...new StreamReader(JournalFolder.open(dir), 'ENGINE').records()].filter(
    ({ segment }) => segment === LAST,
  );
  const offsets = records.map(({ offset }) => offset);
  const at = offsets.findIndex((offset, i) => {
    const [middle, end] = [offsets[i + 2], offsets[i + 4]];
    return middle !== undefined && end !== undefined && middle - offset === end - middle;
  });
  const [from, middle, end] = [offsets[at], offsets[at + 2], offsets[at + 4]] as [number, number, number];
  change(LAST, (bytes) => {
    const first = bytes.slice(from, middle);
    bytes.copyWithin(from, middle, end);
    bytes.set(first, middle);
  });
}

/** The same records under another version of the runtime. */
function rewriteAs(nodeVersion: string): void {
  const from = JournalFolder.open(dir);
  dir = join(root, `copy-${copies++}`);
  for (const machine of MACHINES) {
    const reader = new StreamReader(from, machine);
    const records = [...reader.records()].map(({ kind, payload }) => ({ kind, payload: payload.slice() }));
    const identity = { ...reader.header!, nodeVersion };
    const writer = new JournalWriter(JournalFolder.make(dir), { identity, fsync: 'never' });
    for (const { kind, payload } of records) writer.add(kind, payload);
    expect(writer.close(Date.now()).failure).toBeNull();
  }
}

describe('a journal that is not as its writer left it: segment, record and offset named, exit 4, nothing changed', () => {
  test.each([
    [
      'a flipped bit in a payload',
      () => change(LAST, (bytes) => (bytes[40_000]! ^= 16)),
      /engine-000005\.dj, record \d+, offset \d+: .*\(rule checksum\)/,
    ],
    ['swapped records', swapRecords, /engine-000005\.dj, record \d+, offset \d+: .*\(rule (sequence|chain)\)/],
    [
      'swapped segments',
      () => swapFiles('engine-000001.dj.zst', 'engine-000002.dj.zst'),
      /engine-000001\.dj\.zst, offset 0: .*\(rule segment-number\)/,
    ],
    [
      'a missing segment',
      () => rmSync(join(dir, 'engine-000003.dj.zst')),
      /engine-000003\.dj, record \d+, offset 0: .*\(rule missing-segment\)/,
    ],
    [
      'a missing first segment',
      () => rmSync(join(dir, 'engine-000000.dj.zst')),
      /engine-000000\.dj, record 0, offset 0: .*\(rule missing-segment\)/,
    ],
    [
      'a damaged compressed segment',
      () => change('engine-000002.dj.zst', (bytes) => (bytes[9000]! ^= 16)),
      /engine-000002\.dj\.zst, .*\(rule (compression|checksum|length|sequence|chain|kind)\)/,
    ],
    [
      'a segment of another format',
      () => change(LAST, (bytes) => (bytes[8]! ^= 2)),
      /engine-000005\.dj, offset 0: .*\(rule (format|header)\)/,
    ],
  ])(
    '%s',
    async (_situation, damage, named) => {
      copy();
      damage();
      const before = contents();
      for (const outcome of [await resume(), await replayJournal()]) {
        expect(outcome.stderr).toMatch(named);
        expect(outcome.stderr.trim().split('\n')).toHaveLength(1);
        expect(outcome.code).toBe(4);
      }
      expect(contents()).toEqual(before);
    },
    TIMEOUT_MS,
  );

  test.each([
    [
      'a flipped bit in execution',
      () => change('execution-000000.dj', (bytes) => (bytes[5000]! ^= 1)),
      /execution-000000\.dj, record \d+, offset \d+: .*\(rule checksum\)/,
    ],
    [
      'no stream of the engine',
      () => removeStream('engine'),
      /engine-000000\.dj, record 0, offset 0: the stream is missing/,
    ],
    [
      'no stream of execution',
      () => removeStream('execution'),
      /execution-000000\.dj, record 0, offset 0: the stream is missing/,
    ],
    [
      'another version of the runtime',
      () => rewriteAs('v22.0.1'),
      /engine-000000\.dj, offset 0: nodeVersion must be .*was "v22\.0\.1" \(rule identity\)/,
    ],
  ])(
    '%s, when the run is to go on',
    async (_situation, damage, named) => {
      copy();
      damage();
      const before = contents();
      const { code, stderr } = await resume();
      expect(stderr).toMatch(named);
      expect(code).toBe(4);
      expect(contents()).toEqual(before);
    },
    TIMEOUT_MS,
  );

  test(
    'another config, when the run is to go on',
    async () => {
      copy();
      const before = contents();
      const { code, stderr } = await resume(data, '--set', 'fraction=0.1');
      expect(stderr).toMatch(/engine-000000\.dj\.zst, offset 0: configHash must be .* \(rule identity\)/);
      expect(code).toBe(4);
      expect(contents()).toEqual(before);
    },
    TIMEOUT_MS,
  );

  test(
    "other days of the same names are the input's fault: exit 2, and the right ones can still be gone on with",
    async () => {
      copy();
      const { engine, taken } = lifeStreams(dir);
      const { code, stderr } = await resume(otherData);
      expect(stderr).toMatch(/^dolphin: --resume: data must be those of the journal: frame \d+ there is of /);
      expect(code).toBe(2);
      // What was still missing of the last step is there now; no frame of the other days is.
      const after = lifeStreams(dir);
      expect(after.engine.slice(0, engine.length)).toEqual(engine);
      expect(after.engine.slice(engine.length).filter((record) => record.startsWith('FRAME'))).toEqual([]);
      expect(after.taken.slice(0, taken.length)).toEqual(taken);
    },
    TIMEOUT_MS,
  );
});

function removeStream(machine: string): void {
  for (const name of readdirSync(dir)) if (name.startsWith(machine)) rmSync(join(dir, name));
}

test(
  'a torn tail is cut off, said, and gone on behind',
  async () => {
    copy();
    const bytes = readFileSync(join(dir, LAST));
    writeFileSync(join(dir, LAST), bytes.subarray(0, bytes.length - 11));
    const { code, stderr } = await resume();
    expect(stderr).toMatch(
      /^dolphin: journal: engine: cut off the torn record \d+ \(\d+ bytes of engine-000005\.dj from offset \d+\)\n$/,
    );
    expect(code).toBe(0);
    expect(lifeStreams(dir).taken).toEqual(lifeStreams(dir).taken.map((_, i) => i));
  },
  TIMEOUT_MS,
);
