import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ReplayPlan } from '../../../src/adapters/day-folder/plan.ts';
import { BookFile } from '../../../src/adapters/memory/book-file.ts';
import { BookShards } from '../../../src/adapters/memory/book-shards.ts';
import type { Codec } from '../../../src/adapters/memory/codec.ts';
import { bookCodec, scanCodec } from '../../../src/adapters/memory/feature-codecs.ts';
import {
  FEATURES_MAP,
  SAFETY_KEY,
  SAFETY_MAP,
  SCAN_KEY,
  shardMap,
  shardOf,
} from '../../../src/adapters/memory/maps.ts';
import type { CompareOutcome, MemoryStatus } from '../../../src/adapters/memory/memory-port.ts';
import { openMemory } from '../../../src/adapters/memory/open-memory.ts';
import { ProcessStore } from '../../../src/adapters/memory/process-store.ts';
import { Refusals } from '../../../src/adapters/memory/refusals.ts';
import { safetyCodec } from '../../../src/adapters/memory/safety-codecs.ts';
import { SystemMemory } from '../../../src/adapters/memory/system-memory.ts';
import { feedDays } from '../../../src/main/day-feed.ts';
import { BookPublisher } from '../../../src/main/memory-publish/book-publisher.ts';
import type { FramePublisher, PublisherContext } from '../../../src/main/memory-publish/frame-publisher.ts';
import { type PublishRunOptions, publishRun } from '../../../src/main/memory-publish/publish-run.ts';
import { SafetyPublisher } from '../../../src/main/memory-publish/safety-publisher.ts';
import { ScanPublisher } from '../../../src/main/memory-publish/scan-publisher.ts';
import { FRAME_SCAN, SIGNAL_VEL_DIV } from '../../../src/model/frame.ts';
import type { SafetyValue } from '../../../src/model/memory-values.ts';
import { DirectReplay } from '../../../src/workers/direct-replay.ts';
import { type GoldenCase, goldenCases, planOf } from '../../support/golden-case.ts';
import { freePort, Member, membersMissing, NEWEST } from './hazelcast-member.ts';
import { scan } from './sample-values.ts';
import { until } from './until.ts';

