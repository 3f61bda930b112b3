import type { StageLatency } from '../../model/stage-latency.ts';
import { dateFromDay, isoFrom } from '../../model/time.ts';
import { Gauge, readCounters } from '../../shm/counters.ts';
import { readWorkerState, type WorkerState } from '../../shm/heartbeats.ts';
import {
  STREAM_NAMES,
  type StreamName,
  TRADING_STATES,
  type TradingState,
  WORKER_NAMES,
  type WorkerName,
} from '../../shm/layout.ts';
import type { Region } from '../../shm/region.ts';
import { readStages } from '../../shm/stage-histogram.ts';
import { WatermarkReader } from '../../shm/watermarks.ts';
import type { MemoryReport } from '../../workers/memory/memory-options.ts';
import { type EngineRegime, readRegime } from './engine-figures.ts';
import { hasEngineEnded, type LastScan, lastScanOf } from './last-scan.ts';

/** A run as it stands, for whoever asks over its control socket. Read from shared memory; may be a moment old. */
export interface RunStatus {
  readonly runId: string;
  readonly pid: number;
  readonly command: string;
  readonly subject: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Seconds since then. */
  readonly seconds: number;
  readonly tradingState: TradingState;
  /** True once an orderly stop was asked. */
  readonly isStopping: boolean;
  readonly progress: RunProgress;
  /** Realised by its engine, after the last booked trade; USDT. */
  readonly capital: number;
  /** What its engine sizes by; null before its first frame. */
  readonly regime: EngineRegime | null;
  /** The frame stepped last; null before the first. */
  readonly lastScan: LastScan | null;
  /** Those that this run has. */
  readonly workers: readonly WorkerStatus[];
  /** Of the shared region, by name; only those that are not 0. */
  readonly counters: Readonly<Record<string, number>>;
  /** Null in a run that records nothing. */
  readonly journal: JournalStatus | null;
  readonly hasMemory: boolean;
  /** As the memory worker said last; null in a run without one, and before its first word. */
  readonly memory: MemoryReport | null;
  /** When its store was seen to be out of reach, ISO 8601, UTC; null while it answers, and without a memory. */
  readonly storeOutSince: string | null;
  /** Only those in which something was measured. */
  readonly stages: readonly StageLatency[];
}

export interface RunProgress {
  readonly framesPublished: number;
  readonly framesStepped: number;
  /** About; null in a run without an end. */
  readonly framesExpected: number | null;
  /** UTC day and event time of the last frame stepped; null before the first. */
  readonly day: string | null;
  readonly eventTime: string | null;
}

export interface WorkerStatus {
  readonly name: WorkerName;
  readonly state: WorkerState;
  /** Since its heart was last seen to beat; at most a sampling interval too large. */
  readonly beatAgeMs: number;
}

export interface JournalStatus {
  /** Events of each machine: in the file, and safe from a power loss. Counts of 32 bits, wrapping. */
  readonly streams: readonly { readonly stream: StreamName; readonly written: number; readonly durable: number }[];
  /** Steps that the shadow has stepped again, and those of them that decided the same. */
  readonly stepsVerified: number;
  readonly stepsAgreeing: number;
}

/** The newest report of the memory worker, null before its first. */
export type MemorySource = () => MemoryReport | null;

/** What main knows of the run, beside what is in the region. */
export interface RunFacts extends Pick<RunStatus, 'runId' | 'pid' | 'command' | 'subject' | 'startedAt'> {
  readonly framesExpected: number | null;
  readonly isRecording: boolean;
  readonly hasMemory: boolean;
  /** Event seconds per second of a replay, 0: as fast as it can; null: live. */
  readonly speed: number | null;
}

/** What only a watcher of the run knows. */
export interface RunSightings {
  /** Age of a worker's last beat. */
  readonly beatAgeMs: (worker: WorkerName) => number;
  /** Wall clock since the last frame was stepped. */
  readonly frameAgeMs: number;
  /** UNIX ms, or null. */
  readonly storeOutSinceMs: number | null;
  /** Null in a run without a memory worker, and before its first word. */
  readonly memory: MemoryReport | null;
  /** USDT. */
  readonly capital: number;
}

/**
 * Reads a run's status. Allocates; loads only, so it costs the workers nothing.
 */
export function readStatus(region: Region, facts: RunFacts, seen: RunSightings): Omit<RunStatus, 'isStopping'> {
  const { framesExpected, isRecording, speed, ...identity } = facts;
  const { beatAgeMs, frameAgeMs, storeOutSinceMs, memory, capital } = seen;
  const progress = readProgress(region, framesExpected);
  return {
    ...identity,
    seconds: (Date.now() - Date.parse(facts.startedAt)) / 1000,
    tradingState: TRADING_STATES[new Gauge(region, 'tradingState').value] ?? 'active',
    progress,
    capital,
    regime: readRegime(region),
    lastScan: lastScanOf(progress.eventTime, speed, hasEngineEnded(region) ? null : frameAgeMs),
    workers: readWorkers(region, beatAgeMs),
    counters: Object.fromEntries(Object.entries(readCounters(region)).filter(([, count]) => count !== 0)),
    journal: isRecording ? readJournal(region) : null,
    memory,
    storeOutSince: storeOutSinceMs === null ? null : new Date(storeOutSinceMs).toISOString(),
    stages: readStages(region),
  };
}

function readProgress(region: Region, framesExpected: number | null): RunProgress {
  const [day, nsOfDay] = [new Gauge(region, 'steppedDay').value, new Gauge(region, 'steppedNsOfDay').value];
  return {
    framesPublished: new Gauge(region, 'framesPublished').value,
    framesStepped: new Gauge(region, 'framesStepped').value,
    framesExpected,
    day: day === 0 ? null : dateFromDay(day),
    eventTime: day === 0 ? null : isoFrom(day, nsOfDay),
  };
}

function readWorkers(region: Region, beatAgeMs: (worker: WorkerName) => number): WorkerStatus[] {
  return WORKER_NAMES.map((name) => ({
    name,
    state: readWorkerState(region, name),
    beatAgeMs: Math.round(beatAgeMs(name)),
  })).filter(({ state }) => state !== 'ABSENT');
}

function readJournal(region: Region): JournalStatus {
  return {
    streams: STREAM_NAMES.map((stream) => ({
      stream,
      written: new WatermarkReader(region, stream, 'written').count,
      durable: new WatermarkReader(region, stream, 'durable').count,
    })),
    stepsVerified: new Gauge(region, 'stepsVerified').value,
    stepsAgreeing: new Gauge(region, 'stepsAgreeing').value,
  };
}
