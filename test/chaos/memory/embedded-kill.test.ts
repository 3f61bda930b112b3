import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { EmbeddedStore } from '../../../src/adapters/embedded/embedded-store.ts';
import { REPOSITORY } from '../../support/run-dolphin.ts';

const ROUNDS = process.env['DOLPHIN_NIGHTLY'] === undefined ? 6 : 60;
const DEADLINE_MS = 30_000;
const BATCH = 16;

test(`embedded store, kill -9 under load, ${ROUNDS} rounds: what was acknowledged is there, no batch is torn`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dolphin-embedded-kill-'));
  const path = join(folder, 'memory.db');
  let [lost, torn] = [0, 0];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const acknowledged = await writeUntilKilled(path, 3 + ((round * 7) % 11));
      const store = EmbeddedStore.open(path);
      const newest = await store.get('KILL', 'newest');
      const stored = newest.kind === 'ok' ? Number(newest.text) : 0;
      lost += Math.max(0, acknowledged - stored);
      // All of the newest batch stands beside its number, or none of it.
      for (let number = stored - BATCH + 1; number <= stored; number++) {
        const entry = await store.get('KILL', `k${number % 40}`);
        if (entry.kind !== 'ok' || JSON.parse(entry.text ?? '{}').number !== number) torn += 1;
      }
      await store.close();
      const raw = new Database(path, { readonly: true });
      expect(raw.pragma('integrity_check', { simple: true })).toBe('ok');
      raw.close();
    }
    console.log(`embedded store kill -9: ${ROUNDS} rounds, acknowledged values lost ${lost}, torn batches ${torn}`);
    expect([lost, torn]).toEqual([0, 0]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** Kills the writer behind its n-th acknowledgement; returns the last number that it gave. */
function writeUntilKilled(path: string, acknowledgements: number): Promise<number> {
  const script = join(REPOSITORY, 'test/chaos/memory/embedded-writer.ts');
  const child = spawn(join(REPOSITORY, 'node_modules/.bin/node'), [script, path], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [text, errors] = ['', ''];
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => child.kill('SIGKILL'), DEADLINE_MS);
    child.stderr.setEncoding('utf8').on('data', (more: string) => {
      errors += more;
    });
    child.stdout.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      if (text.split('\n').length > acknowledgements) child.kill('SIGKILL');
    });
    child.on('close', () => {
      clearTimeout(deadline);
      const lines = text.split('\n').slice(0, -1);
      if (lines.length < acknowledgements) reject(new Error(`writer ended early: ${errors}`));
      else resolve(Number(lines.at(-1)));
    });
  });
}
