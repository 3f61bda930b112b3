import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROGRAM_ROOT } from '../machine-conditions.ts';
import type { LatencyPoint } from './bench-latency-plan.ts';
import { type LatencyResult, quantilesOfSamples } from './bench-latency-samples.ts';

/** The peers live beside the sources; an installed package has none. */
const RUNNER = join(PROGRAM_ROOT, 'bench', 'pipeline', 'run-peer.ts');
/** What the virtual machine of Java needs until it has compiled everything; C only fills its caches with it. */
const WARM_UP_FRAMES = { c: 1000, disruptor: 20_000, port: 6000 } as const;
/** A port queues without bound: more would measure the allocator. */
const PORT_FRAMES_AT_MAX_RATE = 15_000;
/** Quantiles of a peer are for comparison: p50 at 1 and 10 Hz is enough, and p99 from 100 Hz. */
const SECONDS_AT_MOST = 20;

type PeerName = keyof typeof WARM_UP_FRAMES;
const CHANNELS: Readonly<Record<PeerName, string>> = {
  c: 'C11 rings',
  disruptor: 'Disruptor',
  port: 'MessagePort',
};

/** What a peer prints; bench/pipeline/outcome.ts says what its fields mean. */
interface PeerOutcome {
  readonly wallNs: number;
  readonly cpuNs: Readonly<Record<string, number>>;
  readonly lateNs: readonly number[];
  readonly hopNs: readonly number[];
  readonly intentNs: readonly number[];
  readonly totalNs: readonly number[];
}

/** True where the peers can be tried at all. */
export function hasPeers(): boolean {
  return existsSync(RUNNER);
}

/**
 * The peers at a point, each in a process of its own; those that cannot be built here are left out, and say so on
 * standard error. A port does not spin: it is measured beside a parked engine alone.
 * @throws Error when a peer lost a frame; the signal's reason.
 */
export async function measurePeers(point: LatencyPoint, signal: AbortSignal): Promise<LatencyResult[]> {
  const names: PeerName[] = point.wait === 'spin' ? ['c', 'disruptor'] : ['c', 'disruptor', 'port'];
  const results: LatencyResult[] = [];
  for (const name of names) {
    const frames = framesFor(name, point);
    const outcome = await runPeer(name, { ...point, warmUp: WARM_UP_FRAMES[name], frames }, signal);
    if (outcome !== null) results.push(resultOf(name, point, frames, outcome));
  }
  return results;
}

function framesFor(name: PeerName, { rateHz, frames }: LatencyPoint): number {
  if (rateHz > 0) return Math.min(frames, SECONDS_AT_MOST * rateHz);
  return name === 'port' ? Math.min(frames, PORT_FRAMES_AT_MAX_RATE) : frames;
}

async function runPeer(name: PeerName, point: object, signal: AbortSignal): Promise<PeerOutcome | null> {
  const args = [RUNNER, name, JSON.stringify(point)];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { signal, maxBuffer: 1 << 28 });
  for (const line of stderr.split('\n')) if (line.startsWith('SKIPPED')) process.stderr.write(`${line}\n`);
  return JSON.parse(stdout) as PeerOutcome | null;
}

function resultOf(name: PeerName, point: LatencyPoint, frames: number, outcome: PeerOutcome): LatencyResult {
  const { rateHz, assets, wait } = point;
  const { wallNs, cpuNs, lateNs, hopNs, intentNs, totalNs } = outcome;
  const stages = { late: lateNs, hop: hopNs, intent: intentNs, total: totalNs };
  return {
    channel: CHANNELS[name],
    rateHz,
    assets,
    waiting: wait,
    isRouted: false,
    frames,
    framesPerSecond: (1e9 * frames) / wallNs,
    stages:
      rateHz === 0 ? {} : Object.fromEntries(Object.entries(stages).map(([key, ns]) => [key, quantilesOfSamples(ns)])),
    cpuPct: Object.fromEntries(Object.entries(cpuNs).map(([thread, ns]) => [thread, (100 * ns) / wallNs])),
  };
}
