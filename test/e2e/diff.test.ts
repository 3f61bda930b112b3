import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { JournalFolder } from '../../src/adapters/journal/journal-folder.ts';
import { FRAME_SCAN } from '../../src/model/frame.ts';
import { createChampionConfig } from '../../src/model/strategy.ts';
import { compressClosed } from '../../src/replay/journal/compress-closed.ts';
import { RECORD_KINDS } from '../../src/replay/journal/record-kind.ts';
import { writeJournal } from '../property/journal/journal-builder.ts';
import { temporaryFolder } from '../support/parquet-days.ts';
import { type JournalRecorder, recordRun, runInputsOf, syntheticFrames } from '../support/record-journal.ts';
import { runDolphin } from '../support/run-dolphin.ts';

const CONFIG = { ...createChampionConfig(), warmup_bars: 60, direction: 'both' } as const;
const DAYS = syntheticFrames({ days: 1, rows: 600 });
/** A scan on which a position is open or opened, so that its price decides something. */
const CHANGED_BAR = 400;

describe('dolphin diff', () => {
  const root = temporaryFolder();
  const at = (name: string) => join(root, name);

  /** A journal with the streams of both machines. */
  function write(name: string, { records, identity }: JournalRecorder): void {
    const store = JournalFolder.make(at(name));
    writeJournal(store, records, { identity, segmentBytes: 100_000, perFlush: 50 });
    const intents = records.filter(({ kind }) => kind === RECORD_KINDS.INTENT);
    writeJournal(store, intents, { identity: { ...identity, machine: 'EXECUTION' } });
  }

  beforeAll(() => {
    write('a', recordRun(runInputsOf({ config: CONFIG }), DAYS));
    write('same', recordRun(runInputsOf({ config: CONFIG }), DAYS, { runId: 'run-2' }));
    compressClosed(JournalFolder.open(at('same')), 'ENGINE');
    const frames = DAYS.frames.map((frame) => {
      if (frame.kind !== FRAME_SCAN || frame.tsEventNsOfDay !== CHANGED_BAR * 5e9) return frame;
      const payload = frame.payload.slice();
      payload[2]! *= 0.9;
      return { ...frame, payload };
    });
    write('price', recordRun(runInputsOf({ config: CONFIG }), { ...DAYS, frames }));
    write('half', recordRun(runInputsOf({ config: { ...CONFIG, fraction: 0.1 } }), DAYS));
  });

  test('two runs of the same inputs: equal, exit code 0', async () => {
    const { code, stdout, stderr } = await runDolphin(['diff', at('a'), at('same')]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/Execution took the same \d+ intents\.\n\nEqual: the same was consumed and decided\.\n$/);
  });

  test('two runs that differ in one price: exactly that bar, exit code 1', async () => {
    const { code, stdout } = await runDolphin(['diff', at('a'), at('price')]);
    expect(code).toBe(1);
    expect(stdout).toContain(
      `First differing input: price of ${DAYS.universe[2]}\n  2026-01-05T00:33:20.000Z, SCAN, bar ${CHANGED_BAR}, frame `,
    );
    expect(stdout).toMatch(/^ +1 {2}of them with an input that differs$/m);
    expect(stdout.endsWith('The journals differ.\n')).toBe(true);
    for (const line of stdout.split('\n').slice(4)) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  test('another strategy: its key first, then the decision with what it was made from', async () => {
    const { code, stdout } = await runDolphin(['diff', at('a'), at('half')]);
    expect(code).toBe(1);
    const [settings, decision] = [
      'Settings that differ\n  config.fraction\n    A  0.2\n    B  0.1',
      'First divergent decision',
    ];
    expect(stdout.indexOf(settings)).toBeGreaterThan(0);
    expect(stdout.indexOf(decision)).toBeGreaterThan(stdout.indexOf(settings));
    expect(stdout).toMatch(/intent {2,}enter (SHORT|LONG) \w+ {2,}enter (SHORT|LONG) \w+/);
    expect(stdout).toMatch(/vel_div {2,}\S+ {2,}\S+/);
    for (const line of stdout.split('\n').slice(4)) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  test('--json: the same, in full precision', async () => {
    const { code, stdout } = await runDolphin(['diff', at('a'), at('price'), '--json']);
    const json = JSON.parse(stdout);
    expect(code).toBe(1);
    expect(json).toMatchObject({
      equal: false,
      settings: [],
      firstInput: { field: 'price', asset: DAYS.universe[2], bar: { a: CHANGED_BAR, b: CHANGED_BAR }, frame: 'SCAN' },
      counts: { inputs: 1 },
      endings: { a: { end: { reason: 0 } } },
    });
    expect(json.firstInput.b).toBe(json.firstInput.a * 0.9);
  });

  test('a corrupt journal: exit code 4, and no answer', async () => {
    cpSync(at('a'), at('broken'), { recursive: true });
    const path = join(at('broken'), 'engine-000000.dj');
    const bytes = readFileSync(path);
    bytes[50_000]! ^= 1;
    writeFileSync(path, bytes);
    const { code, stdout, stderr } = await runDolphin(['diff', at('a'), at('broken')]);
    expect([code, stdout]).toEqual([4, '']);
    expect(stderr).toContain('journal is corrupt: engine-000000.dj');
  });

  test('folders without a journal, and too few arguments: exit code 2', async () => {
    const empty = JournalFolder.make(at('empty')).path;
    const { code, stderr } = await runDolphin(['diff', at('a'), empty]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('journal must hold segments engine-*.dj')]);
    expect((await runDolphin(['diff', at('a'), at('nowhere')])).code).toBe(2);
    expect((await runDolphin(['diff', at('a')])).code).toBe(2);
  });
});
