import { constants, PerformanceObserver } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Collects what loading and warming up have left, so that none of it is collected between two frames. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

/** Garbage collections of one thread while it did its work. */
export interface GcCount {
  /** Of the young generation (scavenges). */
  readonly minor: number;
  /** Of the old one, incremental steps included. */
  readonly major: number;
  /** Longest pause, ns; 0 without one. */
  readonly longestNs: number;
}

interface Collection {
  readonly startMs: number;
  readonly isMinor: boolean;
  readonly durationNs: number;
}

const NS_PER_MS = 1e6;
/** Turns of the event loop until entries are delivered. */
const TURNS = 3;

/**
 * Counts this thread's garbage collections between begin() and end(). Entries are delivered from the event loop alone: the
 * count of a thread that never yields is 0 whatever it allocates, so it is read after the loop has had its turn.
 */
export class GcWatch {
  private readonly collections: Collection[] = [];
  private readonly observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const kind = (entry as unknown as { detail: { kind: number } }).detail.kind;
      const isMinor = kind === constants.NODE_PERFORMANCE_GC_MINOR;
      this.collections.push({ startMs: entry.startTime, isMinor, durationNs: entry.duration * NS_PER_MS });
    }
  });
  private beganMs = 0;
  private endedMs = Number.POSITIVE_INFINITY;

  constructor() {
    this.observer.observe({ entryTypes: ['gc'] });
  }

  begin(): void {
    this.beganMs = performance.now();
  }

  /** What comes later is no part of the work. The first call counts. */
  end(): void {
    this.endedMs = Math.min(this.endedMs, performance.now());
  }

  async read(): Promise<GcCount> {
    this.end();
    for (let turn = 0; turn < TURNS; turn++) await setImmediate();
    this.observer.disconnect();
    const during = this.collections.filter(({ startMs }) => startMs >= this.beganMs && startMs < this.endedMs);
    return {
      minor: during.filter(({ isMinor }) => isMinor).length,
      major: during.filter(({ isMinor }) => !isMinor).length,
      longestNs: Math.max(0, ...during.map(({ durationNs }) => durationNs)),
    };
  }
}
