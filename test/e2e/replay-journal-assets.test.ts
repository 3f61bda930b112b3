import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { decodeAnyDay } from '../../src/adapters/day-folder/decode.ts';
import { planReplay } from '../../src/adapters/day-folder/plan.ts';
import { attachDayBlock } from '../../src/shm/day-block.ts';
import { writeScanFolder } from '../support/json-days.ts';
import { temporaryFolder } from '../support/parquet-days.ts';
import { REPOSITORY, type RunOptions, runDolphin } from '../support/run-dolphin.ts';

const PLAIN = join(REPOSITORY, 'test/golden/plain/data');
const DEADLINE_MS = 60_000;
const SCANS = 900;
const root = temporaryFolder();
const data = join(root, 'days');
const REPLAY = ['replay', '--data', data] as const;

/** Every second asset states a divergence that opens nothing: where a divergence is lost, it would be traded. */
beforeAll(async () => {
  const { files, universe } = await planReplay({ dir: PLAIN, configBarIntervalMs: 5000, referenceAsset: 'BTCUSDT' });
  const { path, day, bookPath } = files[0]!;
  const decoded = await decodeAnyDay({ path, day, bookPath, universe });
  const block = attachDayBlock(decoded.buffer, decoded.shape);
  writeScanFolder(data, { ...block, rows: SCANS }, day, universe, 'assets', (velDiv, a) =>
    a % 2 === 0 ? velDiv : Math.abs(velDiv),
  );
});

let runs = 0;
async function run(args: readonly string[], options: RunOptions = {}) {
  const json = join(root, `report-${runs++}.json`);
  const outcome = await runDolphin([...args, '--json', json], options);
  return { ...outcome, report: existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')) : null };
}

/** Kills the whole session of a process once the engine's journal has grown beyond this many bytes. */
function killAt(dir: string, bytes: number): RunOptions {
  return {
    onStart: (child) => {
      const startMs = performance.now();
      const timer = setInterval(() => {
        const names = existsSync(dir) ? readdirSync(dir).filter((name) => name.startsWith('engine')) : [];
        const written = names.reduce(
          (sum, name) => sum + (statSync(join(dir, name), { throwIfNoEntry: false })?.size ?? 0),
          0,
        );
        if (child.exitCode === null && written < bytes && performance.now() - startMs < DEADLINE_MS) return;
        clearInterval(timer);
        if (child.exitCode === null) process.kill(-(child.pid as number), 'SIGKILL');
      }, 5);
    },
  };
}

test('a run on divergences per asset is journalled, replayed from its journal, and resumed after kill -9', async () => {
  const plain = await run(REPLAY);
  expect(plain).toMatchObject({ code: 0, report: { complete: true } });
  const assets = plain.report.trades.map(({ assetIndex }: { assetIndex: number }) => assetIndex % 2);
  expect(new Set(assets)).toEqual(new Set([0]));
  const hashes = ({ report }: typeof plain) => [report?.decisionHash, report?.stateHash, report?.complete];

  const journal = join(root, 'journal');
  const recorded = await run([...REPLAY, '--record', journal]);
  expect(recorded.stderr).toBe('');
  expect(hashes(recorded)).toEqual(hashes(plain));
  expect(recorded.report.journal.shadow).toMatchObject({ mismatch: null, failures: [] });

  const again = await run(['replay', '--journal', journal]);
  expect(again.stderr).toBe('');
  expect(hashes(again)).toEqual(hashes(plain));

  const cut = join(root, 'cut');
  const killed = await run([...REPLAY, '--record', cut, '--speed', '2000x'], killAt(cut, 200_000));
  expect(killed.code).toBeNull();
  const resumed = await run([...REPLAY, '--record', cut, '--resume']);
  expect(resumed.code).toBe(0);
  expect(hashes(resumed)).toEqual(hashes(plain));
});
