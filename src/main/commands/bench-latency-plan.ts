import { availableParallelism } from 'node:os';
import type { FillMode } from '../../model/fill-mode.ts';
import type { WaitMode } from '../../shm/idle.ts';

/** One line of the latency table: how fast frames come, how wide they are, how the engine waits for them. */
export interface LatencyPoint {
  /** Frames per second; 0 is as fast as the engine takes them. */
  readonly rateHz: number;
  readonly assets: number;
  readonly wait: WaitMode;
  /** Routed: execution steps in lockstep with the engine and sends orders to a simulated venue of bars. */
  readonly fills: FillMode;
  /** Whether a journal is kept meanwhile, fsync every 50 ms. */
  readonly hasJournal: boolean;
  /** Frames that count. */
  readonly frames: number;
  /** Whether the peers, too, are measured at this point. */
  readonly hasPeers: boolean;
}

export const RATES_HZ = [1, 10, 100, 1000, 0] as const;
export const ASSETS = [50, 400] as const;
/** At which the targets are judged. */
export const TARGET_RATE_HZ = 10;
export const TARGET_ASSETS = 400;
/** p99 with ten samples beyond it, and one. */
const FRAMES_FOR_P99 = 1010;
const FRAMES_AT_MAX_RATE = 60_000;
const FRAMES_FOR_P50 = 120;
/** The same where only every third frame or so brings an order: one in 2.5 to 3, by the seeded prices. */
const ROUTED_FRAMES_FOR_P99 = 3200;
const ROUTED_FRAMES_FOR_P50 = 80;
/** Threads that spin when the engine does: the engine. One core must be left for the others. */
const CORES_TO_SPIN = 2;

/**
 * The points that are measured. By default those that fit into five minutes: the target's point long enough for its p99,
 * the others shorter, 1 Hz left out; routed, 10 Hz for a p50, 1 kHz for a p99, full speed for a p99.9. In full every rate, width and way of waiting, each long enough for its p99 but at
 * 1 Hz, with peers everywhere: about an hour.
 */
export function latencyPlan(isFull: boolean): readonly LatencyPoint[] {
  return isFull ? fullPlan() : defaultPlan();
}

/** How engines can wait on this machine. */
export function waitsHere(): readonly WaitMode[] {
  return availableParallelism() >= CORES_TO_SPIN ? ['park', 'spin'] : ['park'];
}

/** Seconds that frames come for at a point, start-up and warm-up of the run not included. */
export function secondsOf({ rateHz, frames }: LatencyPoint): number {
  return rateHz === 0 ? 0 : frames / rateHz;
}

function defaultPlan(): LatencyPoint[] {
  const points = [
    point(10, 400, 'park', FRAMES_FOR_P99),
    point(10, 50, 'park', FRAMES_FOR_P50),
    point(100, 50, 'park', FRAMES_FOR_P99),
    point(100, 400, 'park', FRAMES_FOR_P99),
    { ...point(100, 400, 'park', FRAMES_FOR_P99), hasJournal: true },
    ...waitsHere().flatMap((wait) => ASSETS.map((assets) => point(1000, assets, wait, 2 * FRAMES_FOR_P99))),
    ...ASSETS.map((assets) => point(0, assets, 'park', FRAMES_AT_MAX_RATE)),
  ].map((each) => ({ ...each, hasPeers: each.assets === TARGET_ASSETS && each.rateHz !== 100 }));
  const routed = ASSETS.flatMap((assets) => [
    routedPoint(10, assets, ROUTED_FRAMES_FOR_P50),
    routedPoint(1000, assets, ROUTED_FRAMES_FOR_P99),
    routedPoint(0, assets, FRAMES_AT_MAX_RATE),
  ]);
  return [...points, ...routed];
}

function fullPlan(): LatencyPoint[] {
  const frames = (rateHz: number) => (rateHz === 0 ? FRAMES_AT_MAX_RATE : Math.max(rateHz * 3, framesAt(rateHz)));
  return RATES_HZ.flatMap((rateHz) =>
    ASSETS.flatMap((assets) => [
      ...waitsHere().flatMap((wait) => [
        { ...point(rateHz, assets, wait, frames(rateHz)), hasPeers: true },
        ...(wait === 'park' ? [{ ...point(rateHz, assets, wait, frames(rateHz)), hasJournal: true }] : []),
      ]),
      routedPoint(rateHz, assets, routedFramesAt(rateHz)),
    ]),
  );
}

function routedFramesAt(rateHz: number): number {
  if (rateHz === 0) return FRAMES_AT_MAX_RATE;
  return rateHz === 1 ? ROUTED_FRAMES_FOR_P50 : ROUTED_FRAMES_FOR_P99;
}

function framesAt(rateHz: number): number {
  return rateHz === 1 ? 60 : FRAMES_FOR_P99;
}

function point(rateHz: number, assets: number, wait: WaitMode, frames: number): LatencyPoint {
  return { rateHz, assets, wait, frames, fills: 'analytic', hasJournal: false, hasPeers: false };
}

/** In lockstep nobody spins. */
function routedPoint(rateHz: number, assets: number, frames: number): LatencyPoint {
  return { ...point(rateHz, assets, 'park', frames), fills: 'routed' };
}
