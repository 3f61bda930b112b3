import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_STREAM } from '../../../src/adapters/redis/signal-publisher.ts';
import { firstScanOfStream } from '../../../src/main/first-scan-heard.ts';
import { firstScanOfJournal, liveSource } from '../../../src/main/live-source.ts';
import { openRecording } from '../../../src/main/recording/open-recording.ts';
import { goldenCases, planOf } from '../../support/golden-case.ts';
import { temporaryFolder } from '../../support/parquet-days.ts';
import { hasRedis, RedisServer } from '../../support/redis-server.ts';
import { connect, liveRun, publishPlan } from '../../support/signal-run.ts';

const NEVER = new Promise<null>(() => undefined);

describe.skipIf(!hasRedis())('the mark of made days over a stream', () => {
  const golden = goldenCases().find(({ name }) => name === 'plain/champion')!;
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(async () => await server?.remove());

  it.each([true, false])('%s reaches the source of a run, and its journal', async (synthetic) => {
    const redis = connect(server.url);
    await redis.flushall();
    redis.disconnect();
    await publishPlan(server.url, { ...(await planOf(golden)), synthetic }, golden.config);
    const first = await firstScanOfStream(server.url, DEFAULT_STREAM, NEVER);
    expect(first).toMatchObject({ synthetic });
    const origin = {
      kind: 'stream',
      url: server.url,
      stream: DEFAULT_STREAM,
      freshnessLimitMs: 1,
      funding: [],
    } as const;
    const strategy = { name: 'golden', baseName: 'custom' as const, config: golden.config, paramHash: 'ab'.repeat(32) };
    const options = { strategy, configName: '--set', rules: 'replay', tables: null, barIntervalMs: 5000 } as const;
    const source = liveSource({ ...options, origin, name: 'stream' }, first!);
    expect(source.inputs.source).toMatchObject({ synthetic });
    const dir = temporaryFolder();
    const { inputs, universe, rules } = source;
    const recording = openRecording({
      dir,
      fsync: 'never',
      segmentBytes: 1 << 20,
      resume: false,
      inputs,
      universe,
      rules,
    });
    await liveRun(source, { recording }).run();
    expect(firstScanOfJournal(dir)).toEqual(first);
  });
});
