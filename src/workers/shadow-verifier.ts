import type { Piscina } from 'piscina';
import { segmentName } from '../replay/journal/segment-name.ts';
import type { Mismatch } from './compare-decisions.ts';
import { JOURNAL_BEGIN, type JournalStanding } from './journal-machine.ts';
import type { SegmentToVerify, SegmentVerdict } from './verify-segment.ts';
import { workerUrl } from './worker-url.ts';

export interface ShadowRequest extends SegmentToVerify {
  /** The journal's folder. */
  readonly dir: string;
}

/** Answer of the pool: errors travel as values. */
export type ShadowAnswer =
  | { readonly ok: true; readonly verdict: SegmentVerdict }
  | { readonly ok: false; readonly reason: string };

/** What the shadow has proved so far. */
export interface ShadowReport {
  /** Steps that were stepped again, and those of them that decided the same. */
  readonly steps: number;
  readonly agreeing: number;
  /** Steps behind a GAP that cannot be stepped again. */
  readonly unverified: number;
  /** Segments verified to their end. */
  readonly segments: number;
  readonly firstMismatch: Mismatch | null;
  /** Segments that could not be verified, and why. */
  readonly failures: readonly string[];
}

/** The machine's state behind a record, proved by stepping: a recovery may start from it. */
export interface ProvedState {
  readonly throughSequence: number;
  readonly state: Uint8Array;
}

export interface ShadowVerifierOptions {
  /** The journal's folder. */
  readonly dir: string;
  /** Where a run that goes on began; default the start of the journal. */
  readonly from?: JournalStanding;
  /** Told after each segment; `proved` is null where the state is lost or not the engine's. */
  onProgress(report: ShadowReport, proved: ProvedState | null): void;
  /** A line for the operator: a mismatch, a segment that could not be verified or compressed. */
  onAlarm(line: string): void;
  /** Runs a task; default in a pool of one thread. */
  readonly runTask?: (request: ShadowRequest) => Promise<ShadowAnswer>;
}

/** A task that fails again and again does so for a reason that another try does not end. */
const MAX_FAILURES_IN_A_ROW = 3;

/**
 * Steps every closed segment of the engine's stream again, one after the other, beside the run and never in its way:
 * whatever happens here becomes a line for the operator and a number in the report. For the main thread.
 */
export class ShadowVerifier {
  readonly #options: ShadowVerifierOptions;
  #standing: JournalStanding;
  #queue: Promise<void> = Promise.resolve();
  #pool: Piscina | null = null;
  #isClosed = false;
  #failuresInARow = 0;
  #report: ShadowReport = { steps: 0, agreeing: 0, unverified: 0, segments: 0, firstMismatch: null, failures: [] };

  constructor(options: ShadowVerifierOptions) {
    this.#options = options;
    this.#standing = options.from ?? JOURNAL_BEGIN;
  }

  get report(): ShadowReport {
    return this.#report;
  }

  /** A segment that its writer has closed; in the order of their numbers. */
  segmentClosed(segment: number): void {
    this.#enqueue(segment, false);
  }

  /** Verifies the last segment too, behind all that wait, and ends. Its writer must have closed it. */
  async finish(lastSegment: number): Promise<ShadowReport> {
    this.#enqueue(lastSegment, true);
    await this.#queue;
    await this.close();
    return this.#report;
  }

  /** Ends without waiting: what is in progress is given up. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#pool?.destroy();
    this.#pool = null;
  }

  #enqueue(segment: number, isLast: boolean): void {
    this.#queue = this.#queue.then(() => this.#verify(segment, isLast));
  }

  async #verify(segment: number, isLast: boolean): Promise<void> {
    if (this.#isClosed || this.#failuresInARow === MAX_FAILURES_IN_A_ROW) return;
    const answer = await this.#run({ dir: this.#options.dir, segment, from: this.#standing, isLast });
    if (this.#isClosed) return;
    const name = segmentName('ENGINE', segment);
    if (answer.ok) this.#onVerdict(name, answer.verdict);
    else this.#onFailure(name, answer.reason);
  }

  /** A task that could not be run at all is one more failure. */
  async #run(request: ShadowRequest): Promise<ShadowAnswer> {
    try {
      const runTask = this.#options.runTask ?? (await this.#taskOfPool());
      return await runTask(request);
    } catch (cause) {
      return { ok: false, reason: cause instanceof Error ? cause.message : String(cause) };
    }
  }

  #onVerdict(name: string, verdict: SegmentVerdict): void {
    const { steps, agreeing, unverified, segments, firstMismatch, failures } = this.#report;
    this.#failuresInARow = 0;
    this.#standing = verdict.standing;
    this.#report = {
      steps: steps + verdict.steps,
      agreeing: agreeing + verdict.agreeing,
      unverified: unverified + verdict.unverified,
      segments: segments + 1,
      firstMismatch: firstMismatch ?? verdict.firstMismatch,
      failures,
    };
    if (verdict.firstMismatch !== null) this.#options.onAlarm(mismatchLine(name, verdict.firstMismatch));
    if (verdict.compressFailure !== null)
      this.#options.onAlarm(`shadow: ${name} not compressed: ${verdict.compressFailure}`);
    this.#options.onProgress(this.#report, this.#proved());
  }

  /** The segment is read again with the next one: the standing is still the one before it. */
  #onFailure(name: string, reason: string): void {
    const line = `${name} not verified: ${reason}`;
    this.#failuresInARow += 1;
    this.#report = { ...this.#report, failures: [...this.#report.failures, line] };
    const isOver = this.#failuresInARow === MAX_FAILURES_IN_A_ROW;
    this.#options.onAlarm(`shadow: ${line}${isOver ? '; it gives up' : ''}`);
    this.#options.onProgress(this.#report, null);
  }

  /** Once it decided otherwise the shadow's state is not the engine's: no recovery may start from it. */
  #proved(): ProvedState | null {
    const { throughSequence, state } = this.#standing;
    return state === null || this.#report.firstMismatch !== null ? null : { throughSequence, state };
  }

  /** Loaded with the first segment: a short run has no use for a pool. */
  async #taskOfPool(): Promise<(request: ShadowRequest) => Promise<ShadowAnswer>> {
    const { Piscina } = await import('piscina');
    if (this.#isClosed) throw new Error('the run has ended');
    this.#pool ??= new Piscina({ filename: workerUrl('shadow.pool').href, minThreads: 1, maxThreads: 1 });
    const pool = this.#pool;
    return (request) => pool.run(request);
  }
}

function mismatchLine(name: string, { sequence, frameSequence, difference }: Mismatch): string {
  return `shadow: ALARM: ${name}, record ${sequence}, frame ${frameSequence} does not replay: ${difference}`;
}
