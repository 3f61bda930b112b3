import { ringEveryBell } from './doorbell.ts';
import { HEARTBEAT_BEATS, HEARTBEAT_STATE, heartbeatOffset, type WorkerName, wordIndex } from './layout.ts';
import type { Region } from './region.ts';

/** Life of a worker as the supervisor sees it. A line that no worker ever wrote reads ABSENT. */
export const WORKER_STATES = ['ABSENT', 'STARTING', 'RUNNING', 'STOPPED', 'FAILED'] as const;
export type WorkerState = (typeof WORKER_STATES)[number];

/** A worker's own line: it beats once per duty cycle and says in which state it is. One thread writes it. */
export class Heartbeat {
  readonly #region: Region;
  readonly #words: Int32Array;
  readonly #beats: number;
  readonly #state: number;

  constructor(region: Region, worker: WorkerName) {
    const offset = heartbeatOffset(region.layout, worker);
    this.#region = region;
    this.#words = region.words;
    this.#beats = wordIndex(offset + HEARTBEAT_BEATS);
    this.#state = wordIndex(offset + HEARTBEAT_STATE);
  }

  /** A plain store would do for the reader's purpose, but is not promised to be seen by a loop that only reads. */
  beat(): void {
    Atomics.add(this.#words, this.#beats, 1);
  }

  /** Announces a state. The end of a worker wakes every sleeper: some wait for it, or for what it will never bring. */
  setState(state: WorkerState): void {
    Atomics.store(this.#words, this.#state, WORKER_STATES.indexOf(state));
    if (state === 'STOPPED' || state === 'FAILED') ringEveryBell(this.#region);
  }
}

/** Beats of a worker so far; Int32, wraps: compare for change, not for order. Any thread. */
export function readBeats(region: Region, worker: WorkerName): number {
  return Atomics.load(region.words, wordIndex(heartbeatOffset(region.layout, worker) + HEARTBEAT_BEATS));
}

/** State that a worker last announced. Any thread. */
export function readWorkerState(region: Region, worker: WorkerName): WorkerState {
  const code = Atomics.load(region.words, wordIndex(heartbeatOffset(region.layout, worker) + HEARTBEAT_STATE));
  return WORKER_STATES[code] ?? 'ABSENT';
}
