import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ReplayPlan } from '../../../src/adapters/day-folder/plan.ts';
import { openMemory } from '../../../src/adapters/memory/open-memory.ts';
import { SystemMemory } from '../../../src/adapters/memory/system-memory.ts';
import { DEFAULT_STREAM, SIGNAL_FIELD } from '../../../src/adapters/redis/signal-publisher.ts';
import { openRecording } from '../../../src/main/recording/open-recording.ts';
import type { ReplaySource } from '../../../src/main/replay-source.ts';
import { routedSource } from '../../../src/main/routed-source.ts';
import type { FeedCounts } from '../../../src/model/feed-counts.ts';
import { InputError } from '../../../src/model/input-error.ts';
import { goldenCases, planOf } from '../../support/golden-case.ts';
import { hasRedis, RedisServer } from '../../support/redis-server.ts';
import { daysOfGolden, replayThroughRing } from '../../support/replay-through-ring.ts';
import { connect, liveRun, publishPlan, streamSource } from '../../support/signal-run.ts';
import { until } from '../memory/until.ts';

const GOLDEN = goldenCases().find(({ name }) => name === 'plain/champion')!;
/** Two days of 2600 scans each. */
const MESSAGES = 5200;
const STOP_AT = [400, 1900, 4100];

describe.skipIf(!hasRedis())('a recorded run on signals', () => {
  const root = mkdtempSync(join(tmpdir(), 'dolphin-recorded-signals-'));
  let server: RedisServer;
  let plan: ReplayPlan;
  let redis: ReturnType<typeof connect>;
  let end: [string, string[]];
  let folders = 0;
  beforeAll(async () => {
    server = await RedisServer.start();
    redis = connect(server.url);
    plan = await planOf(GOLDEN);
  });
  afterEach(() => redis.flushall());
  afterAll(async () => {
    redis?.disconnect();
    await server?.remove();
    rmSync(root, { recursive: true, force: true });
  });

  /** The days in the stream, their end kept back: a run on them waits for more. */
  async function publishWithoutEnd(): Promise<void> {
    await publishPlan(server.url, plan, GOLDEN.config);
    [end] = (await redis.xrevrange(DEFAULT_STREAM, '+', '-', 'COUNT', 1)) as [[string, string[]]];
    await redis.xdel(DEFAULT_STREAM, end[0]);
  }

  const newJournal = () => join(root, `journal-${++folders}`);
  const recordingOf = ({ inputs, universe }: ReplaySource, dir: string, resume: boolean) =>
    openRecording({ dir, fsync: 'never', segmentBytes: 1 << 20, resume, inputs, universe });

  /** Lives that are stopped when they have stepped so many frames in all; the last one goes to the stream's end. */
  async function livesOf(source: ReplaySource, dir: string, stopAt: readonly number[], beforeLast = async () => {}) {
    const alarms: string[] = [];
    let taken = 0;
    const count = (feed: FeedCounts | null) => {
      if (feed?.source === 'stream') taken += feed.taken;
    };
    const life = (resume: boolean) =>
      liveRun(source, { recording: recordingOf(source, dir, resume), onAlarm: (line) => alarms.push(line) });
    for (const [index, frames] of stopAt.entries()) {
      const run = life(index > 0);
      const ended = run.run();
      await until(`${frames} frames`, () => run.framesStepped >= frames);
      run.stop();
      const { engine, feed } = await ended;
      expect(engine.complete).toBe(false);
      count(feed);
    }
    await beforeLast();
    const outcome = await life(stopAt.length > 0).run();
    count(outcome.feed);
    return { ...outcome, alarms, taken };
  }

  /** Behind every signal, whatever numbers those of its time have. */
  const addEnd = async () => {
    const [field, text] = end[1] as [string, string];
    await redis.call('XADD', DEFAULT_STREAM, '*', field, text.replace(/("id": ?"\d+)-\d+"/, '$1-4000"'));
  };

  it('stopped three times goes on behind its last frame, and ends as the file replay', async () => {
    await publishWithoutEnd();
    const source = streamSource(server.url, plan, GOLDEN.config);
    const { engine, feed, alarms, taken } = await livesOf(source, newJournal(), STOP_AT, addEnd);
    const { outcome } = await replayThroughRing(await daysOfGolden(GOLDEN));
    expect(engine.complete).toBe(true);
    expect(engine.run).toEqual(outcome.engine.run);
    expect(engine.stateHash).toBe(outcome.engine.stateHash);
    expect(feed).toMatchObject({ source: 'stream', duplicates: 0, late: 0, gaps: 0 });
    expect(taken).toBe(MESSAGES); // each once; the end is none
    expect(alarms).toEqual([]);
  });

  it('does so on a stream of a publisher with ids of its own and with entries that nobody understands', async () => {
    await publishWithoutEnd();
    const entries = await redis.xrange(DEFAULT_STREAM, '-', '+');
    await redis.del(DEFAULT_STREAM);
    for (const [index, [, fields]] of entries.entries()) {
      const message = JSON.parse(fields[1] as string);
      message.id = message.id.replace(/-0$/, '-7');
      if (index % 500 === 3) void redis.xadd(DEFAULT_STREAM, '*', SIGNAL_FIELD, 'nonsense');
      void redis.xadd(DEFAULT_STREAM, '*', SIGNAL_FIELD, JSON.stringify(message));
    }
    const source = streamSource(server.url, plan, GOLDEN.config);
    const { engine, feed, taken } = await livesOf(source, newJournal(), STOP_AT, addEnd);
    const { outcome } = await replayThroughRing(await daysOfGolden(GOLDEN));
    expect(engine.stateHash).toBe(outcome.engine.stateHash);
    expect(engine.run.trades).toEqual(outcome.engine.run.trades);
    expect(feed).toMatchObject({ gaps: 0, late: 0 });
    expect(taken).toBe(MESSAGES);
  });

  it('says so and goes on when the stream was trimmed beyond its last frame', async () => {
    await publishWithoutEnd();
    const source = streamSource(server.url, plan, GOLDEN.config);
    const { engine, feed, alarms } = await livesOf(source, newJournal(), [400], async () => {
      await redis.xtrim(DEFAULT_STREAM, 'MAXLEN', 100);
      await addEnd();
    });
    expect(engine.complete).toBe(true);
    expect(feed).toMatchObject({ taken: 100, gaps: 1 });
    expect(alarms).toEqual([expect.stringMatching(/^stream dolphin:signals: has lost the last signal of the journal/)]);
  });

  it('refuses another stream under the same name', async () => {
    await publishWithoutEnd();
    const source = streamSource(server.url, plan, GOLDEN.config);
    const entries = await redis.xrange(DEFAULT_STREAM, '-', '+');
    const refused = livesOf(source, newJournal(), [400], async () => {
      await redis.del(DEFAULT_STREAM);
      for (const [id, fields] of entries) {
        const changed = fields[1]!.replace(/("BTCUSDT": ?)[\d.]+/, '$11');
        void redis.xadd(DEFAULT_STREAM, id, SIGNAL_FIELD, changed);
      }
      await addEnd();
    });
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(/^--resume: data must be those of the journal/);
  });

  it('with routed fills and a memory it works the same orders and stores the same days as the file replay', async () => {
    await publishWithoutEnd();
    await addEnd();
    const flags = { venue: 'bars', seed: 1 } as const;
    // Prices of the golden days are no multiples of a tick: both take the finest there is.
    const stream = routedSource({ ...streamSource(server.url, plan, GOLDEN.config), tables: null }, flags);
    const days = await daysOfGolden(GOLDEN);
    const files = routedSource(days, flags);
    const routed = stream.inputs.routed!;
    const same = { ...files, inputs: { ...files.inputs, routed: { ...routed } } };
    const path = join(root, 'memory.db');
    const config = { kind: 'embedded', path } as const;
    const memory = {
      config,
      deployment: 'blue',
      track: 'paper',
      basis: { kind: 'state', state: null },
      runId: 'test',
    } as const;
    const { engine, execution, memory: stored } = await liveRun(stream, { memory }).run();
    const { outcome } = await replayThroughRing(same);
    expect(execution.routed?.orderLogHash).toBe(outcome.execution.routed?.orderLogHash);
    expect(execution.routed?.orderLogHash).toMatch(/^[0-9a-f]{64}$/);
    expect(engine.run.trades).toEqual(outcome.engine.run.trades);
    expect(engine.run.trades.length).toBeGreaterThan(0);
    expect(stored?.report).toMatchObject({ claim: 'claimed', unwritten: 0 });
    const reader = new SystemMemory(openMemory(config), 'blue');
    try {
      const last = engine.run.days.at(-1)!;
      expect(await reader.paper.readPnl(last.date)).toMatchObject({ value: { paper: { capital: last.capital } } });
      expect(await reader.paper.readState()).toMatchObject({ value: { date: last.date, capital: engine.run.capital } });
    } finally {
      await reader.close();
    }
  });
});
