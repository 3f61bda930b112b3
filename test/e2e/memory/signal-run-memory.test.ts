import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findRunAt } from '../../../src/adapters/control-socket/find-runs.ts';
import { parseMemoryUrl } from '../../../src/adapters/memory/memory-config.ts';
import { openMemory } from '../../../src/adapters/memory/open-memory.ts';
import { SystemMemory } from '../../../src/adapters/memory/system-memory.ts';
import { decodeDay } from '../../../src/adapters/parquet/read-day.ts';
import { askRun } from '../../../src/main/control/ask-run.ts';
import { scanOf } from '../../../src/main/memory-publish/scan-publisher.ts';
import { makeSyntheticFolder } from '../../../src/main/synthetic-folder.ts';
import { createFrame } from '../../../src/model/frame.ts';
import { dayFromDate } from '../../../src/model/time.ts';
import { DayFrames } from '../../../src/replay/day-frames.ts';
import { syntheticUniverse } from '../../../src/replay/synthetic/universe.ts';
import { attachDayBlock } from '../../../src/shm/day-block.ts';
import { freePort, Member, membersMissing, NEWEST } from '../../integration/memory/hazelcast-member.ts';
import { until } from '../../integration/memory/until.ts';
import { runDolphin } from '../../support/run-dolphin.ts';

const DATES = ['2026-01-05', '2026-01-06'] as const;
const ASSETS = 5;
const INTERVAL_MS = 240_000;
const SCANS_A_DAY = 86_400_000 / INTERVAL_MS;
/** A scan each 50 ms: a member on the same machine tells each of them. */
const PACE = `${INTERVAL_MS / 50}x`;
const STRATEGY = ['--set', 'max_hold_bars=12', '--set', 'vel_div_threshold=-0.015'];
const TIMEOUT_MS = 180_000;

interface Decided {
  readonly trades: readonly { readonly date: string; readonly assetIndex: number }[];
  readonly days: readonly { readonly date: string }[];
  readonly feed?: object;
}

