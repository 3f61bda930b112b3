import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { REPOSITORY } from '../support/run-dolphin.ts';
import { makeTenHertzDay } from './ten-hertz-days.ts';

const IS_NIGHTLY = process.env['DOLPHIN_NIGHTLY'] === '1';
const ASSETS = 400;
const FRAMES_PER_SECOND = 10;
/**
 * Nightly half an hour as it would pass. Else an hour and a half's worth in nine seconds, which is about as fast as frames
 * of this size go: over the three thousand frames of five minutes nothing can be told from what every run takes at first.
 */
const { minutes, speed, sampleMs } = IS_NIGHTLY
  ? { minutes: 30, speed: 1, sampleMs: 1000 }
  : { minutes: 90, speed: 600, sampleMs: 50 };
const RUN_MS = (minutes * 60_000) / speed;
const TIMEOUT_MS = RUN_MS + 120_000;
/** Heaps as small as they go: garbage that V8 has not got round to collecting must not look like a leak. */
const SMALL_HEAPS = '--max-semi-space-size=1 --max-old-space-size=64';
/**
 * Heaps and the allocator move by some 5 MB either way, which is 200 B for each of the 27,000 frames that are measured (600 B
 * nightly). A thread that kept a frame of 400 assets, its record or its scan would grow by 3 kB a frame.
 */
const MOST_BYTES_PER_FRAME = 1024;
/** Of the run: by then every ring has been written once and V8 has compiled what it will. */
const WARM_UP_SHARE = 0.5;

const root = mkdtempSync(join(tmpdir(), 'dolphin-soak-'));
const data = join(root, 'data');

beforeAll(() => makeTenHertzDay(data, minutes, ASSETS), TIMEOUT_MS);
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Resident memory of a process at a moment. */
interface MemorySample {
  readonly seconds: number;
  readonly bytes: number;
}

/** Resident bytes; null once the process is gone. */
function residentBytes(pid: number): number | null {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? null : 1024 * Number(kib);
  } catch {
    return null;
  }
}

/** Least squares: bytes per second. */
function slope(samples: readonly MemorySample[]): number {
  const mean = (of: (sample: MemorySample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [meanS, meanB] = [mean(({ seconds }) => seconds), mean(({ bytes }) => bytes)];
  const covariance = mean(({ seconds, bytes }) => (seconds - meanS) * (bytes - meanB));
  return covariance / mean(({ seconds }) => (seconds - meanS) ** 2);
}

/** Bytes per frame behind the warm-up; seconds are counted from the first frame. */
function growthPerFrame(samples: readonly MemorySample[]): number {
  const [from, to] = [(WARM_UP_SHARE * RUN_MS) / 1000, RUN_MS / 1000];
  const measured = samples.filter(({ seconds }) => seconds >= from && seconds < to);
  return slope(measured) / (FRAMES_PER_SECOND * speed);
}

interface SoakedRun {
  readonly code: number | null;
  readonly output: string;
  readonly samples: readonly MemorySample[];
}

function soak(): Promise<SoakedRun> {
  const flags = [
    '--set',
    'resolution=hybrid',
    '--set',
    'lookback=20',
    '--set',
    'warmup_bars=20',
    '--set',
    'vol_window=10',
  ];
  const child = spawn(
    join(REPOSITORY, 'node_modules/.bin/node'),
    [
      ...[
        join(REPOSITORY, 'bin/dolphin.mjs'),
        'replay',
        '--data',
        data,
        ...flags,
        '--speed',
        `${speed}x`,
        '--json',
        '-',
      ],
      ...['--record', join(root, 'journal'), '--segment-mib', '4'],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_OPTIONS: SMALL_HEAPS } },
  );
  const samples: MemorySample[] = [];
  const startedMs = performance.now();
  const watch = setInterval(() => {
    const bytes = residentBytes(child.pid as number);
    if (bytes !== null) samples.push({ seconds: (performance.now() - startedMs) / 1000, bytes });
  }, sampleMs);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearInterval(watch);
      resolve({ code, output, samples });
    });
  });
}

test('the measure sees a thread that keeps a frame per frame', () => {
  const framesPerSecond = FRAMES_PER_SECOND * speed;
  const samples = Array.from({ length: 200 }, (_, i) => {
    const seconds = (i / 200) * (RUN_MS / 1000);
    return { seconds, bytes: 4e8 + 8 * ASSETS * framesPerSecond * seconds };
  });
  expect(growthPerFrame(samples)).toBeCloseTo(8 * ASSETS, 6);
  expect(8 * ASSETS).toBeGreaterThan(MOST_BYTES_PER_FRAME);
});

test(
  `${minutes} minutes at ${FRAMES_PER_SECOND} Hz x ${ASSETS} assets, recorded, at ${speed}x: memory does not grow`,
  async () => {
    const { code, output, samples } = await soak();
    expect(code).toBe(0);
    const { journal, timing } = JSON.parse(output);
    const grown = growthPerFrame(samples);
    const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
    console.log(
      `soak: ${minutes} min at ${FRAMES_PER_SECOND} Hz x ${ASSETS} assets at ${speed}x, ${journal.records.engine} records; ` +
        `RSS at most ${mib(Math.max(...samples.map(({ bytes }) => bytes)))} MiB, behind the warm-up ${grown.toFixed(0)} B ` +
        `per frame (${mib(grown * FRAMES_PER_SECOND * 3600)} MiB/h at 10 Hz)`,
    );
    expect(grown).toBeLessThan(MOST_BYTES_PER_FRAME);
    expect(timing.lostWakes).toBe(0);
    expect(journal.shadow).toMatchObject({ unverified: 0, mismatch: null, failures: [] });
    expect(journal.shadow.agreeing).toBe(journal.shadow.steps);
  },
  TIMEOUT_MS,
);
