import type { SystemMemory } from '../../adapters/memory/system-memory.ts';
import type { EigenScan, HeartbeatValue } from '../../model/memory-values.ts';
import { dateFromDay, MS_PER_DAY, NS_PER_MS } from '../../model/time.ts';
import { Gauge } from '../../shm/counters.ts';
import { readWorkerState } from '../../shm/heartbeats.ts';
import type { Region } from '../../shm/region.ts';
import type { Agent } from '../duty-cycle.ts';
import type { AcbFeed } from './acb-feed.ts';
import type { MarketInboxWriter } from './market-inbox.ts';
import type { MemoryReport } from './memory-options.ts';
import type { PostureFeed } from './posture-feed.ts';
import type { ResultInlet } from './result-inlet.ts';
import type { ResultPublisher } from './result-publisher.ts';
import type { EngineResult } from './result-record.ts';
import type { StateClaim } from './state-claim.ts';

const TELL_EVERY_MS = 1000;

export interface MemoryAgentParts {
  readonly memory: SystemMemory;
  readonly acb: AcbFeed;
  readonly posture: PostureFeed;
  /** Null where nobody takes market data of the memory. */
  readonly inbox: MarketInboxWriter | null;
  readonly inlet: ResultInlet;
  readonly publisher: ResultPublisher;
  readonly claim: StateClaim;
  readonly runId: string;
  /** Told once a second. */
  readonly onReport: (report: MemoryReport) => void;
}

/** The memory worker's job: results out, a sign of life every second, values of the memory in as they come. */
export class MemoryAgent implements Agent {
  private readonly region: Region;
  private readonly parts: MemoryAgentParts;
  private readonly steppedDay: Gauge;
  private toldAtMs = Number.NEGATIVE_INFINITY;
  private capital: number | null = null;
  private scanMs: number | null = null;

  constructor(region: Region, parts: MemoryAgentParts) {
    this.region = region;
    this.parts = parts;
    this.steppedDay = new Gauge(region, 'steppedDay');
  }

  /** Listens to everything that the memory has for a run. */
  async start(): Promise<void> {
    const { memory, acb, posture, inbox } = this.parts;
    posture.start();
    memory.latestScan.listen((scan) => this.onScan(scan));
    if (inbox !== null) memory.books.listen((symbol, book) => inbox.book(symbol, book));
    await acb.start();
    this.beat('engine_start');
  }

  /** For the idle strategy. */
  readonly isReady = (): boolean => this.parts.inlet.isDataReady() || this.isDone();

  /** True while a result waits for the journal: its watermark rings no bell of this worker. */
  get isHolding(): boolean {
    return this.parts.inlet.isHolding;
  }

  doWork(): number {
    const taken = this.parts.inlet.take((result) => this.onResult(result));
    const nowMs = performance.now();
    if (nowMs - this.toldAtMs >= TELL_EVERY_MS) {
      this.toldAtMs = nowMs;
      this.parts.acb.tellRefusals();
      this.parts.posture.watch();
      this.beat('engine_run');
      this.parts.onReport(this.report());
    }
    return taken;
  }

  /** Done when the engine is, and every result of it that the journal covers was taken. */
  isDone(): boolean {
    const state = readWorkerState(this.region, 'ENGINE');
    return (state === 'STOPPED' || state === 'FAILED') && !this.parts.inlet.isDataReady() && !this.isHolding;
  }

  /** Writes a sign of life; a phase of ours beside the flow's. */
  beat(phase: 'engine_start' | 'engine_run' | 'engine_end'): void {
    const day = this.steppedDay.value;
    const date = day === 0 ? null : dateFromDay(day);
    const value: HeartbeatValue = { tsMs: Date.now(), phase, date, runId: this.parts.runId };
    void this.parts.memory.heartbeat.write(value);
  }

  report(): MemoryReport {
    const { memory, acb, posture, publisher, claim } = this.parts;
    const { refusedEntries: _each, ...store } = memory.status();
    const safety = posture.latest;
    const update = acb.latest;
    return {
      store,
      claim: claim.state,
      ...publisher.published,
      capital: this.capital,
      posture: safety === null ? null : { name: safety.posture, rm: safety.rm, tsMs: nullIfNaN(safety.tsMs) },
      acb: update === null ? null : { boost: update.boost, beta: update.beta, tsMs: nullIfNaN(update.tsMs) },
      scanMs: this.scanMs,
    };
  }

  private onResult(result: EngineResult): void {
    if (result.kind === 'day') this.parts.publisher.offer(result.day);
    this.capital = result.kind === 'day' ? result.day.capital : result.capital;
  }

  private onScan(scan: EigenScan): void {
    this.scanMs = scan.day * MS_PER_DAY + scan.nsOfDay / NS_PER_MS;
    this.parts.inbox?.scan(scan);
  }
}

function nullIfNaN(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
