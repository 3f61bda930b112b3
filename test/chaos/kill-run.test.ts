import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runDolphin } from '../support/run-dolphin.ts';
import { CUT_OFF, killedLife, SMALL_SEGMENTS } from './killed-life.ts';
import { type LifeStreams, lifeStreams } from './life-streams.ts';
import { makeDays, STRATEGY_FLAGS } from './recorded-run.ts';

const IS_NIGHTLY = process.env['DOLPHIN_NIGHTLY'] === '1';
/** Of routed runs fewer: a third of the rounds kills more than one life, so that they are twenty kills, too. */
const ROUNDS = IS_NIGHTLY ? { analytic: 200, routed: 200 } : { analytic: 20, routed: 12 };
const TIMEOUT_MS = IS_NIGHTLY ? 3_600_000 : 600_000;
/** Two days in a second and a half, paced: a kill finds the run where it was meant to. */
const PACE = '120000x';

/** With routed fills a life that goes on runs execution again as well. */
const FILLS = ['analytic', 'routed'] as const;
type Fill = (typeof FILLS)[number];

const root = mkdtempSync(join(tmpdir(), 'dolphin-kill-run-'));
const data = join(root, 'data');
const whole = new Map<Fill, { streams: LifeStreams; hashes: Hashes }>();

interface Hashes {
  readonly stateHash: string;
  readonly decisionHash: string;
  /** Undefined with analytic fills. */
  readonly orderLogHash: string | undefined;
}

beforeAll(async () => {
  await makeDays(data);
  for (const fill of FILLS) {
    const dir = join(root, `whole-${fill}`);
    const json = `${dir}.json`;
    const { code, stderr } = await runDolphin([...replay(dir, fill), '--json', json]);
    expect([code, stderr]).toEqual([0, '']);
    whole.set(fill, { streams: lifeStreams(dir), hashes: hashesOf(json) });
  }
}, TIMEOUT_MS);
afterAll(() => rmSync(root, { recursive: true, force: true }));

function replay(dir: string, fill: Fill): string[] {
  return ['replay', '--data', data, '--fill', fill, ...STRATEGY_FLAGS, '--record', dir, ...SMALL_SEGMENTS];
}

function lifeOf(dir: string, fill: Fill, isResumed: boolean): string[] {
  return [...replay(dir, fill), '--speed', PACE, ...(isResumed ? ['--resume'] : [])];
}

function hashesOf(json: string): Hashes {
  const { stateHash, decisionHash, orderLogHash } = JSON.parse(readFileSync(json, 'utf8'));
  return { stateHash, decisionHash, orderLogHash };
}

/** What the lives of a round write before they are killed; the one behind them goes to the end. A whole run has 2.4 MB. */
function bytesBeforeKill(round: number): number[] {
  const first = 30_000 + ((round * 297_017) % 1_500_000);
  if (round % 4 === 1) return [first, 0]; // while it catches up
  return round % 4 === 3 ? [first, 0, 20_000 + ((round * 53_017) % 300_000)] : [first];
}

describe.each(FILLS)('kill -9 of a run under load, fills %s', (fill) => {
  const rounds = ROUNDS[fill];
  test(
    'the last life ends as the whole run, both streams the same, every intent once',
    async () => {
      let killed = 0;
      let lost = 0;
      let torn = 0;
      const { streams: wholeStreams, hashes } = whole.get(fill)!;
      for (let round = 0; round < rounds; round++) {
        const dir = join(root, `round-${fill}-${round}`);
        let lives = 0;
        for (const bytes of bytesBeforeKill(round)) {
          await killedLife(lifeOf(dir, fill, lives > 0), dir, bytes);
          lives += 1;
        }
        killed += lives;
        const json = `${dir}.json`;
        const { code, stderr } = await runDolphin([...replay(dir, fill), '--resume', '--json', json]);
        expect([round, code, stderr.replaceAll(CUT_OFF, '')]).toEqual([round, 0, '']);
        if (stderr.includes('cut off')) torn += 1;
        const streams = lifeStreams(dir);
        lost += wholeStreams.taken.length - new Set(streams.taken).size;
        expect(hashesOf(json)).toEqual(hashes);
        expect(streams.taken).toEqual(wholeStreams.taken);
        expect(streams.engine).toEqual(wholeStreams.engine);
        // With routed fills these are the orders: each is on record once, and none that the whole run has not.
        expect(streams.execution).toEqual(wholeStreams.execution);
        rmSync(dir, { recursive: true });
      }
      console.log(
        `kill -9, fills ${fill}: ${rounds} rounds, lost ${lost}; ${killed} lives killed, ${torn} torn tails cut, ` +
          `${wholeStreams.engine.length} records and ${wholeStreams.taken.length} intents each`,
      );
      expect(killed).toBeGreaterThanOrEqual(rounds);
    },
    TIMEOUT_MS,
  );
});
