import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { AcbUpdate, DolphinActor, LiveCells } from '../engine/actor.ts';
import { FRAME_SCAN } from '../model/frame.ts';
import { BarRingConsumer } from '../shm/bar-ring.ts';
import { ACB_BETA, ACB_BOOST, ACB_REFUSED_SEQ, ACB_UPDATE_SEQ, CellReader } from '../shm/cell.ts';
import { isStopRequested } from '../shm/control.ts';
import { Gauge } from '../shm/counters.ts';
import { readWorkerState } from '../shm/heartbeats.ts';
import type { Region } from '../shm/region.ts';
import type { Agent } from './duty-cycle.ts';
import type { StepTiming } from './messages.ts';

/** Frames between two releases: the producer is woken early enough, and pays one atomic store for many. */
const RELEASE_EVERY = 16;
const FRAMES_PER_CYCLE = 512;

/** The engine worker's job: frames from the bar ring through the actor, each step timed. */
export class EngineAgent implements Agent {
  private readonly region: Region;
  private readonly actor: DolphinActor;
  private readonly frames: BarRingConsumer;
  private readonly stepped: Gauge;
  private readonly histogram: RecordableHistogram = createHistogram();
  /** Monotonic ns before and after a step, and of the first frame: BigInt that lives in an array does not allocate. */
  private readonly stamps = new BigInt64Array(3);
  private bars = 0;

  constructor(region: Region, actor: DolphinActor) {
    this.region = region;
    this.actor = actor;
    this.frames = new BarRingConsumer(region);
    this.stepped = new Gauge(region, 'framesStepped');
  }

  /** For the idle strategy: a frame is there, or nobody will bring one any more. */
  readonly isReady = (): boolean => this.frames.isDataReady() || this.isDone();

  doWork(): number {
    const { frames } = this;
    let work = 0;
    while (work < FRAMES_PER_CYCLE && !this.actor.hasEnded && frames.poll()) {
      this.step();
      work++;
      if (work % RELEASE_EVERY === 0) frames.release();
    }
    if (work > 0) {
      frames.release();
      this.stepped.set(frames.released);
    }
    return work;
  }

  /** Done after the END frame, or when a stop is asked and market data has ended without one. */
  isDone(): boolean {
    if (this.actor.hasEnded) return true;
    if (!isStopRequested(this.region)) return false;
    const state = readWorkerState(this.region, 'MARKET_DATA');
    return (state === 'FAILED' || state === 'STOPPED') && this.frames.available() === 0;
  }

  /** Step times so far. Allocates; for the end of a run. */
  timing(): StepTiming {
    const { histogram } = this;
    const seconds = this.bars === 0 ? 0 : Number((this.stamps[1] as bigint) - (this.stamps[2] as bigint)) / 1e9;
    const quantile = (percent: number) => (this.bars === 0 ? 0 : histogram.percentile(percent));
    return {
      bars: this.bars,
      seconds,
      stepNs: {
        p50: quantile(50),
        p99: quantile(99),
        p999: quantile(99.9),
        max: this.bars === 0 ? 0 : histogram.max,
      },
    };
  }

  private step(): void {
    const { frame } = this.frames;
    const { stamps } = this;
    stamps[0] = process.hrtime.bigint();
    if (this.bars === 0) stamps[2] = stamps[0];
    this.actor.onFrame(frame, frame.tsRecvDay, frame.tsRecvNsOfDay);
    if (frame.kind !== FRAME_SCAN) return;
    stamps[1] = process.hrtime.bigint();
    this.bars++;
    this.histogram.record(Math.max(1, Number(BigInt.asIntN(64, stamps[1] - stamps[0]))));
  }
}

/** The engine's view of the cells: atomics instead of spec 1.0's lock, and never a wait. */
export class RegionCells implements LiveCells {
  private readonly acb: CellReader;
  private readonly posture: CellReader;
  private readonly mc: CellReader;
  private takenVersion = 0;
  private updateSeq = 0;
  private refusedSeq = 0;

  constructor(region: Region) {
    this.acb = new CellReader(region, 'acb');
    this.posture = new CellReader(region, 'posture');
    this.mc = new CellReader(region, 'mc');
  }

  acbVersion(): number {
    return newestVersion(this.acb);
  }

  postureVersion(): number {
    return newestVersion(this.posture);
  }

  mcVersion(): number {
    return newestVersion(this.mc);
  }

  takeAcb(update: AcbUpdate): boolean {
    const version = newestVersion(this.acb);
    update.version = version;
    if (version === this.takenVersion) return false;
    this.takenVersion = version;
    const { values } = this.acb;
    const updateSeq = values[ACB_UPDATE_SEQ] as number;
    const refusedSeq = values[ACB_REFUSED_SEQ] as number;
    update.boost = values[ACB_BOOST] as number;
    update.beta = values[ACB_BETA] as number;
    update.hasValue = updateSeq !== this.updateSeq;
    update.refusals = refusedSeq - this.refusedSeq;
    this.updateSeq = updateSeq;
    this.refusedSeq = refusedSeq;
    return true;
  }
}

/**
 * Version of the newest published value. It is taken to find out: a value that only waits tells that there is one, not
 * how many came before it.
 */
function newestVersion(cell: CellReader): number {
  cell.refresh();
  return cell.version;
}
