import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DayResult } from '../../../src/model/day-result.ts';
import { FlowBench } from '../../integration/flows/flow-bench.ts';
import { flowFolder, makePriceDays, replayWhole } from '../../integration/flows/flow-fixtures.ts';
import { REPOSITORY } from '../../support/run-dolphin.ts';
import { sharedDataOrSkip } from '../../support/shared-data.ts';
import type { Death } from './mortal-flow.ts';

const MORTAL = join(REPOSITORY, 'test/chaos/flows/mortal-flow.ts');
const WEEK = sharedDataOrSkip('data/bars-1m/usdm-2025-05');
const TIMEOUT_MS = 300_000;

/** Runs a day in a process of its own; answers what it said, or the signal that ended it. */
function liveOnce(bench: FlowBench, date: string, death: Death): Promise<string> {
  const node = join(REPOSITORY, 'node_modules/.bin/node');
  const child = spawn(node, [MORTAL, bench.state, bench.data, 'paper', date, death], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, VITEST: undefined },
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (_code, signal) => resolve(signal ?? said.trim()));
  });
}

/** Runs all days, three of them killed and run again. */
async function runKilled(
  data: string,
  days: readonly DayResult[],
  deaths: readonly (readonly [number, Death, string])[],
) {
  const bench = new FlowBench(flowFolder(), data);
  for (const [i, { date }] of days.entries()) {
    for (const [at, death, again] of deaths) {
      if (at !== i) continue;
      expect([date, death, await liveOnce(bench, date, death)]).toEqual([date, death, 'SIGKILL']);
      expect([date, death, await liveOnce(bench, date, 'never')]).toEqual([date, death, again]);
    }
    if (deaths.every(([at]) => at !== i)) expect((await bench.run('paper', date)).state).toBe('completed');
  }
  return bench;
}

/** Every day is in memory and log once, with the capital of one replay over all of them. */
async function expectWhole(bench: FlowBench, days: readonly DayResult[]) {
  const { date, capital } = days.at(-1)!;
  await bench.asking(async (memory) => {
    expect(await memory.paper.readState()).toMatchObject({ kind: 'ok', value: { date, capital } });
    for (const day of days) {
      const { pnl, trades } = day;
      const paper = { pnl, trades, capital: day.capital };
      expect(await memory.paper.readPnl(day.date)).toMatchObject({ kind: 'ok', value: { paper } });
    }
  });
  const lines = readFileSync(join(bench.state, 'pnl/paper-blue.jsonl'), 'utf8').trim().split('\n');
  expect(lines.map((line) => JSON.parse(line)).map((line) => [line.date, line.capital])).toEqual(
    days.map((day) => [day.date, day.capital]),
  );
  const crashed = bench.host.table.recent(100).filter(({ state }) => state === 'crashed');
  expect(crashed.length).toBe(3);
}

describe('kill -9 in the middle of a day', () => {
  test(
    'three synthetic days, killed at three places, end with the capital of one replay',
    async () => {
      const data = await makePriceDays(flowFolder(), 3);
      const days = await replayWhole(data);
      const bench = await runKilled(data, days, [
        [0, 'engine-runs', 'completed'],
        [1, 'before-state', 'completed'],
        [2, 'after-state', 'skipped'],
      ]);
      const finished = bench.host.table.runsOf(bench.deployment('paper').track, days[1]!.date, ['completed'])[0]!;
      const tasks = bench.host.table.tasks(finished.id).map(({ name }) => name);
      expect(tasks).not.toContain('run_engine_day'); // its result was there: not traded again
      await expectWhole(bench, days);
    },
    TIMEOUT_MS,
  );

  test.skipIf(WEEK === null)(
    'a real week, killed at three places, ends with the capital of one replay',
    async () => {
      const days = await replayWhole(WEEK as string);
      expect(days).toHaveLength(8);
      const bench = await runKilled(WEEK as string, days, [
        [1, 'result-unwritten', 'completed'],
        [4, 'before-state', 'completed'],
        [6, 'after-state', 'skipped'],
      ]);
      await expectWhole(bench, days);
    },
    TIMEOUT_MS,
  );
});
