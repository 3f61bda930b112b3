import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import { temporaryFolder } from '../../support/parquet-days.ts';
import { REPOSITORY, runDolphin } from '../../support/run-dolphin.ts';

const PLAIN = join(REPOSITORY, 'test/golden/plain/data');

test('a replay whose memory is out of reach to its end says so on top of its report, and ends with 1', async () => {
  const port = await freePort();
  const json = join(temporaryFolder(), 'report.json');
  const memory = `hazelcast://127.0.0.1:${port}`;
  const { code, stdout, stderr } = await runDolphin(['replay', '--data', PLAIN, '--memory', memory, '--json', json]);
  expect([code, stderr]).toEqual([1, expect.stringContaining('3 results were not stored before the run ended')]);
  const head = stdout.slice(0, stdout.indexOf('\nResult\n')).replaceAll('\n  ', ' ');
  const where = `dolphin at 127.0.0.1:${port}`;
  expect(head).toContain(`! 3 results are not in the memory (${where}): the capital there is not that of this run.`);
  expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({
    complete: true,
    memory: { where, unwritten: 3 }, // two days and the state
  });
});
