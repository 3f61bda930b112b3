import { Worker } from 'node:worker_threads';
import type { DayResult } from '../model/day-result.ts';
import { InputError } from '../model/input-error.ts';
import type { TradeDetail } from '../model/trade.ts';
import type { Machine } from '../replay/journal/segment-name.ts';
import { requestStop } from '../shm/control.ts';
import { Counter, Gauge } from '../shm/counters.ts';
import { Doorbell } from '../shm/doorbell.ts';
import { Heartbeat, readBeats, readWorkerState, type WorkerState } from '../shm/heartbeats.ts';
import type { WorkerName } from '../shm/layout.ts';
import type { Region } from '../shm/region.ts';
import { PEER_GONE } from '../workers/engine-lockstep.ts';
import type { GcCount } from '../workers/gc-watch.ts';
import type { ProvedSnapshot } from '../workers/journal-agent.ts';
import type { MemoryReport } from '../workers/memory/memory-options.ts';
import { START, type WorkerError, type WorkerMessage } from '../workers/messages.ts';
import { workerUrl } from '../workers/worker-url.ts';

/** How long the supervisor is patient with its workers. */
export interface Patience {
  readonly heartbeatCheckMs: number;
  /** Checks without a beat after which a worker counts as hung; checks, so that a stopped process is no fault. */
  readonly hungAfterChecks: number;
  /** How long the threads have to end by themselves after a failure before they are ended. */
  readonly stopDeadlineMs: number;
}

const PATIENCE: Patience = { heartbeatCheckMs: 1000, hungAfterChecks: 30, stopDeadlineMs: 5000 };

/** What a worker needs beside the region: its entry file and its options. */
export interface WorkerSpec {
  readonly name: WorkerName;
  /** Entry file without extension, e.g. `engine.worker`. */
  readonly entry: string;
  readonly options: object;
}

/** Name of the error of a damaged journal. */
const CORRUPTION = 'JournalCorruption';

type DoneMessage<Kind extends WorkerMessage['kind']> = Extract<WorkerMessage, { kind: Kind }>;

/** Told of what workers say while they run. */
export interface RunListeners {
  onDayEnd(result: DayResult): void;
  /** Booked trades, in order, each once. */
  onTrades(trades: readonly TradeDetail[]): void;
  /** A segment of the journal that nobody writes any more. */
  onSegmentClosed(machine: Machine, segment: number): void;
  /** Once a second, in a run with a memory worker. */
  onMemory(report: MemoryReport): void;
  /** A line for the operator that is no error of the run. */
  onAlarm(line: string): void;
  /** Another engine owns the state: this one may open no position any more. */
  onFenced(line: string): void;
}

export interface RunOutcome {
  /** Null in a run without a journal. */
  readonly journal: DoneMessage<'journalDone'> | null;
  readonly engine: DoneMessage<'engineDone'>;
  /** Garbage collections of each worker while it worked. */
  readonly collections: ReadonlyMap<WorkerName, GcCount>;
  readonly marketData: DoneMessage<'marketDataDone'>;
  /** Null in a run without a memory worker. */
  readonly memory: DoneMessage<'memoryDone'> | null;
  readonly execution: DoneMessage<'executionDone'>;
}

/** A worker thread died or hung: what the operator is told, once. */
export class WorkerFailure extends Error {
  override readonly name = 'WorkerFailure';
}

/**
 * Starts the worker threads of a run, watches them, and ends them in order. The journal comes up first and goes last, and
 * execution inside of it: an event always has a keeper and an intent a taker.
 */
export class Supervisor {
  private readonly region: Region;
  private readonly specs: readonly WorkerSpec[];
  private readonly listeners: Partial<RunListeners>;
  private readonly workers = new Map<WorkerName, Worker>();
  private readonly exits: Promise<void>[] = [];
  private readonly done = new Map<WorkerMessage['kind'], WorkerMessage>();
  private readonly ready = new Set<WorkerName>();
  private readonly collections = new Map<WorkerName, GcCount>();
  private readonly patience: Patience;
  private failure: Error | null = null;
  /** What is known of the failure is only that another one was met: its cause may still be told. */
  private isCauseUnknown = false;
  private stopDeadline: NodeJS.Timeout | undefined;

  /** @param specs - in start order; the one named MARKET_DATA publishes only once all are ready. */
  constructor(
    region: Region,
    specs: readonly WorkerSpec[],
    listeners: Partial<RunListeners> = {},
    patience: Patience = PATIENCE,
  ) {
    this.patience = patience;
    this.region = region;
    this.specs = specs;
    this.listeners = listeners;
  }

  /**
   * Runs until every worker has ended.
   * @throws InputError, or an error named JournalCorruption, as a worker found it; WorkerFailure when one died or hung, or when intents were lost.
   */
  async run(): Promise<RunOutcome> {
    const watch = setInterval(this.heartbeatCheck(), this.patience.heartbeatCheckMs);
    try {
      for (const spec of this.specs) if (this.failure === null) this.spawn(spec);
      await Promise.all(this.exits);
    } finally {
      clearInterval(watch);
      clearTimeout(this.stopDeadline);
    }
    if (this.failure !== null) throw this.failure;
    return this.outcome();
  }

  /** Asks for an orderly end: what was done so far is kept and reported. May be called at any time, more than once. */
  stop(): void {
    requestStop(this.region);
  }

  /** Hands the journal worker a proved state for its stream; nothing happens where it has ended. */
  keepSnapshot(snapshot: ProvedSnapshot): void {
    this.workers.get('JOURNAL')?.postMessage(snapshot);
    new Doorbell(this.region, 'journalData').ring();
  }

