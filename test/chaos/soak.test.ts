import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REPOSITORY } from '../support/run-dolphin.ts';

const IS_NIGHTLY = process.env['DOLPHIN_NIGHTLY'] === '1';
const ASSETS = 400;
const RATE_HZ = 10;
/**
 * A hundred minutes of frames as fast as they are taken: over the three thousand of five minutes nothing can be told from
 * what every run takes at first.
 */
const FAST = { rateHz: 0, frames: 60_000, sampleMs: 25 } as const;
/** Half an hour as it would pass. */
const REAL = { rateHz: RATE_HZ, frames: 18_000, sampleMs: 1000 } as const;
const TIMEOUT_MS = 120_000;
/** Heaps as small as they go: garbage that V8 has not got round to collecting must not look like a leak. */
const SMALL_HEAPS = '--max-semi-space-size=1 --max-old-space-size=64';
/** Of the run's time that is measured: by then every ring has been written and V8 has compiled; the end is not yet there. */
const MEASURED = { from: 0.5, to: 0.9 } as const;
/**
 * Every second frame ends in a trade, which a run keeps for its report: some 250 B a frame. A thread that kept a frame of 400
 * assets, its record or its scan would grow by 3 kB a frame.
 */
const MOST_BYTES_PER_FRAME = 2048;
/** How far above the fast run, which has more frames, one at real pace may come. */
const REAL_PACE_ROOM = 1.1;

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

/** Bytes per frame behind the warm-up, of frames that come evenly over the time of the samples. */
function growthPerFrame(samples: readonly MemorySample[], frames: number): number {
  const lastSecond = samples.at(-1)?.seconds as number;
  const [from, to] = [MEASURED.from * lastSecond, MEASURED.to * lastSecond];
  const measured = samples.filter(({ seconds }) => seconds >= from && seconds < to);
  return (slope(measured) * lastSecond) / frames;
}

interface Soaked {
  readonly mostBytes: number;
  readonly bytesPerFrame: number;
}

/** Runs in a process of its own, watching its memory. */
async function soak({ rateHz, frames, sampleMs }: typeof FAST | typeof REAL): Promise<Soaked> {
  const script = join(REPOSITORY, 'test/chaos/soak-run.ts');
  const child = spawn(join(REPOSITORY, 'node_modules/.bin/node'), [script, String(rateHz), String(frames)], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: SMALL_HEAPS },
  });
  const samples: MemorySample[] = [];
  const startedMs = performance.now();
  const watch = setInterval(() => {
    const bytes = residentBytes(child.pid as number);
    if (bytes !== null) samples.push({ seconds: (performance.now() - startedMs) / 1000, bytes });
  }, sampleMs);
  const code = await new Promise((resolve) => child.on('close', resolve)).finally(() => clearInterval(watch));
  expect(code).toBe(0);
  const mostBytes = Math.max(...samples.map(({ bytes }) => bytes));
  const bytesPerFrame = growthPerFrame(samples, frames);
  const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
  console.log(
    `soak: ${frames} frames of ${ASSETS} assets at ${rateHz === 0 ? 'full speed' : `${rateHz} Hz`}, recorded: RSS at most ` +
      `${mib(mostBytes)} MiB, behind the warm-up ${bytesPerFrame.toFixed(0)} B per frame ` +
      `(${mib(bytesPerFrame * RATE_HZ * 3600)} MiB/h at ${RATE_HZ} Hz)`,
  );
  return { mostBytes, bytesPerFrame };
}

let plateauBytes = Number.NaN;

test(
  `${FAST.frames} frames of ${ASSETS} assets, recorded, at full speed: memory does not grow`,
  async () => {
    const { mostBytes, bytesPerFrame } = await soak(FAST);
    expect(bytesPerFrame).toBeLessThan(MOST_BYTES_PER_FRAME);
    plateauBytes = mostBytes;
  },
  TIMEOUT_MS,
);

// Garbage comes too slowly here for a slope: the bound is where the fast run ends.
test.runIf(IS_NIGHTLY)(
  `half an hour of the same at ${RATE_HZ} Hz: no more memory than that`,
  async () => {
    const { mostBytes } = await soak(REAL);
    expect(mostBytes).toBeLessThan(REAL_PACE_ROOM * plateauBytes);
  },
  (REAL.frames / REAL.rateHz) * 1000 + TIMEOUT_MS,
);
