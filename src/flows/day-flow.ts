import type { CapitalTrack } from '../adapters/memory/capital-track.ts';
import type { Ownership } from '../adapters/memory/ownership.ts';
import type { SystemMemory } from '../adapters/memory/system-memory.ts';
import type { RunResult, RunTrack, RunTrigger } from '../adapters/run-table/run-record.ts';
import type { RunTable } from '../adapters/run-table/run-table.ts';
import { InputError } from '../model/input-error.ts';
import type { CapitalState, PnlPart, PnlResult } from '../model/memory-values.ts';
import { type Handover, type HandoverInputs, handOver } from './capital-handover.ts';
import type { DayRunner, FlowStrategy } from './day-runner.ts';
import { DAY_TASKS, type DayTasks, type TradingFlow } from './day-tasks.ts';
import type { FlowContext, FlowEnd } from './flow-run.ts';
import { MemoryLost } from './memory-lost.ts';
import { publishHistory, writeDay } from './memory-writes.ts';
import { appendPnl, type PnlLine } from './pnl-log.ts';
import { choosePosture } from './posture-choice.ts';
import { messageOf, type RunJournal, runTask } from './task.ts';
import { claimTrack } from './track-claim.ts';

const READY_MS = 10_000;

/** What a trading flow works with. */
export interface DayPorts {
  readonly memory: SystemMemory;
  readonly table: RunTable;
  readonly runner: DayRunner;
  /** File of the paper flow's results, one JSON line a day. */
  readonly pnlLog: string;
}

export interface DayRequest {
  readonly flow: TradingFlow;
  readonly track: RunTrack;
  readonly date: string;
  readonly trigger: RunTrigger;
  readonly isDryRun: boolean;
  readonly adopt: boolean;
  /** Other machines run the same flow on the same memory, which then must answer. */
  readonly isShared: boolean;
}

/**
 * Trades one day: the tasks of spec 1.0 §11 in an order in which a day that is in the capital asks for no data. Whatever
 * ends it anywhere, the same call goes on to the same capital (docs/adr/0017).
 */
export class DayFlow {
  private readonly ports: DayPorts;
  private readonly request: DayRequest;
  private readonly context: FlowContext;
  private readonly journal: RunJournal;
  private readonly tasks: DayTasks;
  private readonly track: CapitalTrack;
  private isReachable = true;

  constructor(ports: DayPorts, request: DayRequest, context: FlowContext) {
    this.ports = ports;
    this.request = request;
    this.context = context;
    this.journal = context.journal;
    this.tasks = DAY_TASKS[request.flow];
    this.track = ports.memory[this.tasks.track];
  }

  async run(): Promise<FlowEnd> {
    await this.reachMemory(); // first: a pulse has nowhere to go before
    await this.heartbeat('flow_start');
    try {
      const end = await this.trade();
      await this.heartbeat('flow_end');
      return end;
    } catch (error) {
      await this.heartbeat('flow_failed');
      throw error;
    }
  }

  private async trade(): Promise<FlowEnd> {
    const strategy = await runTask(this.context, this.tasks.config, async () => this.ports.runner.loadStrategy());
    this.context.setParamHash(strategy.paramHash);
    if (this.request.isDryRun) return this.rehearse(strategy);
    const ownership = this.isReachable ? await this.unlessLost(() => this.claim()) : null;
    try {
      return await this.tradeOwned(strategy, ownership);
    } finally {
      await ownership?.release();
    }
  }

