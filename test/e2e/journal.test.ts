import { cpSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { JournalFolder } from '../../src/adapters/journal/journal-folder.ts';
import { compressClosed } from '../../src/replay/journal/compress-closed.ts';
import { encodeSnapshot, encodeStep } from '../../src/replay/journal/payloads.ts';
import { RECORD_KINDS } from '../../src/replay/journal/record-kind.ts';
import { identityOf, type PlannedRecord, readJournal, writeJournal } from '../property/journal/journal-builder.ts';
import { temporaryFolder } from '../support/parquet-days.ts';
import { runDolphin } from '../support/run-dolphin.ts';

const RECORDS = 60;
const SECOND = 'engine-000001.dj';

/** Steps of both machines, and a snapshot long ago, in segments of a few records. */
function writeBoth(dir: string): void {
  const store = JournalFolder.make(dir);
  const steps: PlannedRecord[] = Array.from({ length: RECORDS }, (_, i) => ({
    kind: RECORD_KINDS.STEP,
    payload: encodeStep({
      frameSequence: i,
      cellsChanged: 0,
      intents: 0,
      lifetimeBar: i,
    }),
  }));
  const head = { throughSequence: 29, savedDay: 18_000, savedNsOfDay: 0 };
  steps[30] = { kind: RECORD_KINDS.SNAPSHOT, payload: encodeSnapshot(head, new Uint8Array(200)) };
  writeJournal(store, steps, { segmentBytes: 1200 });
  writeJournal(store, steps.slice(0, 5), { identity: identityOf('EXECUTION') });
}

describe('dolphin journal', () => {
  const root = temporaryFolder();
  let dir: string;
  let next = 0;

  beforeAll(() => writeBoth(join(root, 'whole')));
  const copy = () => {
    dir = join(root, `copy-${next++}`);
    cpSync(join(root, 'whole'), dir, { recursive: true });
    return dir;
  };
  const flip = (name: string) => {
    const bytes = readFileSync(join(dir, name));
    bytes[500]! ^= 8;
    writeFileSync(join(dir, name), bytes);
  };
  const contents = (folder: string) =>
    Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'hex')]));

  test('ls: a row per segment, both machines', async () => {
    const text = await runDolphin(['journal', 'ls', copy()]);
    expect(text.code).toBe(0);
    expect(text.stdout).toContain('2026-01-05T12:00:00.000Z');
    const json = JSON.parse((await runDolphin(['journal', 'ls', dir, '--json'])).stdout);
    expect(json.segments.map(({ name }: { name: string }) => name)).toEqual(readdirSync(dir).sort());
    expect(json.segments[0]).toMatchObject({ firstSequence: 0, rules: 'REPLAY', isCompressed: false, fault: null });
  });

  test('verify: whole, also with compressed segments', async () => {
    const store = JournalFolder.open(copy());
    const plainBytes = statSync(join(dir, SECOND)).size;
    expect(compressClosed(store, 'ENGINE').failure).toBeNull();
    expect(statSync(join(dir, `${SECOND}.zst`)).size).toBeLessThan(plainBytes);
    expect(readdirSync(dir)).not.toContain(SECOND);
    const { code, stdout } = await runDolphin(['journal', 'verify', dir]);
    expect(stdout).toMatch(
      /^engine: \d+ segments, 60 records, .*last record 59: whole\nexecution: 1 segment, 5 records/,
    );
    expect(code).toBe(0);
  });

  test('verify: a torn tail is said, and is no corruption', async () => {
    const last = readdirSync(copy())
      .filter((name) => name.startsWith('engine'))
      .sort()
      .at(-1) as string;
    truncateSync(join(dir, last), statSync(join(dir, last)).size - 3);
    const { code, stdout } = await runDolphin(['journal', 'verify', dir]);
    expect(stdout).toMatch(new RegExp(`torn tail: ${last}, record 59, offset \\d+: .*cuts \\d+ bytes off`));
    expect(code).toBe(0);
  });

  test('verify: a flipped bit is named, exit code 4, nothing changed', async () => {
    copy();
    flip(SECOND);
    const before = contents(dir);
    const { code, stdout } = await runDolphin(['journal', 'verify', dir]);
    expect(stdout).toMatch(/engine-000001\.dj, record \d+, offset \d+: the checksum .*\(rule checksum\)/);
    expect(stdout).toContain('execution: 1 segment, 5 records');
    expect(code).toBe(4);
    const json = JSON.parse((await runDolphin(['journal', 'verify', dir, '--json'])).stdout);
    expect(json.streams[0].corruption).toMatchObject({ segment: SECOND, rule: 'checksum', record: expect.any(Number) });
    expect(contents(dir)).toEqual(before);
  });

  test('verify: a damaged compressed segment is named', async () => {
    compressClosed(JournalFolder.open(copy()), 'ENGINE');
    const bytes = readFileSync(join(dir, `${SECOND}.zst`));
    bytes[bytes.length >> 1]! ^= 8;
    writeFileSync(join(dir, `${SECOND}.zst`), bytes);
    const { code, stdout } = await runDolphin(['journal', 'verify', dir]);
    expect(stdout).toMatch(/engine-000001\.dj\.zst.*\(rule compression\)/);
    expect(code).toBe(4);
  });

  test('export: JSON lines, from and to', async () => {
    const { code, stdout } = await runDolphin(['journal', 'export', copy(), '--from', '28', '--to', '31']);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ sequence, kind }) => [sequence, kind])).toEqual([
      [28, 'STEP'],
      [29, 'STEP'],
      [30, 'SNAPSHOT'],
      [31, 'STEP'],
    ]);
    expect(lines[0]).toMatchObject({ frameSequence: 28, lifetimeBar: 28 });
    expect(code).toBe(0);
    const execution = await runDolphin(['journal', 'export', dir, '--machine', 'execution', '--json']);
    expect(execution.stdout.trim().split('\n')).toHaveLength(5);
  });

  test('export stops at corruption with exit code 4', async () => {
    copy();
    flip(SECOND);
    const { code, stdout, stderr } = await runDolphin(['journal', 'export', dir]);
    expect(stdout.trim().split('\n').length).toBeGreaterThan(1);
    expect(stderr).toMatch(/^dolphin: journal is corrupt: engine-000001\.dj/);
    expect(code).toBe(4);
  });

  test('repair: says what it would do; a copy; the journal itself', async () => {
    copy();
    flip(SECOND);
    const before = contents(dir);
    const planned = await runDolphin(['journal', 'repair', dir]);
    expect(planned.stdout).toMatch(
      /keeps 2 segments up to record \d+\n {2}loses [\d,]+ bytes in which \d+ records can still be read/,
    );
    expect(planned.stdout).toContain('Nothing was changed');
    expect(planned.code).toBe(4);
    const out = join(root, 'repaired');
    const copied = await runDolphin(['journal', 'repair', dir, '--out', out]);
    expect(copied.code).toBe(0);
    expect(contents(dir)).toEqual(before);
    expect((await runDolphin(['journal', 'verify', out])).code).toBe(0);

    const cut = JSON.parse((await runDolphin(['journal', 'repair', dir, '--yes', '--json'])).stdout);
    expect(cut).toMatchObject({
      done: 'cut',
      streams: [{ machine: 'ENGINE', state: 'corrupt', rule: 'checksum' }, { state: 'whole' }],
    });
    expect(contents(dir)).toEqual(contents(out));
    expect(readJournal(JournalFolder.open(dir)).reader.nextSequence).toBe(cut.streams[0].lastSequence + 1);
  });

  test('repair: --out into a folder with files, or with --yes, is refused', async () => {
    const full = await runDolphin(['journal', 'repair', copy(), '--out', dir]);
    expect([full.code, full.stderr]).toEqual([2, expect.stringContaining('--out must be an empty folder')]);
    expect((await runDolphin(['journal', 'repair', dir, '--out', 'x', '--yes'])).code).toBe(2);
  });

  test('prune: segments before the old snapshot, after a dry run', async () => {
    const before = readdirSync(copy());
    const dry = await runDolphin(['journal', 'prune', dir, '--keep', '30', '--dry-run']);
    expect(dry.stdout).toMatch(/engine: would delete \d+ segments, [\d,]+ bytes, before the snapshot in record 30\n/);
    expect(readdirSync(dir)).toEqual(before);
    const { deleted } = JSON.parse((await runDolphin(['journal', 'prune', dir, '--keep', '30', '--json'])).stdout)
      .streams[0];
    expect(deleted.length).toBeGreaterThan(1);
    expect(readdirSync(dir).sort()).toEqual(
      [...before.filter((name) => !deleted.includes(name)), 'engine-pruned.json'].sort(),
    );
    expect((await runDolphin(['journal', 'verify', dir])).code).toBe(0);
  });

  test('a folder without a journal: exit code 2', async () => {
    const { code, stderr } = await runDolphin(['journal', 'verify', temporaryEmpty(root)]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('must hold segments engine-*.dj')]);
  });
});

function temporaryEmpty(root: string): string {
  return JournalFolder.make(join(root, 'empty')).path;
}
