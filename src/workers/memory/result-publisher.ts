import { setTimeout as delay } from 'node:timers/promises';
import type { CapitalTrack } from '../../adapters/memory/capital-track.ts';
import type { OfferOutcome } from '../../adapters/memory/latest-writer.ts';
import type { Ownership } from '../../adapters/memory/ownership.ts';
import type { StrategyIdentity } from '../../adapters/memory/strategy-identity.ts';
import type { FinishedDay } from './result-record.ts';

/** What was not answered is offered again this much later. */
const RETRY_MS = 500;

/** What became of the results so far. */
export interface PublishedResults {
  /** Days that are not known to be stored, and one more if the state is not. */
  readonly unwritten: number;
  /** UNIX ms of the last acknowledged write, or null. */
  readonly writtenMs: number | null;
  /** Last date whose state is stored, or null. */
  readonly storedDate: string | null;
}

/**
 * Finished days on their way to `DOLPHIN_PNL_<D>` and `DOLPHIN_STATE_<D>`: each day's newest result, and of the states the
 * newest alone. One write is under way at a time. Nothing is written before there is a claim, and nothing after it was lost.
 */
export class ResultPublisher {
  private readonly track: CapitalTrack;
  private readonly strategy: StrategyIdentity;
  private readonly say: (line: string) => void;
  /** Results that are not known to be stored. */
  private readonly days = new Map<string, FinishedDay>();
  private state: FinishedDay | null = null;
  /** Last date that came, or stood in the memory before. */
  private newestDate: string | null = null;
  private ownership: Ownership | null = null;
  private isWriting = false;
  private isClosed = false;
  private writtenMs: number | null = null;
  private storedDate: string | null = null;

  /**
   * @param strategy - that runs.
   * @param say - told what an operator should know.
   */
  constructor(track: CapitalTrack, strategy: StrategyIdentity, say: (line: string) => void) {
    this.track = track;
    this.strategy = strategy;
    this.say = say;
  }

  get published(): PublishedResults {
    const { days, state, writtenMs, storedDate } = this;
    return { unwritten: days.size + (state === null ? 0 : 1), writtenMs, storedDate };
  }

  /** A day that the journal covers; told again when it was amended. */
  offer(day: FinishedDay): void {
    if (this.isClosed) return;
    if (day.staleState) this.say(`${day.date}: a value changed during a step, the result is flagged DO-NOT-USE`);
    this.days.set(day.date, day);
    if (this.newestDate === null || day.date >= this.newestDate) {
      this.newestDate = day.date;
      this.state = day;
    }
    void this.writeAll();
  }

  /**
   * Begins to write, what waited first.
   * @param standingDate - of the state that stands there, or null: a run that steps old days again does not go behind it.
   */
  begin(ownership: Ownership, standingDate: string | null): void {
    this.ownership = ownership;
    this.storedDate = standingDate;
    if (standingDate !== null && (this.newestDate === null || this.newestDate < standingDate)) {
      this.newestDate = standingDate;
      this.state = null;
    }
    void this.writeAll();
  }

  /** Writes nothing more and forgets what waits. */
  close(): void {
    this.isClosed = true;
    this.days.clear();
    this.state = null;
  }

  private async writeAll(): Promise<void> {
    const { ownership } = this;
    if (this.isWriting || ownership === null) return;
    this.isWriting = true;
    while (!this.isClosed) {
      const [day] = this.days.values();
      if (day === undefined && this.state === null) break;
      const isAnswered = day === undefined ? await this.writeState(ownership) : await this.writeDay(ownership, day);
      if (!isAnswered) await delay(RETRY_MS);
    }
    this.isWriting = false;
  }

  private async writeDay(ownership: Ownership, day: FinishedDay): Promise<boolean> {
    const outcome = await this.track.writePnl(ownership, { ...day, paramHash: this.strategy.paramHash });
    if (!this.isAnswered(`the result of ${day.date}`, outcome)) return false;
    if (this.days.get(day.date) === day) this.days.delete(day.date);
    return true;
  }

  private async writeState(ownership: Ownership): Promise<boolean> {
    const day = this.state as FinishedDay; // asked by the caller
    const { capital, date, pnl, staleState: isStale } = day;
    const outcome = await this.track.writeState(ownership, { capital, date, pnl, ...this.strategy, isStale });
    if (!this.isAnswered(`the state of ${date}`, outcome)) return false;
    if (outcome.kind === 'ok') this.storedDate = date;
    if (this.state === day) this.state = null;
    return true;
  }

  /** False for an outcome that another attempt may better. */
  private isAnswered(what: string, outcome: OfferOutcome): boolean {
    if (outcome.kind === 'unreachable' || outcome.kind === 'unknown') return false;
    if (outcome.kind === 'ok') this.writtenMs = Date.now();
    else if (outcome.kind === 'conflict') this.say(`${what} was not written: ${outcome.reason}`);
    return true;
  }
}
