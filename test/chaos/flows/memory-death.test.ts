import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { EmbeddedStore } from '../../../src/adapters/embedded/embedded-store.ts';
import { LEASE_MAP } from '../../../src/adapters/memory/maps.ts';
import { InputError } from '../../../src/model/input-error.ts';
import { type Cut, FlowBench } from '../../integration/flows/flow-bench.ts';
import { CAPITAL_AT_START, PlainEngine } from './plain-engine.ts';

const [FIRST, SECOND, THIRD] = ['2026-01-05', '2026-01-06', '2026-01-07'] as const;
const LEASES = { paper: 'DOLPHIN_STATE_BLUE/latest', supervisor: 'DOLPHIN_STATE_BLUE/latest_nautilus' } as const;
type Flow = keyof typeof LEASES;

/** No process dies here, so nothing has to be on a disk: some thousand syncs are saved. */
const FOLDERS = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const folder = mkdtempSync(join(FOLDERS, 'dolphin-deaths-'));
afterAll(() => rmSync(folder, { recursive: true }));

function newBench() {
  const bench = new FlowBench(mkdtempSync(join(folder, 'state-')), '.');
  const engine = new PlainEngine();
  bench.host.backends.runner = () => engine;
  return { bench, engine };
}

/** Runs a day with a memory that dies on the way; answers how it ended and how many operations there were. */
async function runCut(bench: FlowBench, flow: Flow, date: string, cut: Cut | null) {
  let operations = () => 0;
  bench.onMemory = (memory) => {
    memory.cut = cut;
    operations = () => memory.operations;
  };
  const outcome = await bench.run(flow, date);
  bench.onMemory = () => undefined;
  // What the dead memory was not asked to give back: this process lives, so it would have to expire.
  const store = EmbeddedStore.open(join(bench.state, 'memory.db'));
  await store.put(LEASE_MAP, LEASES[flow], '{}');
  await store.close();
  const lost = bench.host.table.logs(outcome.runId).filter(({ text }) => text.includes('the memory is lost'));
  return { state: outcome.state, operations: operations(), lost: lost.length };
}

const readState = (bench: FlowBench, flow: Flow) =>
  bench.asking((memory) => memory[flow === 'paper' ? 'paper' : 'nautilus'].readState());

/** A day of another machine in the memory, under a claim of its own. */
const writtenElsewhere = (bench: FlowBench, date: string, capital: number) =>
  bench.asking(async (memory) => {
    const claim = await memory.paper.claim(10_000, () => undefined);
    if (claim.kind !== 'ok') throw new Error(claim.kind);
    const state = { capital, date, pnl: 0, strategy: null, paramHash: 'a'.repeat(64), isStale: false };
    expect(await memory.paper.writeState(claim.ownership, state)).toEqual({ kind: 'ok' });
    await claim.ownership.release();
  });

const DEATHS = [
  ['dies for good', 'before', Number.POSITIVE_INFINITY],
  ['dies behind an operation, for good', 'behind', Number.POSITIVE_INFINITY],
  ['is away for five operations', 'before', 5],
  ['is away for five operations, the first of them carried out', 'behind', 5],
] as const;

for (const flow of ['paper', 'supervisor'] as const) {
  test.each(DEATHS)(
    `${flow}: a memory that %s, at any operation of a day: the day is traded once, and the memory gets it`,
    async (_fault, where, length) => {
      const whole = newBench();
      await whole.bench.run(flow, FIRST);
      const { operations } = await runCut(whole.bench, flow, SECOND, null);
      expect(operations).toBeGreaterThan(12); // a claim, two reads, a posture, two writes that renew it, and a release
      let lost = 0;
      for (let from = 1; from <= operations; from++) {
        const { bench, engine } = newBench();
        expect((await bench.run(flow, FIRST)).state).toBe('completed');
        const cut = await runCut(bench, flow, SECOND, { from, to: from + length, where });
        expect([from, cut.state]).toEqual([from, 'completed']);
        lost += cut.lost;
        expect([from, (await bench.run(flow, SECOND)).state]).toEqual([from, 'skipped']);
        expect([from, (await bench.run(flow, THIRD)).state]).toEqual([from, 'completed']);
        expect([from, engine.traded]).toEqual([from, [FIRST, SECOND, THIRD]]);
        const capital = CAPITAL_AT_START + 30;
        expect(await readState(bench, flow)).toMatchObject({ kind: 'ok', value: { date: THIRD, capital } });
        await bench.asking(async (memory) => {
          for (const date of [FIRST, SECOND, THIRD]) {
            const part = { [flow === 'paper' ? 'paper' : 'nautilus']: { pnl: 10 } };
            expect([from, await memory.paper.readPnl(date)]).toMatchObject([from, { kind: 'ok', value: part }]);
          }
        });
        if (flow === 'paper') {
          const log = readFileSync(join(bench.state, 'pnl/paper-blue.jsonl'), 'utf8').trim().split('\n');
          expect([from, log.length]).toEqual([from, 3]);
        }
        bench.host.table.close();
        rmSync(bench.state, { recursive: true });
      }
      expect(lost).toBeGreaterThan(0);
    },
  );
}

