import type { SystemMemory } from '../../../src/adapters/memory/system-memory.ts';
import { safety, TS_MS } from '../../integration/memory/sample-values.ts';

const PACE_MS = 20;

/** Writes a newer posture every 20 ms, and keeps what became of each. */
export class SafetyLoad {
  readonly outcomes = new Map<string, number>();
  /** Times of the last value offered, and of the last that was acknowledged. */
  lastMs = TS_MS;
  storedMs = TS_MS;
  slowestMs = 0;
  readonly #memory: SystemMemory;
  readonly #timer: NodeJS.Timeout;
  readonly #open = new Set<Promise<void>>();

  constructor(memory: SystemMemory) {
    this.#memory = memory;
    this.#timer = setInterval(() => this.#offer(), PACE_MS);
  }

  /** Stops offering and waits for the outcomes. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
  }

  /** Such as `ok 120, unknown 3`. */
  toString(): string {
    return [...this.outcomes].map(([kind, count]) => `${kind} ${count}`).join(', ');
  }

  #offer(): void {
    this.lastMs += 1;
    const tsMs = this.lastMs;
    const startMs = performance.now();
    const offered = this.#memory.safety.write(safety(tsMs)).then(({ kind }) => {
      this.outcomes.set(kind, (this.outcomes.get(kind) ?? 0) + 1);
      if (kind === 'ok') this.storedMs = Math.max(this.storedMs, tsMs);
      this.slowestMs = Math.max(this.slowestMs, performance.now() - startMs);
      this.#open.delete(offered);
    });
    this.#open.add(offered);
  }
}
