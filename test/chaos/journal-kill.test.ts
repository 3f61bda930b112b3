import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { JournalFolder } from '../../src/adapters/journal/journal-folder.ts';
import { recoverStream } from '../../src/replay/journal/recover.ts';
import { StreamReader } from '../../src/replay/journal/stream-reader.ts';
import { identityOf } from '../property/journal/journal-builder.ts';
import { REPOSITORY } from '../support/run-dolphin.ts';
import { payloadOf } from './journal-payload.ts';

const ROUNDS = 20;
const DEADLINE_MS = 60_000;

test(`kill -9 under load, ${ROUNDS} rounds: nothing acknowledged is lost, nothing torn remains`, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'dolphin-journal-kill-'));
  try {
    const store = JournalFolder.open(dir);
    let acknowledged = -1;
    let lost = 0;
    let torn = 0;
    let unacknowledged = 0;
    for (let round = 0; round < ROUNDS; round++) {
      acknowledged = await appendUntilKilled(dir, 5 + ((round * 37) % 50));
      const { position, cut } = recoverStream(store, 'ENGINE', identityOf());
      if (cut !== null) torn += 1;
      lost += Math.max(0, acknowledged + 1 - position.nextSequence);
      unacknowledged += position.nextSequence - 1 - acknowledged;
    }
    const reader = new StreamReader(store, 'ENGINE');
    let records = 0;
    for (const { sequence, payload } of reader.records()) {
      if (sequence !== records || !payloadIs(payload, sequence))
        throw new Error(`record ${sequence} is not as it was added`);
      records += 1;
    }
    console.log(
      `journal kill -9: ${ROUNDS} rounds, ${records} records in ${reader.segments.length} segments, acknowledged lost ` +
        `${lost}, torn tails cut ${torn}, whole but not yet acknowledged ${unacknowledged}`,
    );
    expect(lost).toBe(0);
    expect(reader.torn).toBeNull();
    expect(records).toBeGreaterThan(acknowledged);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

/** Kills the appender behind its n-th acknowledgement; returns the last one that it gave. */
function appendUntilKilled(dir: string, acknowledgements: number): Promise<number> {
  const script = join(REPOSITORY, 'test/chaos/journal-appender.ts');
  const child = spawn(join(REPOSITORY, 'node_modules/.bin/node'), [script, dir], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  let errors = '';
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => child.kill('SIGKILL'), DEADLINE_MS);
    child.stderr.setEncoding('utf8').on('data', (more: string) => {
      errors += more;
    });
    child.stdout.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      if (text.split('\n').length > acknowledgements) child.kill('SIGKILL');
    });
    child.on('close', (_code, signal) => {
      clearTimeout(deadline);
      const lines = text.split('\n').slice(0, -1);
      if (signal !== 'SIGKILL' || lines.length < acknowledgements) reject(new Error(`appender ended early: ${errors}`));
      else resolve(Number(lines.at(-1)));
    });
  });
}

function payloadIs(payload: Uint8Array, sequence: number): boolean {
  const expected = payloadOf(sequence);
  return payload.length === expected.length && payload.every((byte, i) => byte === expected[i]);
}