  /** A memory that does not answer costs freshness only, unless other machines hand the capital on there too. */
  private async reachMemory(): Promise<void> {
    const { probe } = this.tasks;
    const ready = async () => {
      if (await this.ports.memory.ready(READY_MS)) return;
      const { refusal } = this.ports.memory.status();
      const isAttended = this.request.trigger === 'manual'; // nobody is there to mend what a schedule runs into
      if (refusal !== null && isAttended) throw new InputError(`the memory cannot be used: ${refusal}`);
      throw new Error(refusal ?? `no answer within ${READY_MS / 1000} s`);
    };
    try {
      await (probe === null ? ready() : runTask(this.context, probe, ready));
    } catch (error) {
      if (this.context.signal.aborted || error instanceof InputError) throw error;
      if (this.request.isShared) {
        throw new Error(`the memory is out of reach, and with --queue it must answer: ${messageOf(error)}`);
      }
      this.isReachable = false;
      this.journal.log('warning', `the memory is out of reach, going on with local state: ${messageOf(error)}`);
    }
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

  private async claim(): Promise<Ownership> {
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

  private async tradeOwned(strategy: FlowStrategy, ownership: Ownership | null): Promise<FlowEnd> {
    const { kind, handover, written } = await this.restored(strategy);
    const isLevel = kind === 'level' || (ownership !== null && (await this.catchMemoryUp(ownership)));
    const writer = this.isReachable && isLevel ? ownership : null;
    if (handover.kind === 'done') {
      // A process that ended behind its last write to the memory has not logged the day.
      if (written?.paramHash === strategy.paramHash) await this.log({ ...written, date: this.request.date });
      return { kind: 'skipped', summary: handover.reason };
    }
    if (handover.kind === 'finish') return this.finish(handover, strategy, writer);
    for (const note of handover.notes) this.journal.log('warning', note);
    this.journal.log('info', `capital ${handover.capital} USDT (${handover.from})`);
    const result = await this.engineDay(strategy, handover.capital);
    return this.settle(result, handover.capital, writer);
  }

  /** The standing by memory and history, or by history alone where the memory is lost. */
  private async restored(strategy: FlowStrategy): Promise<Standing> {
    const task = () => runTask(this.context, this.tasks.restore, () => this.restore(strategy));
    const standing = this.isReachable ? await this.unlessLost(task) : null;
    this.isReachable = standing !== null;
    return standing ?? (await task());
  }

  private async restore(strategy: FlowStrategy): Promise<Standing> {
    const { date, adopt, isShared } = this.request;
    const history = historyOf(this.ports.table, this.request.track);
    const state = this.isReachable ? await this.readState() : 'unreachable';
    const written = this.isReachable ? await this.readWritten() : null;
    const { paramHash, initialCapital } = strategy;
    const continuedFrom = state === 'unreachable' ? null : this.continuedFrom(state);
    const inputs: HandoverInputs = {
      date,
      paramHash,
      initialCapital,
      state,
      written,
      history,
      continuedFrom,
      isShared,
      adopt,
    };
    const handover = handOver(inputs);
    if (handover.kind === 'refuse') throw new InputError(`${this.track.stateMap}: ${handover.reason}`);
    const isBehind = state !== 'unreachable' && history?.date != null && (state?.date ?? '') < history.date;
    return { kind: isBehind ? 'behind' : 'level', handover, written };
  }

  private continuedFrom(state: CapitalState | null): number | null {
    if (state?.date == null) return null;
    return this.ports.table.firstCompletedAfter(this.request.track, state.date)?.result?.capitalBefore ?? null;
  }

  private async readState(): Promise<CapitalState | null> {
    const reading = await this.track.readState();
    if (reading.kind === 'ok') return reading.value;
    if (reading.kind === 'absent') return null;
    const isLost = reading.kind === 'unreachable';
    throw new (isLost ? MemoryLost : Error)(`the capital state cannot be read: ${reading.reason}`);
  }

  private async readWritten(): Promise<PnlPart | null> {
    const reading = await this.track.readPnl(this.request.date);
    if (reading.kind === 'unreachable') throw new MemoryLost(`the day's result cannot be read: ${reading.reason}`);
    return reading.kind === 'ok' ? reading.value[this.tasks.track] : null;
  }

  /** False when the memory was lost before it had everything: this day has to wait as well. */
  private async catchMemoryUp(ownership: Ownership): Promise<boolean> {
    const { table } = this.ports;
    const publish = async () => {
      const history = historyOf(table, this.request.track) as CapitalState;
      const days = await publishHistory(this.track, ownership, table.unpublished(this.request.track), history);
      for (const id of days) table.setPublished(id);
      this.journal.log('info', `the memory has ${days.length} results and the state of ${history.date} now`);
      return true;
    };
    const task = { ...this.tasks.write, name: 'publish_history' };
    return (await this.unlessLost(() => runTask(this.context, task, publish))) ?? false;
  }

  private async engineDay(strategy: FlowStrategy, capital: number): Promise<PnlResult> {
    const { runner } = this.ports;
    const day = await runTask(this.context, this.tasks.load, (signal) => runner.load(this.request.date, signal));
    try {
      for (const note of day.notes) this.journal.log('info', note);
      const safety = await this.posture(day.safety);
      await this.heartbeat('engine_start');
      const result = await runTask(this.context, this.tasks.run, (signal) => runner.run(day, capital, safety, signal));
      if (result.staleState) this.journal.log('warning', `${result.date}: state changed underneath, DO-NOT-USE`);
      return { ...result, paramHash: strategy.paramHash };
    } finally {
      day.dispose();
    }
  }

  private async posture(recorded: Parameters<typeof choosePosture>[1]) {
    const read = async () => {
      const reading = this.isReachable ? await this.ports.memory.safety.read() : null;
      if (reading?.kind === 'unreachable') throw new MemoryLost(`DOLPHIN_SAFETY cannot be read: ${reading.reason}`);
      return reading;
    };
    const reading = await this.unlessLost(() => runTask(this.context, this.tasks.posture, read));
    const { safety, note } = choosePosture(this.request.date, recorded, reading);
    this.journal.log(note.level, note.text);
    return safety;
  }

  /** The result is in the memory: only the state behind it is written, the day is not traded again. */
  private finish(
    { result, capitalBefore }: Extract<Handover, { readonly kind: 'finish' }>,
    { paramHash }: FlowStrategy,
    ownership: Ownership | null,
  ): Promise<FlowEnd> {
    this.journal.log('info', 'an earlier run left the result without the state: finished without trading again');
    return this.settle({ ...result, date: this.request.date, paramHash }, capitalBefore, ownership);
  }

  /** Writes what came of the day, to the memory first: until its state is there the day does not count. */
  private async settle(
    result: PnlResult | (PnlPart & { readonly date: string; readonly paramHash: string }),
    capitalBefore: number,
    ownership: Ownership | null,
  ): Promise<FlowEnd> {
    const isPublished = ownership !== null && (await this.publish(result, ownership));
    await this.log(result);
    const { date, capital, pnl, trades, paramHash } = result;
    const kept: RunResult = {
      capitalBefore,
      capital,
      pnl,
      trades,
      paramHash,
      pnlJson: JSON.stringify(result),
      isPublished,
    };
    return { kind: 'completed', result: kept, summary: `${date}: pnl ${pnl}, ${trades} trades, capital ${capital}` };
  }

  private async log({ date, capital, pnl, trades, paramHash }: PnlLine): Promise<void> {
    const { log } = this.tasks;
    if (log === null) return;
    await runTask(this.context, log, async () => {
      appendPnl(this.ports.pnlLog, { date, capital, pnl, trades, paramHash });
    });
  }

  private async publish(result: Parameters<typeof writeDay>[2], ownership: Ownership): Promise<boolean> {
    try {
      await runTask(this.context, this.tasks.write, () => writeDay(this.track, ownership, result));
      return true;
    } catch (error) {
      if (this.context.signal.aborted || this.request.isShared || ownership.lostTo !== null) throw error;
      this.journal.log('warning', `${messageOf(error)}: kept here until the memory answers`);
      return false;
    }
  }

  /** Data, parameters and what would be done; nothing is written and no engine runs (spec 1.0 §15.5). */
  private async rehearse(strategy: FlowStrategy): Promise<FlowEnd> {
    const { handover } = await this.restored(strategy);
    const { runner } = this.ports;
    const day = await runTask(this.context, this.tasks.load, (signal) => runner.load(this.request.date, signal));
    day.dispose();
    for (const note of day.notes) this.journal.log('info', note);
    await this.posture(day.safety);
    const would =
      handover.kind === 'run'
        ? `would trade ${day.scans} scans with ${handover.capital} USDT (${handover.from})`
        : handover.kind === 'done'
          ? `would skip: ${handover.reason}`
          : 'would write the state behind the result that is there';
    return { kind: 'completed', result: null, summary: `dry run of ${strategy.name}, ${day.date}: ${would}` };
  }

  /** A pulse that cannot be written is no reason to stop. */
  private async heartbeat(phase: string): Promise<void> {
    const { heartbeat } = this.tasks;
    if (heartbeat === null || this.request.isDryRun || !this.isReachable) return;
    const { date } = this.request;
    const beat = async () => {
      const value = { tsMs: Date.now(), phase, date, runId: String(this.context.runId) };
      const outcome = await this.ports.memory.heartbeat.write(value);
      if (outcome.kind !== 'ok') throw new Error(`heartbeat ${phase} was not written (${outcome.kind})`);
    };
    await runTask(this.context, heartbeat, beat).catch((error: unknown) => {
      this.journal.log('warning', messageOf(error));
    });
  }
}

/** What memory and history say of the day; `behind`: this machine's history is ahead of a memory that answers. */
interface Standing {
  readonly kind: 'level' | 'behind';
  readonly handover: Exclude<Handover, { readonly kind: 'refuse' }>;
  readonly written: PnlPart | null;
}

/** The last completed day of the run history as a capital state. */
function historyOf(table: RunTable, track: RunTrack): CapitalState | null {
  const last = table.lastCompleted(track);
  if (last?.result == null) return null;
  const { capital, pnl, paramHash, pnlJson } = last.result;
  const { staleState } = JSON.parse(pnlJson) as Partial<PnlResult>;
  return { capital, date: last.date, pnl, paramHash, isStale: staleState === true };
}
