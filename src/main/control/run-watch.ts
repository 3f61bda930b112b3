import { Gauge } from '../../shm/counters.ts';
import type { Region } from '../../shm/region.ts';
import type { MemorySource } from './run-status.ts';

/** A memory worker reports every second: no state of its store is missed. */
const SAMPLE_MS = 500;

/** Watches a run from outside for what shared memory and reports do not say: since when. */
export class RunWatch {
  private readonly stepped: Gauge;
  private readonly memory: MemorySource | null;
  private readonly timer: NodeJS.Timeout;
  private frames = -1;
  private framesAtMs = performance.now();
  private storeOutAtMs: number | null = null;

  /** @param memory - null in a run without a memory worker. */
  constructor(region: Region, memory: MemorySource | null) {
    this.stepped = new Gauge(region, 'framesStepped');
    this.memory = memory;
    this.sample();
    this.timer = setInterval(() => this.sample(), SAMPLE_MS);
    this.timer.unref();
  }

  /** Milliseconds of wall clock since a frame was seen to be stepped; up to a sampling interval too small. */
  get frameAgeMs(): number {
    this.sample();
    return performance.now() - this.framesAtMs;
  }

  /** When the memory's store was seen to be out of reach, UNIX ms; null while it answers. */
  get storeOutSinceMs(): number | null {
    this.sample();
    return this.storeOutAtMs;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private sample(): void {
    if (this.stepped.value !== this.frames) {
      this.frames = this.stepped.value;
      this.framesAtMs = performance.now();
    }
    const isOut = this.memory?.()?.store.connected === false;
    if (!isOut) this.storeOutAtMs = null;
    else this.storeOutAtMs ??= Date.now();
  }
}
