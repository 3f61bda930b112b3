import { performance } from 'node:perf_hooks';
import type { SystemMemory } from '../../../src/adapters/memory/system-memory.ts';
import { safety, scan, TS_MS } from '../../integration/memory/sample-values.ts';

const PACE_MS = 20;

/** Offers a newer value every 20 ms, as a live writer would, and keeps what became of each. */
export class PacedLoad {
  readonly outcomes = new Map<string, number>();
  /** Number of the last value offered, and of the newest that was acknowledged. */
  last = 0;
  stored = 0;
  slowestMs = 0;
  mostInFlight = 0;
  readonly #memory: SystemMemory;
  readonly #write: (n: number) => Promise<{ readonly kind: string }>;
  readonly #timer: NodeJS.Timeout;
  readonly #open = new Set<Promise<void>>();

  /** @param write - writes value `n` of the sequence. */
  constructor(memory: SystemMemory, write: (n: number) => Promise<{ readonly kind: string }>) {
    this.#memory = memory;
    this.#write = write;
    this.#timer = setInterval(() => this.#offer(), PACE_MS);
  }

  /** Stops offering and waits for the outcomes of what was offered. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
  }

  /** Such as `ok 120, superseded 3`. */
  toString(): string {
    return [...this.outcomes].map(([kind, count]) => `${kind} ${count}`).join(', ');
  }

  #offer(): void {
    this.last += 1;
    const n = this.last;
    const startMs = performance.now();
    const offered = this.#write(n).then(({ kind }) => {
      this.outcomes.set(kind, (this.outcomes.get(kind) ?? 0) + 1);
      if (kind === 'ok') this.stored = Math.max(this.stored, n);
      this.slowestMs = Math.max(this.slowestMs, performance.now() - startMs);
      this.#open.delete(offered);
    });
    this.#open.add(offered);
    this.mostInFlight = Math.max(this.mostInFlight, this.#memory.status().inFlight);
  }
}

/** Scans, numbered as they are offered. */
export const scanLoad = (memory: SystemMemory) =>
  new PacedLoad(memory, (n) => memory.latestScan.write(scan(n, n * 1_000_000)));

/** Postures, a millisecond apart from {@link TS_MS}. */
export const safetyLoad = (memory: SystemMemory) =>
  new PacedLoad(memory, (n) => memory.safety.write(safety(TS_MS + n)));
