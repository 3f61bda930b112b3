import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REPOSITORY, runDolphin } from '../support/run-dolphin.ts';
import { type LifeStreams, lifeStreams } from './life-streams.ts';
import { makeDays } from './recorded-run.ts';

const IS_NIGHTLY = process.env['DOLPHIN_NIGHTLY'] === '1';
const ROUNDS = IS_NIGHTLY ? 200 : 20;
const TIMEOUT_MS = IS_NIGHTLY ? 3_600_000 : 170_000;
/** Two days in under two seconds, the ends of the day included: a kill lands anywhere between. */
const PACE = '120000x';
const LONGEST_LIFE_MS = 1500;
const STRATEGY = ['--set', 'max_hold_bars=12', '--set', 'vel_div_threshold=-0.015', '--bar-interval', 'auto'];
/** Segments of two megabytes make the shadow's snapshots come in on the way. */
const JOURNAL = ['--segment-mib', '1'];

const root = mkdtempSync(join(tmpdir(), 'dolphin-kill-run-'));
const data = join(root, 'data');
let whole: { streams: LifeStreams; hashes: Hashes };

interface Hashes {
  readonly stateHash: string;
  readonly decisionHash: string;
}

beforeAll(async () => {
  await makeDays(data);
  const dir = join(root, 'whole');
  const json = join(root, 'whole.json');
  const { code, stderr } = await runDolphin([...replay(dir), '--json', json]);
  expect([code, stderr]).toEqual([0, '']);
  whole = { streams: lifeStreams(dir), hashes: hashesOf(json) };
}, TIMEOUT_MS);
afterAll(() => rmSync(root, { recursive: true, force: true }));

function replay(dir: string): string[] {
  return ['replay', '--data', data, ...STRATEGY, '--record', dir, ...JOURNAL];
}

function hashesOf(json: string): Hashes {
  const { stateHash, decisionHash } = JSON.parse(readFileSync(json, 'utf8'));
  return { stateHash, decisionHash };
}

/** How a life that was to be killed ended, and what it said. */
type KilledLife = 'killed' | 'ended first';

/** Starts a life and kills it some milliseconds behind the moment at which its journal is there. */
function killedLife(args: readonly string[], dir: string, afterMs: number): Promise<KilledLife> {
  const node = join(REPOSITORY, 'node_modules/.bin/node');
  const child: ChildProcess = spawn(node, [join(REPOSITORY, 'bin/dolphin.mjs'), ...args, '--speed', PACE], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const kill = setTimeout(() => child.kill('SIGKILL'), afterMs);
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      clearTimeout(kill);
      if (signal === 'SIGKILL') resolve('killed');
      else if (code === 0) resolve('ended first');
      else reject(new Error(`${dir}: a life ended by itself with ${code}: ${errors}`));
    });
  });
}
