import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Piscina } from 'piscina';
import { afterAll, expect, test } from 'vitest';
import { attachDayBlock } from '../../src/shm/day-block.ts';
import type { DecodeDayAnswer } from '../../src/workers/decode-day.pool.ts';
import { FIXTURE_DAY, FIXTURE_UNIVERSE, fixturePath } from '../support/parquet-fixtures.ts';

const pool = new Piscina({
  filename: new URL('../../src/workers/decode-day.pool.ts', import.meta.url).href,
  maxThreads: 1,
});
const dir = mkdtempSync(join(tmpdir(), 'dolphin-pool-'));
afterAll(async () => {
  await pool.destroy();
  rmSync(dir, { recursive: true, force: true });
});

function decode(path: string): Promise<DecodeDayAnswer> {
  return pool.run({ path, day: FIXTURE_DAY, bookPath: fixturePath('book'), universe: FIXTURE_UNIVERSE });
}

test('a day decoded in the pool arrives in shared memory', async () => {
  const answer = await decode(fixturePath('pandas-datetime64'));
  if (!answer.ok) throw new Error(answer.error.message);
  const { buffer, shape } = answer.day;
  expect(buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(shape).toEqual({ rows: 40, assets: 2, books: 5 });
  expect(attachDayBlock(buffer, shape).prices[2]).toBe(60_001);
});

test('an error keeps its class name and message', async () => {
  const path = join(dir, '2026-01-05.parquet');
  const answer = await decode(path);
  expect(answer).toMatchObject({ ok: false, error: { name: 'InputError' } });
  if (!answer.ok) expect(answer.error.message).toMatch(`${path}: cannot be read (ENOENT`);
});
