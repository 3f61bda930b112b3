import { readBeats } from '../../shm/heartbeats.ts';
import { WORKER_NAMES, type WorkerName } from '../../shm/layout.ts';
import type { Region } from '../../shm/region.ts';

/** Well below a worker's longest sleep would find each beat twice; a healthy age stays below twice this. */
const SAMPLE_MS = 500;

/** Watches the workers' hearts from outside: a beat count says that it beats, only a watcher says since when not. */
export class BeatAges {
  private readonly region: Region;
  private readonly seen = new Map<WorkerName, { beats: number; atMs: number }>();
  private readonly timer: NodeJS.Timeout;

  constructor(region: Region) {
    this.region = region;
    this.sample();
    this.timer = setInterval(() => this.sample(), SAMPLE_MS);
    this.timer.unref();
  }

  /** Milliseconds since a change of the worker's beats was seen. */
  ageMs(worker: WorkerName): number {
    this.sample();
    return performance.now() - (this.seen.get(worker)?.atMs ?? performance.now());
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private sample(): void {
    for (const worker of WORKER_NAMES) {
      const beats = readBeats(this.region, worker);
      if (this.seen.get(worker)?.beats !== beats) this.seen.set(worker, { beats, atMs: performance.now() });
    }
  }
}
