import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { flowFolder, makePriceDays } from '../../integration/flows/flow-fixtures.ts';
import { REPOSITORY, runDolphin } from '../../support/run-dolphin.ts';

const [FIRST, SECOND, THIRD] = ['2026-01-05', '2026-01-06', '2026-01-07'];

describe('a capital goes on by itself only where it is the same one', () => {
  const data = flowFolder();
  const state = flowFolder();
  const other = join(state, 'other.db');
  const paper = (...flags: string[]) =>
    runDolphin(['flow', 'run', 'paper', '--data', data, '--state', state, '--bar-interval', 'auto', ...flags]);
  let capital = 0;

  beforeAll(async () => {
    await makePriceDays(data, 3, true);
    const first = await paper('--date', FIRST, '--json');
    capital = JSON.parse(first.stdout).result.capital;
  });

  test('another strategy is refused by its name, though it shares the hash', async () => {
    const { code, stderr } = await paper('--date', SECOND, '--config', join(REPOSITORY, 'configs/green.yml'));
    expect([code, stderr]).toEqual([2, expect.stringMatching(/of strategy champion, this one is green.*--adopt/)]);
  });

  test('another memory is refused with the names of both, and adopted from the history', async () => {
    const flags = ['--date', SECOND, '--memory', `embedded:${other}`, '--json'];
    const { code, stderr } = await paper(...flags);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`embedded:${other} has no state`)]);
    expect(stderr).toContain(`completed ${FIRST} with embedded:${join(state, 'memory.db')}`);
    const adopted = await paper(...flags, '--adopt');
    expect([adopted.code, JSON.parse(adopted.stdout).result.capitalBefore]).toEqual([0, capital]);
  });

  test('a day that is left out is said, as it can never be traded any more', async () => {
    const { code, stderr } = await paper('--date', THIRD);
    expect([code, stderr]).toEqual([0, expect.stringContaining(`dolphin: ${SECOND} is in the folder and not in`)]);
    const late = await paper('--date', SECOND);
    expect([late.code, late.stdout]).toEqual([0, expect.stringContaining(`lies before ${THIRD}`)]);
  });
});
