import { availableParallelism } from 'node:os';
import type { FeedCounts } from '../model/feed-counts.ts';
import { InputError } from '../model/input-error.ts';
import { Gauge } from '../shm/counters.ts';
import type { WaitMode } from '../shm/idle.ts';
import { DEFAULT_SLOTS, INBOX_BYTES, RECORDED_EVENT_BYTES, RESULT_BYTES, SCANNER_INBOX_BYTES } from '../shm/layout.ts';
import { createRegion, type Region } from '../shm/region.ts';
import type { MemoryReport } from '../workers/memory/memory-options.ts';
import { type ShadowReport, ShadowVerifier } from '../workers/shadow-verifier.ts';
import { EngineOrders } from './control/engine-orders.ts';
import { feedCounts, liveCountsOf } from './market-data-thread.ts';
import type { Recording } from './recording/recording.ts';
import { withRouted } from './routed-outcome.ts';
import { hasScannerThread, memoryOf, type ReplayRunOptions } from './run-options.ts';
import { runThreads } from './run-threads.ts';
import { type RunOutcome, Supervisor } from './supervisor.ts';

/** Threads that are busy during a spinning replay: market data and engine. */
const SPINNING_THREADS = 2;

/** Everything that a run has to say for itself when it is over. */
export interface ReplayOutcome extends RunOutcome {
  readonly lostWakes: number;
  /** What the shadow has proved; null in a run without a journal. */
  readonly shadow: ShadowReport | null;
  /** What a live origin has brought; null for days and journals. */
  readonly feed: FeedCounts | null;
}

/** A run through the worker threads, wherever its frames come from. */
export class ReplayRun {
  /** Shared memory of the run, for whoever watches or commands it. */
  readonly region: Region;
  /** Main's end of the command ring. */
  readonly orders: EngineOrders;
  private readonly options: ReplayRunOptions;
  private readonly supervisor: Supervisor;
  private readonly shadow: ShadowVerifier | null;
  private readonly liveCounts: SharedArrayBuffer;
  private newestMemory: MemoryReport | null = null;

  /** @throws InputError when the wait strategy does not fit the machine. */
  constructor(options: ReplayRunOptions) {
    requireCoresToSpin(options.wait);
    this.options = options;
    const { recording, onAlarm } = options;
    this.region = createRegionFor(options);
    this.orders = new EngineOrders(this.region);
    this.shadow = recording === null ? null : this.openShadow(recording, onAlarm);
    this.liveCounts = liveCountsOf(options.origin);
    this.supervisor = new Supervisor(this.region, runThreads(options, this.region, this.liveCounts), {
      onDayEnd: options.onDayEnd,
      ...(options.onTrades === undefined ? {} : { onTrades: options.onTrades }),
      onSegmentClosed: (machine, segment) => {
        if (machine === 'ENGINE') this.shadow?.segmentClosed(segment);
      },
      onMemory: (report) => {
        this.newestMemory = report;
      },
      onAlarm,
      onFenced: (line) => this.halt(line),
    });
  }

  /**
   * Runs to the end of the data, or of what {@link stop} left of it.
   * @throws as {@link Supervisor.run}; WorkerFailure when the orders of a journal are not what its execution does.
   */
  async run(): Promise<ReplayOutcome> {
    try {
      const outcome = withRouted(await this.supervisor.run(), this.options);
      const shadow = await this.shadow?.finish(outcome.journal?.lastSegment ?? 0);
      return { ...outcome, lostWakes: this.supervisor.lostWakes, shadow: shadow ?? null, feed: this.feed };
    } finally {
      await this.shadow?.close();
    }
  }

  stop(): void {
    this.supervisor.stop();
  }

  get framesStepped(): number {
    return this.supervisor.framesStepped;
  }

  /** What the memory worker said last; null before its first word, and in a run without one. */
  get memory(): MemoryReport | null {
    return this.newestMemory;
  }

  /** What a live origin has brought so far; null for days and journals. */
  get feed(): FeedCounts | null {
    return feedCounts(this.options, this.liveCounts, this.region);
  }

  private halt(line: string): void {
    this.options.onAlarm(line);
    if (!this.orders.give('halt')) this.stop(); // an engine that takes no orders may not go on
  }

  private openShadow({ dir, standing }: Recording, onAlarm: (line: string) => void): ShadowVerifier {
    const steps = new Gauge(this.region, 'stepsVerified');
    const agreeing = new Gauge(this.region, 'stepsAgreeing');
    return new ShadowVerifier({
      dir,
      from: standing,
      onProgress: (report, proved) => {
        steps.set(report.steps);
        agreeing.set(report.agreeing);
        if (proved !== null) this.supervisor.keepSnapshot(proved);
      },
      onAlarm,
    });
  }
}

function createRegionFor(options: ReplayRunOptions): Region {
  const { recording, origin, universe, inputs } = options;
  return createRegion({
    assets: universe.length,
    hasAssetSignals: inputs.hasAssetSignals === true,
    ...DEFAULT_SLOTS,
    ...(recording === null ? {} : RECORDED_EVENT_BYTES),
    ...(hasScannerThread(options) ? SCANNER_INBOX_BYTES : {}),
    ...(memoryOf(options) === null ? {} : RESULT_BYTES),
    ...(origin.kind === 'memory' ? INBOX_BYTES : {}),
  });
}

function requireCoresToSpin(wait: WaitMode): void {
  const cores = availableParallelism();
  if (wait === 'spin' && cores < SPINNING_THREADS) {
    throw new InputError(
      `--wait spin needs at least ${SPINNING_THREADS} cores, this process has ${cores}: a spinning thread would only ` +
        'keep the other from running; use --wait park',
    );
  }
}