describe.skipIf(membersMissing(NEWEST) !== null)('dolphin signal run on the scans of a real Hazelcast member', () => {
  const root = mkdtempSync(join(tmpdir(), 'dolphin-signal-memory-'));
  const data = join(root, 'data');
  let member: Member;
  let url = '';
  beforeAll(async () => {
    const kind = {
      seed: 7,
      assets: ASSETS,
      intervalMs: INTERVAL_MS,
      withSignals: true,
      withBook: false,
      withBars: false,
    };
    const days = DATES.map(dayFromDate);
    await makeSyntheticFolder({ ...kind, dir: data, days }, { force: false, isStopped: () => false, onDay: () => {} });
    const port = await freePort();
    const cluster = `signal-${process.pid}-${port}`;
    member = await Member.start({ version: NEWEST, cluster, port });
    url = `hazelcast://127.0.0.1:${port}?cluster=${cluster}`;
  }, TIMEOUT_MS);
  afterAll(async () => {
    await member?.kill();
    rmSync(root, { recursive: true, force: true });
  });

  /** The scan at which a run learns its universe: it stands in the memory before anybody goes on. */
  async function writeFirstScan(): Promise<void> {
    const universe = syntheticUniverse(ASSETS).map(({ symbol }) => symbol);
    const day = dayFromDate(DATES[0]);
    const path = join(data, `${DATES[0]}.parquet`);
    const { buffer, shape } = await decodeDay({ path, bookPath: null, day, universe });
    const frame = createFrame(ASSETS);
    new DayFrames(attachDayBlock(buffer, shape), day).fill(frame);
    const memory = new SystemMemory(openMemory(parseMemoryUrl(url)), 'blue');
    try {
      expect(await memory.ready(20_000)).toBe(true);
      expect(await memory.latestScan.write(scanOf(frame, universe))).toEqual({ kind: 'ok' });
    } finally {
      await memory.close();
    }
  }

  async function framesStepped(runDir: string): Promise<number> {
    const run = existsSync(runDir) ? await findRunAt(runDir) : null;
    const answer = run === null ? null : await askRun(run, 'status');
    return answer?.ok === true ? answer.status.progress.framesStepped : 0;
  }

  /** Decisions of the first day. An asset has its place in the universe of its source. */
  function decidedOnFirstDay({ trades, days }: Decided) {
    return {
      trades: trades.filter(({ date }) => date === DATES[0]).map(({ assetIndex: _, ...trade }) => trade),
      day: days.find(({ date }) => date === DATES[0]),
    };
  }

  test(
    'decides as the replay of the files, stores the day, and ends when it is stopped',
    async () => {
      await writeFirstScan();
      const runDir = join(root, 'run');
      const json = join(root, 'run.json');
      const flags = ['--source', 'memory', '--memory', url, '--rules', 'replay', '--bar-interval', String(INTERVAL_MS)];
      const running = runDolphin(['signal', 'run', ...flags, ...STRATEGY, '--run-dir', runDir, '--json', json]);
      await until('the standing scan', async () => (await framesStepped(runDir)) > 0, 60_000);
      let isPublishing = true;
      const publishing = runDolphin(
        [
          'memory',
          'publish-scan',
          '--data',
          data,
          '--memory',
          url,
          '--speed',
          PACE,
          '--bar-interval',
          'auto',
          '--json',
        ],
        { onStart: (child) => void running.finally(() => isPublishing && child.kill('SIGINT')) },
      ).finally(() => {
        isPublishing = false;
      });
      await until('the second day', async () => (await framesStepped(runDir)) > SCANS_A_DAY + 5, TIMEOUT_MS);
      expect(await runDolphin(['stop', runDir, '--yes'])).toMatchObject({ code: 0 });
      const run = await running;
      expect(run).toMatchObject({ code: 130, stderr: '' });
      await publishing;

      const report: Decided = JSON.parse(readFileSync(json, 'utf8'));
      const files = await runDolphin([
        ...['replay', '--data', data, '--bar-interval', 'auto', ...STRATEGY, '--json', '-'],
      ]);
      expect(report.feed).toMatchObject({ source: 'memory', books: 0, late: 0, gaps: 0, missed: 0, dropped: 0 });
      const wanted = decidedOnFirstDay(JSON.parse(files.stdout));
      expect(wanted.trades.length).toBeGreaterThan(3);
      expect(decidedOnFirstDay(report)).toEqual(wanted);
      const pnl = await runDolphin(['memory', 'get', 'DOLPHIN_PNL_BLUE', DATES[0], '--memory', url, '--json']);
      expect(JSON.parse(pnl.stdout)).toMatchObject({ state: 'valid' });
    },
    TIMEOUT_MS,
  );
});

describe('dolphin signal run', () => {
  test.each<[string, string[], RegExp]>([
    ['no store', ['--source', 'memory'], /--source memory needs the store that tells the scans/],
    ['no server', [], /--source redis needs the server: --redis URL/],
    ['a stream', ['--source', 'memory', '--memory', 'embedded:x', '--stream', 's'], /--stream is for --source redis/],
    [
      'a venue of books',
      ['--redis', 'redis://h', '--fill', 'routed', '--venue', 'book'],
      /--venue book needs the trades/,
    ],
    ['a venue for analytic fills', ['--redis', 'redis://h', '--seed', '3'], /--seed is for --fill routed/],
    ['nothing to go on with', ['--redis', 'redis://h', '--resume'], /--resume goes on with a journal/],
  ])('%s: one clear error', async (_, flags, message) => {
    const { code, stderr } = await runDolphin(['signal', 'run', ...flags]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  test('waits for a first scan, says so, and ends when it is stopped before it comes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dolphin-signal-waits-'));
    try {
      const url = `embedded:${join(folder, 'memory.db')}`;
      const { code, stderr } = await runDolphin(['signal', 'run', '--source', 'memory', '--memory', url], {
        onStart: (child) => {
          child.stderr?.on('data', (text: string) => {
            if (text.includes('waiting')) child.kill('SIGTERM');
          });
        },
      });
      expect(stderr).toBe(
        `dolphin: memory ${url}: waiting for its first scan (dolphin memory publish-scan, or a scanner that writes there); ` +
          'Ctrl-C ends it\n',
      );
      expect(code).toBe(143);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