/** Days with repeated scans, missing prices, refused snapshots, gaps and excluded assets. */
const EDGES = goldenCases().find(({ name }) => name === 'edges/champion') as GoldenCase;
const DAYS = 2;
const root = mkdtempSync(join(tmpdir(), 'dolphin-publish-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function edges(): Promise<ReplayPlan> {
  const plan = await planOf(EDGES);
  return { ...plan, files: plan.files.slice(0, DAYS) };
}

interface Write {
  readonly map: string;
  readonly key: string;
  readonly text: string;
}

/** Keeps every value that was written, in order. */
class RecordingStore extends ProcessStore {
  readonly written: Write[] = [];

  override async compareAndSet(
    map: string,
    key: string,
    expected: string | null,
    text: string,
  ): Promise<CompareOutcome> {
    const outcome = await super.compareAndSet(map, key, expected, text);
    if (outcome.kind === 'ok') this.written.push({ map, key, text });
    return outcome;
  }

  override close(): Promise<void> {
    return Promise.resolve(); // tests look into it afterwards
  }
}

/** Looks like a cluster that is not connected. */
class AwayStore extends RecordingStore {
  override status(): MemoryStatus {
    return { ...super.status(), kind: 'hazelcast', connected: false };
  }
}

type Changes = Partial<PublishRunOptions> & { readonly openPublisher: (context: PublisherContext) => FramePublisher };

function publish(plan: ReplayPlan, changes: Changes & Pick<PublishRunOptions, 'port'>) {
  return publishRun({
    plan,
    config: EDGES.config,
    speed: 0,
    needsSignals: true,
    isStopped: () => false,
    onFrame: () => undefined,
    say: () => undefined,
    ...changes,
  });
}

/** The same context, of which the offered safety values are kept. */
function hearing(context: PublisherContext, offered: SafetyValue[]): PublisherContext {
  const { safety } = context.memory;
  const write = safety.write.bind(safety);
  safety.write = (value) => {
    offered.push(value);
    return write(value);
  };
  return context;
}

function valuesOf<T>({ written }: RecordingStore, codec: Codec<T>, map: string, key: string): T[] {
  return written
    .filter((write) => write.map === map && write.key === key)
    .map(({ text }) => {
      const decoded = codec.decode(text);
      if (!decoded.ok) throw new Error(decoded.reason);
      return decoded.value;
    });
}

describe('days published as scans', () => {
  test('are every accepted scan, in order, with the prices and signals of its row', async () => {
    const store = new RecordingStore();
    const plan = await edges();
    const result = await publish(plan, { port: store, openPublisher: (context) => new ScanPublisher(context) });
    const scans = valuesOf(store, scanCodec, FEATURES_MAP, SCAN_KEY);
    const steps = EDGES.expected.days.slice(0, DAYS).reduce((bars, day) => bars + (day.bars ?? Number.NaN), 0);
    expect(result).toMatchObject({ complete: true, offered: steps, stored: steps, older: 0, pending: 0 });
    expect(scans).toHaveLength(steps);

    const rows = new Map<string, { velDiv: number; first: number }>();
    await feedDays({ plan, config: EDGES.config, speed: 0, needsSignals: true, isStopped: () => false }, (frame) => {
      const at = `${frame.tsEventDay}:${frame.tsEventNsOfDay}:${frame.scanNumber}`;
      if (frame.kind === FRAME_SCAN && !rows.has(at))
        rows.set(at, { velDiv: frame.signals[SIGNAL_VEL_DIV]!, first: frame.payload[0]! });
    });
    const first = plan.universe[0] as string;
    const finite = (value: number) => (Number.isFinite(value) ? value : Number.NaN);
    for (const { day, nsOfDay, scanNumber, velDiv, assetPrices } of scans) {
      const row = rows.get(`${day}:${nsOfDay}:${scanNumber}`)!;
      expect([velDiv, assetPrices[first]]).toEqual([finite(row.velDiv), finite(row.first)]);
    }
  });

  test('never replace a newer scan, and say so once', async () => {
    const store = new RecordingStore();
    await store.put(FEATURES_MAP, SCAN_KEY, scanCodec.encode({ ...scan(1), day: scan(1).day + 1000 }));
    const lines: string[] = [];
    const result = await publish(await edges(), {
      port: store,
      openPublisher: (context) => new ScanPublisher(context),
      say: (line) => lines.push(line),
    });
    expect(result.stored).toBe(0);
    expect(result.older).toBe(result.offered);
    expect(store.written).toEqual([]);
    expect(lines).toEqual([
      'nothing is written over a newer value: DOLPHIN_FEATURES[latest_eigen_scan] holds a newer value',
    ]);
  });

  test('stop where they are asked to, with what is there stored', async () => {
    const store = new RecordingStore();
    let frames = 0;
    const result = await publish(await edges(), {
      port: store,
      openPublisher: (context) => new ScanPublisher(context),
      onFrame: () => {
        frames++;
      },
      isStopped: () => frames >= 500,
    });
    expect(frames).toBe(500);
    expect(result).toMatchObject({ complete: false, pending: 0 });
    expect(result.stored).toBe(result.offered);
  });
});

describe('days published as order books', () => {
  test('are in the shards of their symbols, with the features that the engine makes, and in the file', async () => {
    const store = new RecordingStore();
    const path = join(root, 'ob_cache', 'latest_ob_features.json');
    const plan = await edges();
    const result = await publish(plan, {
      port: store,
      needsSignals: false,
      openPublisher: (context) => new BookPublisher(context, path),
    });
    expect(result).toMatchObject({ complete: true, older: 0, pending: 0 });
    expect(result.stored).toBe(store.written.length);
    expect(store.written.length).toBeGreaterThan(5000);
    for (const { map, key } of store.written) expect(map).toBe(shardMap(shardOf(key)));
    for (const symbol of EDGES.config.excluded_assets)
      expect(store.written.some(({ key }) => key === symbol)).toBe(false);

    const books = valuesOf(store, bookCodec, 'DOLPHIN_FEATURES_SHARD_07', 'BTCUSDT');
    const [first] = books;
    const [bid, ask] = [first!.bidNotional[0]!, first!.askNotional[0]!];
    // A day's first snapshot is its own median: ln(1) twice leaves the champion's maker rate.
    expect(first!.features['fill_probability']).toBeCloseTo(0.62, 12);
    expect(first!.features['depth_asymmetry']).toBeCloseTo((bid - ask) / (bid + ask), 12);
    expect(first!.features['imbalance_persistence']).toBe(0);
    expect(books.some(({ features }) => features['agreement_pct']! > 0)).toBe(true);

    // The engine, stepped over the same days, ends with the same features of the last snapshot.
    const direct = new DirectReplay({ ...plan, config: EDGES.config });
    const { config } = EDGES;
    await feedDays({ plan, config, speed: 0, needsSignals: false, isStopped: () => false }, (frame) =>
      direct.take(frame),
    );
    const a = plan.universe.indexOf('BTCUSDT');
    const engineBook = direct.engine.book;
    expect(books.at(-1)!.features['fill_probability']).toBe(engineBook.fillProbability[a]);
    expect(books.at(-1)!.features['macro_imbalance']).toBe(engineBook.macroImbalance[a]);

    const file = await new BookFile(path, new Refusals()).read();
    if (file.kind !== 'ok') throw new Error(file.kind);
    expect(file.books.get('BTCUSDT')).toEqual(books.at(-1));
    const shards = new BookShards({ port: store, writer: null as never, refusals: new Refusals() });
    const discovered = await shards.discover();
    expect(discovered.kind === 'ok' && discovered.symbols).toEqual(expect.arrayContaining([...file.books.keys()]));
  });

  test('go on without a file that cannot be written, and say so once', async () => {
    const lines: string[] = [];
    const result = await publish(await edges(), {
      port: new RecordingStore(),
      needsSignals: false,
      openPublisher: (context) => new BookPublisher(context, '/dev/null/ob.json'),
      say: (line) => lines.push(line),
    });
    expect(result.stored).toBeGreaterThan(5000);
    expect(lines).toEqual([expect.stringMatching(/^\/dev\/null\/ob\.json: cannot be written \(EEXIST/)]);
  });
});

describe('days published as the survival stack sees them', () => {
  test('are every evaluation of a replay with the stack: the same lowest Rm, at the same moment', async () => {
    const plan = await edges();
    const config = { ...EDGES.config, survival: true };
    const store = new RecordingStore();
    const offered: SafetyValue[] = [];
    const result = await publish(plan, {
      port: store,
      config,
      openPublisher: (context) => new SafetyPublisher(hearing(context, offered), plan.factors),
    });
    const direct = new DirectReplay({ ...plan, config, safety: [] });
    await feedDays({ plan, config, speed: 0, needsSignals: true, isStopped: () => false }, (frame) =>
      direct.take(frame),
    );
    const { evaluations, lowest, lowestRm } = direct.survival()!;
    expect(offered).toHaveLength(evaluations);
    expect(result).toMatchObject({ complete: true, offered: evaluations, older: 0, pending: 0 });
    expect(lowestRm).toBeLessThan(0.9);
    const lowestOffered = offered.reduce((low, value) => (value.rm < low.rm ? value : low));
    expect([lowestOffered.rm, lowestOffered.tsMs]).toEqual([lowestRm, Date.parse(lowest!.ts)]);
    for (const { rm, sensors } of offered)
      expect(rm).toBeCloseTo(
        Object.values(sensors!).reduce((product, sensor) => product * sensor, 1),
        12,
      );

    // Evaluations of a silence are made up together: of those a store sees the last.
    const values = valuesOf(store, safetyCodec, SAFETY_MAP, SAFETY_KEY);
    expect(values.at(-1)).toEqual(offered.at(-1));
    expect(values.slice(1).every(({ tsMs }, i) => tsMs > values[i]!.tsMs)).toBe(true);
    expect(Object.keys(values.at(-1)!.sensors!)).toEqual(['capital', 'coverage', 'feed', 'memory', 'stress']);
    expect(values.at(-1)!.sensors!['memory']).toBe(1);
  });

  test('a store that is away costs the memory sensor 0.15', async () => {
    const store = new AwayStore();
    const plan = await edges();
    let frames = 0;
    await publish(plan, {
      port: store,
      openPublisher: (context) => new SafetyPublisher(context, []),
      onFrame: () => {
        frames++;
      },
      isStopped: () => frames >= 300,
    });
    const values = valuesOf(store, safetyCodec, SAFETY_MAP, SAFETY_KEY);
    expect(values.length).toBeGreaterThan(50);
    for (const { sensors, posture } of values) {
      expect(sensors!['memory']).toBe(0.85);
      expect(posture).not.toBe('APEX');
    }
  });
});

describe.skipIf(membersMissing(NEWEST) !== null)('days published into a real member', () => {
  test('that is not there at the start: the newest value is there when it comes, and what follows arrives', async () => {
    const port = await freePort();
    const clusterName = `publish-${process.pid}-${port}`;
    const config = { kind: 'hazelcast', clusterName, members: [`127.0.0.1:${port}`], tls: null } as const;
    let frames = 0;
    let isStopped = false;
    const lines: string[] = [];
    const running = publish(await edges(), {
      port: openMemory(config, {}),
      speed: 10, // two scans a second
      openPublisher: (context) => new ScanPublisher(context),
      onFrame: () => {
        frames++;
      },
      isStopped: () => isStopped,
      say: (line) => lines.push(line),
    });
    const reader = new SystemMemory(openMemory(config, {}), 'blue');
    let member: Member | null = null;
    try {
      await until('a frame without a member', () => frames > 2, 30_000);
      member = await Member.start({ version: NEWEST, cluster: clusterName, port });
      expect(await reader.ready(15_000)).toBe(true);
      const seen: number[] = [];
      const listening = reader.latestScan.listen(({ scanNumber }) => seen.push(scanNumber));
      await until('scans', () => seen.length >= 3, 20_000);
      listening.close();
      isStopped = true;
      const result = await running;
      expect(result).toMatchObject({ complete: false, pending: 0, older: 0 });
      expect(lines[0]).toMatch(
        /^publish-.* does not answer; what is published is kept until it does\. Not connected: /,
      );
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
    } finally {
      isStopped = true;
      await running;
      await reader.close();
      await member?.kill();
    }
  });
});
