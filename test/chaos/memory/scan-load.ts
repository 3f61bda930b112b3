import { performance } from 'node:perf_hooks';
import type { SystemMemory } from '../../../src/adapters/memory/system-memory.ts';
import { scan } from '../../integration/memory/sample-values.ts';

const PACE_MS = 20;

/** Offers a scan every 20 ms, as a live scanner would, and counts what became of each. */
export class ScanLoad {
  readonly outcomes = new Map<string, number>();
  /** Number of the last scan offered. */
  last = 0;
  slowestMs = 0;
  mostInFlight = 0;
  readonly #memory: SystemMemory;
  readonly #timer: NodeJS.Timeout;
  readonly #open = new Set<Promise<void>>();

  constructor(memory: SystemMemory) {
    this.#memory = memory;
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
    const startMs = performance.now();
    const offered = this.#memory.latestScan.write(scan(this.last, this.last * 1_000_000)).then(({ kind }) => {
      this.outcomes.set(kind, (this.outcomes.get(kind) ?? 0) + 1);
      this.slowestMs = Math.max(this.slowestMs, performance.now() - startMs);
      this.#open.delete(offered);
    });
    this.#open.add(offered);
    this.mostInFlight = Math.max(this.mostInFlight, this.#memory.status().inFlight);
  }
}