  /** Waits that ended by time-out although their data was there. */
  get lostWakes(): number {
    return new Counter(this.region, 'lostWakes').value;
  }

  /** Frames that the engine has stepped, for progress. */
  get framesStepped(): number {
    return new Gauge(this.region, 'framesStepped').value;
  }

  private spawn(spec: WorkerSpec): void {
    const worker = this.startThread(spec);
    if (worker === null) return;
    this.workers.set(spec.name, worker);
    worker.on('message', (message: WorkerMessage) => this.onMessage(message));
    worker.on('error', (error) => this.fail(spec.name, error as Error));
    const exited = new Promise<void>((resolve) => {
      worker.on('exit', (code) => {
        this.onExit(spec.name, code);
        resolve();
      });
    });
    this.exits.push(exited);
  }

  /** Null when there is no such thread (options that cannot be cloned): those that run already must be ended first. */
  private startThread({ name, entry, options }: WorkerSpec): Worker | null {
    try {
      return new Worker(workerUrl(entry), { name, workerData: options });
    } catch (error) {
      this.fail(name, error as Error);
      return null;
    }
  }

  private onMessage(message: WorkerMessage): void {
    if (message.kind === 'ready') this.onReady(message.worker);
    else if (message.kind === 'dayEnd') this.listeners.onDayEnd?.(message.result);
    else if (message.kind === 'trades') this.listeners.onTrades?.(message.trades);
    else if (message.kind === 'gc') this.collections.set(message.worker, message.count);
    else if (message.kind === 'segmentClosed') this.listeners.onSegmentClosed?.(message.machine, message.segment);
    else if (message.kind === 'failed') this.fail(message.worker, message.error);
    else if (message.kind === 'memory') this.listeners.onMemory?.(message.report);
    else if (message.kind === 'memoryAlarm' || message.kind === 'alarm') this.listeners.onAlarm?.(message.line);
    else if (message.kind === 'fenced') this.listeners.onFenced?.(message.line);
    else this.done.set(message.kind, message);
  }

  private onReady(name: WorkerName): void {
    this.ready.add(name);
    if (this.ready.size === this.specs.length) this.workers.get('MARKET_DATA')?.postMessage(START);
  }

  private onExit(name: WorkerName, code: number): void {
    const state = readWorkerState(this.region, name);
    if (!hasEnded(state)) {
      this.fail(name, new Error(`thread ended with code ${code} before its work was done`));
    }
    // Execution ends when it sees that the engine has; it may be asleep until someone rings.
    if (name === 'ENGINE' || this.failure !== null) requestStop(this.region);
  }

  private fail(name: WorkerName, error: WorkerError | Error): void {
    // A thread that died did not say so; those that wait for it read its state.
    new Heartbeat(this.region, name).setState('FAILED');
    if (this.failure === null || (this.isCauseUnknown && error.name !== PEER_GONE)) {
      this.failure = failureOf(name, error);
      this.isCauseUnknown = error.name === PEER_GONE;
    }
    requestStop(this.region);
    // A market-data worker that still waits for START hears nothing else.
    if (this.ready.size < this.specs.length) this.workers.get('MARKET_DATA')?.postMessage(START);
    this.stopDeadline ??= setTimeout(() => this.terminateAll(), this.patience.stopDeadlineMs);
  }

  private terminateAll(): void {
    for (const worker of this.workers.values()) void worker.terminate();
  }

  /** Watches from the start: a worker that never comes up is as hung as one that stopped beating. */
  private heartbeatCheck(): () => void {
    const { hungAfterChecks, heartbeatCheckMs } = this.patience;
    const seen = new Map<WorkerName, { beats: number; checks: number }>();
    return () => {
      for (const { name } of this.specs) {
        const beats = readBeats(this.region, name);
        const last = seen.get(name);
        const checks = last !== undefined && last.beats === beats ? last.checks + 1 : 0;
        seen.set(name, { beats, checks });
        if (checks === hungAfterChecks && !hasEnded(readWorkerState(this.region, name))) {
          this.fail(name, new Error(`has not beaten for ${(hungAfterChecks * heartbeatCheckMs) / 1000} s`));
        }
      }
    };
  }

  private outcome(): RunOutcome {
    const engine = this.take('engineDone');
    const execution = this.take('executionDone');
    if (engine.entries !== execution.entries || engine.exits !== execution.exits) {
      throw new WorkerFailure(
        `intents were lost between engine and execution: decided ${engine.entries} entries and ${engine.exits} exits, ` +
          `accounted for ${execution.entries} and ${execution.exits}`,
      );
    }
    const journal = this.workers.has('JOURNAL') ? this.take('journalDone') : null;
    const memory = this.workers.has('MEMORY') ? this.take('memoryDone') : null;
    const { collections } = this;
    return { engine, execution, journal, memory, collections, marketData: this.take('marketDataDone') };
  }

  private take<Kind extends WorkerMessage['kind']>(kind: Kind): DoneMessage<Kind> {
    const message = this.done.get(kind);
    if (message === undefined) throw new WorkerFailure(`the run ended without its "${kind}" message`);
    return message as DoneMessage<Kind>;
  }
}

/** The error as main's own: one that crossed a thread has lost its class. */
function failureOf(name: WorkerName, error: WorkerError | Error): Error {
  if (error.name === 'InputError') return new InputError(error.message);
  if (error.name === CORRUPTION) return Object.assign(new Error(error.message), { name: CORRUPTION });
  return new WorkerFailure(`${workerTitle(name)} failed: ${error.message}`, { cause: error });
}

function hasEnded(state: WorkerState): boolean {
  return state === 'STOPPED' || state === 'FAILED';
}

function workerTitle(name: WorkerName): string {
  return `${name.toLowerCase().replace('_', '-')} worker`;
}
