import { type FrameView, SIGNAL_VALUES } from '../model/frame.ts';
import { Counter } from '../shm/counters.ts';
import { Doorbell } from '../shm/doorbell.ts';
import { EventRingConsumer, EventRingProducer } from '../shm/event-ring.ts';
import { doubleIndex } from '../shm/layout.ts';
import { INSUFFICIENT_CAPACITY } from '../shm/record-ring.ts';
import type { Region } from '../shm/region.ts';
import { StageHistogram } from '../shm/stage-histogram.ts';
import { monotonicNs } from './monotonic-clock.ts';

/*
 *   market-data worker  ── scan number, day, ns of day, prices ──►  scanner worker
 *                       ◄── scan number, signals ─────────────────
 *
 * Numbers are of the inbox, from 0: an answer that comes late is told by its own from the one that is waited for.
 */
const SCAN = 1;
const REQUEST_HEAD = 3;

/** Longest time that a scan waits for its signals, ms: without them it enters nothing, later it would enter too late. */
export const SCAN_DEADLINE_MS = 50;

/** The market-data worker's end: hands a scan's prices out and gets its signals back, or goes on without. */
export class ScannerClient {
  private readonly region: Region;
  private readonly requests: EventRingProducer;
  private readonly answers: EventRingConsumer;
  private readonly bell: Doorbell;
  private readonly late: Counter;
  private readonly stage: StageHistogram;
  private readonly isAnswerReady: () => boolean;
  private asked = 0;
  private lastScanNumber = Number.NEGATIVE_INFINITY;
  private lastDay = Number.NEGATIVE_INFINITY;

  constructor(region: Region) {
    this.region = region;
    this.requests = new EventRingProducer(region, 'scanRequest');
    this.answers = new EventRingConsumer(region, 'scanAnswer');
    this.bell = new Doorbell(region, 'scanAnswer');
    this.late = new Counter(region, 'scanLate');
    this.stage = new StageHistogram(region, 'scan');
    this.isAnswerReady = () => this.answers.isDataReady();
  }

  /**
   * Fills the signals of a SCAN frame whose prices are there: the scanner's, or NaN and `scanLate` + 1 when they are not
   * back within {@link SCAN_DEADLINE_MS}. A repeated scan is none of the scanner's and keeps what it has.
   */
  fill(frame: FrameView): void {
    if (!this.isNew(frame)) return;
    const askedNs = monotonicNs();
    if (this.ask(frame) && this.awaitAnswer(frame.signals)) {
      this.stage.record(monotonicNs() - askedNs);
      return;
    }
    frame.signals.fill(Number.NaN);
    this.late.add(1);
  }

  private isNew({ tsEventDay, scanNumber }: FrameView): boolean {
    if (tsEventDay !== this.lastDay) this.lastScanNumber = Number.NEGATIVE_INFINITY;
    this.lastDay = tsEventDay;
    if (!(scanNumber > this.lastScanNumber)) return false;
    this.lastScanNumber = scanNumber;
    return true;
  }

  private ask(frame: FrameView): boolean {
    const { assets } = this.region.shape;
    const at = this.requests.claim(SCAN, 8 * (REQUEST_HEAD + assets), 0);
    if (at === INSUFFICIENT_CAPACITY) return false;
    const { doubles } = this.region;
    const base = doubleIndex(at);
    doubles[base] = this.asked++;
    doubles[base + 1] = frame.tsEventDay;
    doubles[base + 2] = frame.tsEventNsOfDay;
    for (let a = 0; a < assets; a++) doubles[base + REQUEST_HEAD + a] = frame.payload[a]!;
    this.requests.commit();
    this.requests.publish();
    return true;
  }

  /** True when the answer to the last request has come; those to earlier ones are passed over. */
  private awaitAnswer(signals: Float64Array): boolean {
    const deadlineMs = performance.now() + SCAN_DEADLINE_MS;
    for (;;) {
      if (this.takeAnswer(signals)) return true;
      const leftMs = deadlineMs - performance.now();
      if (leftMs <= 0) return false;
      this.bell.park(this.isAnswerReady, leftMs);
    }
  }

  private takeAnswer(signals: Float64Array): boolean {
    const { answers } = this;
    const { doubles } = this.region;
    let isAnswered = false;
    while (answers.poll()) {
      const base = doubleIndex(answers.payloadOffset);
      if (doubles[base] !== this.asked - 1) continue;
      for (let i = 0; i < SIGNAL_VALUES; i++) signals[i] = doubles[base + 1 + i]!;
      isAnswered = true;
    }
    answers.release();
    return isAnswered;
  }
}

/** What the scanner worker does with one request. @param prices - valid until it returns. */
export type ScanStep = (day: number, nsOfDay: number, prices: Float64Array, signals: Float64Array) => void;

/** The scanner worker's end. */
export class ScannerInbox {
  private readonly region: Region;
  private readonly requests: EventRingConsumer;
  private readonly answers: EventRingProducer;
  private readonly step: ScanStep;
  private readonly prices: Float64Array;
  private readonly signals = new Float64Array(SIGNAL_VALUES);

  constructor(region: Region, step: ScanStep) {
    this.region = region;
    this.requests = new EventRingConsumer(region, 'scanRequest');
    this.answers = new EventRingProducer(region, 'scanAnswer');
    this.step = step;
    this.prices = new Float64Array(region.shape.assets);
  }

  /** For the idle strategy. */
  isDataReady(): boolean {
    return this.requests.isDataReady();
  }

  /** Answers what is asked; the number of scans. */
  answerAll(): number {
    const { requests } = this;
    let scans = 0;
    while (requests.poll()) {
      this.answer(doubleIndex(requests.payloadOffset));
      scans++;
    }
    return scans;
  }

  private answer(base: number): void {
    const { doubles } = this.region;
    const { prices, signals } = this;
    const number = doubles[base]!;
    const [day, nsOfDay] = [doubles[base + 1]!, doubles[base + 2]!];
    for (let a = 0; a < prices.length; a++) prices[a] = doubles[base + REQUEST_HEAD + a]!;
    this.requests.release();
    this.step(day, nsOfDay, prices, signals);
    const at = this.answers.claim(SCAN, 8 * (1 + SIGNAL_VALUES), 0);
    if (at === INSUFFICIENT_CAPACITY) return; // nobody has taken 40 answers: nobody waits for this one
    const out = doubleIndex(at);
    doubles[out] = number;
    for (let i = 0; i < SIGNAL_VALUES; i++) doubles[out + 1 + i] = signals[i]!;
    this.answers.commit();
    this.answers.publish();
  }
}