test('a memory that is away again while it is brought up to date gets every day in the end', async () => {
  const forGood = { from: 1, to: Number.POSITIVE_INFINITY, where: 'before' } as const;
  for (let from = 1; from <= 12; from++) {
    const { bench, engine } = newBench();
    await bench.run('paper', FIRST);
    expect((await runCut(bench, 'paper', SECOND, forGood)).state).toBe('completed');
    // Long enough for all attempts to publish, and over before the day's own result is written.
    const cut = await runCut(bench, 'paper', THIRD, { from, to: from + 10, where: 'before' });
    expect([from, cut.state]).toEqual([from, 'completed']);
    expect([from, (await bench.run('paper', THIRD)).state]).toEqual([from, 'skipped']);
    expect([from, engine.traded]).toEqual([from, [FIRST, SECOND, THIRD]]);
    const capital = CAPITAL_AT_START + 30;
    expect([from, await readState(bench, 'paper')]).toMatchObject([from, { value: { date: THIRD, capital } }]);
    await bench.asking(async (memory) => {
      for (const date of [FIRST, SECOND, THIRD]) {
        expect([from, await memory.paper.readPnl(date)]).toMatchObject([from, { value: { paper: { pnl: 10 } } }]);
      }
    });
    bench.host.table.close();
  }
});

test('a memory lost before its state was read is not written to, however soon it is back: others went on there', async () => {
  const { bench } = newBench();
  await bench.run('paper', FIRST);
  await writtenElsewhere(bench, THIRD, 5000);
  // Two operations of the claim are answered; the state is asked for three times.
  const cut = await runCut(bench, 'paper', SECOND, { from: 3, to: 6, where: 'before' });
  expect(cut).toMatchObject({ state: 'completed', lost: 1 });
  expect(await readState(bench, 'paper')).toMatchObject({ value: { date: THIRD, capital: 5000 } });
  expect((await bench.run('paper', THIRD)).state).toBe('skipped');
  expect(await readState(bench, 'paper')).toMatchObject({ value: { date: THIRD, capital: 5000 } });
});

test('a history that began while the memory was lost does not replace its capital, unless the operator says so', async () => {
  const { bench } = newBench();
  await writtenElsewhere(bench, FIRST, 5000);
  const cut = { from: 1, to: Number.POSITIVE_INFINITY, where: 'before' } as const;
  expect((await runCut(bench, 'paper', SECOND, cut)).state).toBe('completed');
  expect(await bench.run('paper', THIRD)).toMatchObject({
    state: 'failed',
    summary: expect.stringContaining(`${FIRST} at 5000 USDT, but this machine went on to ${SECOND} from 1000 USDT`),
  });
  expect(await readState(bench, 'paper')).toMatchObject({ value: { date: FIRST, capital: 5000 } });
  expect((await bench.run('paper', THIRD, { adopt: true })).state).toBe('completed');
});

test('where machines share the memory, its death at any operation before the state fails the day', async () => {
  for (let from = 1; from <= 4; from++) {
    const { bench, engine } = newBench();
    bench.onMemory = (memory) => {
      memory.cut = { from, to: Number.POSITIVE_INFINITY, where: 'before' };
    };
    expect([from, (await bench.run('paper', FIRST, { isShared: true })).state]).toEqual([from, 'failed']);
    expect(engine.traded).toEqual([]);
  }
});

test('a memory that refuses us ends the run of a person; one of a schedule goes on, and its log says why', async () => {
  const { bench, engine } = newBench();
  bench.onMemory = (memory) => {
    memory.isDown = true;
    memory.refusal = 'no trusted certificate';
  };
  const attended = await bench.run('paper', FIRST, { trigger: 'manual' });
  expect(attended).toMatchObject({ state: 'failed', error: expect.any(InputError), summary: /no trusted certificate/ });
  expect(engine.traded).toEqual([]);
  const { state, runId } = await bench.run('paper', FIRST, { trigger: 'schedule' });
  expect([state, engine.traded]).toEqual(['completed', [FIRST]]);
  const texts = bench.host.table.logs(runId).map(({ text }) => text);
  expect(texts).toContainEqual(expect.stringMatching(/going on with local state: no trusted certificate/));
});
