import type { CapitalTrack } from '../adapters/memory/capital-track.ts';
import type { Ownership } from '../adapters/memory/ownership.ts';
import type { SystemMemory } from '../adapters/memory/system-memory.ts';
import type { RunTable } from '../adapters/run-table/run-table.ts';
import { InputError } from '../model/input-error.ts';
import type { CapitalState, PnlPart } from '../model/memory-values.ts';
import type { DayRequest } from './day-request.ts';
import { DAY_TASKS, type DayTasks } from './day-tasks.ts';
import type { FlowContext } from './flow-run.ts';
import { MemoryLost } from './memory-lost.ts';
import { readCapitalState, readDayResult, readSafety, type SafetyReading } from './memory-reads.ts';
import { type DayToWrite, publishHistory, writeDay } from './memory-writes.ts';
import { messageOf, type RunJournal, runTask } from './task.ts';
import { claimTrack } from './track-claim.ts';
import { historyOf } from './track-history.ts';

const READY_MS = 10_000;

/**
 * The memory as the flow of one day works with it: out of reach from the start or lost on the way, it costs freshness only,
 * unless other machines hand the capital on there too.
 */
export class DayMemory {
  private readonly memory: SystemMemory;
  private readonly request: DayRequest;
  private readonly context: FlowContext;
  private readonly journal: RunJournal;
  private readonly tasks: DayTasks;
  private readonly track: CapitalTrack;
  /** Out of reach from the start, or lost on the way. */
  private isLost = false;

  constructor(memory: SystemMemory, request: DayRequest, context: FlowContext) {
    this.memory = memory;
    this.request = request;
    this.context = context;
    this.journal = context.journal;
    this.tasks = DAY_TASKS[request.flow];
    this.track = memory[this.tasks.track];
  }

  /** False from where the day goes on with local state alone. */
  get isReachable(): boolean {
    return !this.isLost;
  }

  /** Map of the track's capital state, as messages name it. */
  get stateMap(): string {
    return this.track.stateMap;
  }

  /**
   * Waits for the memory to answer; where it does not, the day goes on without it.
   * @throws Error where machines share it; InputError when it refuses a run that is attended.
   */
  async reach(): Promise<void> {
    const { probe } = this.tasks;
    const ready = () => this.requireReady();
    try {
      await (probe === null ? ready() : runTask(this.context, probe, ready));
    } catch (error) {
      if (this.context.signal.aborted || error instanceof InputError) throw error;
      if (this.request.isShared) {
        throw new Error(`the memory is out of reach, and with --queue it must answer: ${messageOf(error)}`);
      }
      this.isLost = true;
      this.journal.log('warning', `the memory is out of reach, going on with local state: ${messageOf(error)}`);
    }
  }

  /** A pulse of a day that is traded. One that cannot be written is no reason to stop. */
  async heartbeat(phase: string): Promise<void> {
    const { heartbeat } = this.tasks;
    if (heartbeat === null || this.request.isDryRun || this.isLost) return;
    const { date } = this.request;
    const beat = async () => {
      const value = { tsMs: Date.now(), phase, date, runId: String(this.context.runId) };
      const outcome = await this.memory.heartbeat.write(value);
      if (outcome.kind !== 'ok') throw new Error(`heartbeat ${phase} was not written (${outcome.kind})`);
    };
    await runTask(this.context, heartbeat, beat).catch((error: unknown) => {
      this.journal.log('warning', messageOf(error));
    });
  }

  /** The right to write the track, or null without a memory. @throws Error when another process has it and lives. */
  async claim(): Promise<Ownership | null> {
    return this.isReachable ? this.unlessLost(() => this.claimTrack()) : null;
  }

  /** What `read` comes to; where the memory is lost in the middle of it, what it comes to without one, as is all behind it. */
  async readOrGoWithout<T extends object>(read: () => Promise<T>): Promise<T> {
    const outcome = this.isReachable ? await this.unlessLost(read) : null;
    this.isLost = outcome === null;
    return outcome ?? (await read());
  }

  /** As {@link readCapitalState}. */
  readState(): Promise<CapitalState | null> {
    return readCapitalState(this.track);
  }

  /** As {@link readDayResult}, of this day. */
  readWritten(): Promise<PnlPart | null> {
    return readDayResult(this.track, this.request.date);
  }

  /** As {@link readSafety}, or null without a memory. */
  readPosture(): Promise<SafetyReading | null> {
    const read = async () => (this.isReachable ? readSafety(this.memory) : null);
    return this.unlessLost(() => runTask(this.context, this.tasks.posture, read));
  }

  /**
   * Brings the memory up to this machine's history, which is ahead of it.
   * @returns false when it was lost before it had everything: the day has to wait as well.
   */
  async catchUp(ownership: Ownership, table: RunTable): Promise<boolean> {
    const { track } = this.request;
    const publish = async () => {
      const history = historyOf(table, track) as CapitalState;
      const days = await publishHistory(this.track, ownership, table.unpublished(track), history);
      for (const id of days) table.setPublished(id);
      this.journal.log('info', `the memory has ${days.length} results and the state of ${history.date} now`);
      return true;
    };
    const task = { ...this.tasks.write, name: 'publish_history' };
    return (await this.unlessLost(() => runTask(this.context, task, publish))) ?? false;
  }

  /** Writes the day. @returns false when it is kept here until the memory answers. @throws Error where that may not be. */
  async publish(day: DayToWrite, ownership: Ownership): Promise<boolean> {
    try {
      await runTask(this.context, this.tasks.write, () => writeDay(this.track, ownership, day));
      return true;
    } catch (error) {
      if (this.context.signal.aborted || this.request.isShared || ownership.lostTo !== null) throw error;
      this.journal.log('warning', `${messageOf(error)}: kept here until the memory answers`);
      return false;
    }
  }

  private async requireReady(): Promise<void> {
    if (await this.memory.ready(READY_MS)) return;
    const { refusal } = this.memory.status();
    const isAttended = this.request.trigger === 'manual'; // nobody is there to mend what a schedule runs into
    if (refusal !== null && isAttended) throw new InputError(`the memory cannot be used: ${refusal}`);
    throw new Error(refusal ?? `no answer within ${READY_MS / 1000} s`);
  }

  private async claimTrack(): Promise<Ownership> {
    const { signal, sleep } = this.context;
    const wait = {
      signal,
      sleep,
      onHeld: (text: string) => this.journal.log('warning', text),
      onLost: (text: string) => this.context.abort(text),
    };
    const claim = await runTask(this.context, this.tasks.claim, () => claimTrack(this.track, wait));
    if (claim.kind === 'held') throw new Error(claim.text);
    return claim.ownership;
  }

  /**
   * What `work` comes to, or null when the memory was lost in the middle of it: the run goes on with local state, as it does
   * with a memory that is out of reach from the start, unless machines share it.
   *
   * No day gets into the capital twice by that. A run that has not read the memory, or has no claim on it, writes nothing
   * there: what it comes to stays in this machine's history, which a later run holds against the state it reads. A history
   * that is ahead brings the memory up to date; one that is not is not asked. Two machines without a queue share no history:
   * both may run the day then, and the results of one of them count.
   */
  private async unlessLost<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof MemoryLost) || this.context.signal.aborted || this.request.isShared) throw error;
      this.journal.log('warning', `the memory is lost, going on with local state: ${messageOf(error)}`);
      return null;
    }
  }
}
