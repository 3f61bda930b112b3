import type { Ownership } from '../adapters/memory/ownership.ts';
import type { SystemMemory } from '../adapters/memory/system-memory.ts';
import type { RunResult } from '../adapters/run-table/run-record.ts';
import type { RunTable } from '../adapters/run-table/run-table.ts';
import type { SafetyRow } from '../model/safety.ts';
import type { DayToTrade, Handover } from './capital-handover.ts';
import { DayMemory } from './day-memory.ts';
import type { DayRequest } from './day-request.ts';
import type { DayRunner, FlowStrategy, LoadedDay } from './day-runner.ts';
import { readStanding, type Standing } from './day-standing.ts';
import { DAY_TASKS, type DayTasks } from './day-tasks.ts';
import { leftOutWarning } from './days-left-out.ts';
import type { FlowContext, FlowEnd } from './flow-run.ts';
import type { DayToWrite } from './memory-writes.ts';
import { appendPnl, type PnlLine } from './pnl-log.ts';
import { choosePosture } from './posture-choice.ts';
import { type RunJournal, runTask } from './task.ts';

export type { DayRequest } from './day-request.ts';

/** What a trading flow works with. */
export interface DayPorts {
  readonly memory: SystemMemory;
  readonly table: RunTable;
  readonly runner: DayRunner;
  /** File of the paper flow's results, one JSON line a day. */
  readonly pnlLog: string;
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
  private readonly memory: DayMemory;

  constructor(ports: DayPorts, request: DayRequest, context: FlowContext) {
    this.ports = ports;
    this.request = request;
    this.context = context;
    this.journal = context.journal;
    this.tasks = DAY_TASKS[request.flow];
    this.memory = new DayMemory(ports.memory, request, context);
  }

  async run(): Promise<FlowEnd> {
    const { memory } = this;
    await memory.reach(); // first: a pulse has nowhere to go before
    await memory.heartbeat('flow_start');
    try {
      const end = await this.trade();
      await memory.heartbeat('flow_end');
      return end;
    } catch (error) {
      await memory.heartbeat('flow_failed');
      throw error;
    }
  }

  private async trade(): Promise<FlowEnd> {
    const strategy = await runTask(this.context, this.tasks.config, async () => this.ports.runner.loadStrategy());
    this.context.setParamHash(strategy.paramHash);
    if (this.request.isDryRun) return this.rehearse(strategy);
    const ownership = await this.memory.claim();
    try {
      return await this.tradeOwned(strategy, ownership);
    } finally {
      await ownership?.release();
    }
  }

  private async tradeOwned(strategy: FlowStrategy, ownership: Ownership | null): Promise<FlowEnd> {
    const { kind, handover, written } = await this.restored(strategy);
    const isLevel =
      kind === 'level' || (ownership !== null && (await this.memory.catchUp(ownership, this.ports.table)));
    const writer = this.memory.isReachable && isLevel ? ownership : null;
    if (handover.kind === 'done') {
      // A process that ended behind its last write to the memory has not logged the day.
      if (written?.paramHash === strategy.paramHash) await this.log({ ...written, date: this.request.date });
      return { kind: 'skipped', summary: handover.reason };
    }
    if (handover.kind === 'finish') return this.finish(handover, strategy, writer);
    for (const note of handover.notes) this.journal.log('warning', note);
    this.journal.log('info', `capital ${handover.capital.toFixed(2)} USDT (${handover.from})`);
    const result = await this.engineDay(strategy, handover);
    return this.settle(result, handover.capital, writer);
  }

  private restored(strategy: FlowStrategy): Promise<Standing> {
    const { memory, request, ports } = this;
    const read = () => readStanding(request, strategy, memory, ports.table);
    return memory.readOrGoWithout(() => runTask(this.context, this.tasks.restore, read));
  }

  private async engineDay(strategy: FlowStrategy, { capital, after }: DayToTrade): Promise<DayToWrite> {
    const { runner } = this.ports;
    const day = await this.loaded(after);
    try {
      const safety = await this.posture(day);
      await this.memory.heartbeat('engine_start');
      const result = await runTask(this.context, this.tasks.run, (signal) => runner.run(day, capital, safety, signal));
      if (result.staleState) this.journal.log('warning', `${result.date}: state changed underneath, DO-NOT-USE`);
      return { ...result, strategy: strategy.name, paramHash: strategy.paramHash };
    } finally {
      day.dispose();
    }
  }

  /** @param after - last date that is in the capital; null: none is, or the day is not to be traded. */
  private async loaded(after: string | null): Promise<LoadedDay> {
    const { runner } = this.ports;
    const day = await runTask(this.context, this.tasks.load, (signal) => runner.load(this.request.date, signal));
    const leftOut = leftOutWarning(day.earlier, after);
    if (leftOut !== null) this.journal.log('warning', leftOut);
    for (const note of day.notes) this.journal.log('info', note);
    return day;
  }

  private async posture({ safety: recorded }: LoadedDay): Promise<SafetyRow | null> {
    const { safety, note } = choosePosture(this.request.date, recorded, await this.memory.readPosture());
    this.journal.log(note.level, note.text);
    return safety;
  }

  /** The result is in the memory: only the state behind it is written, the day is not traded again. */
  private finish(
    { result, capitalBefore }: Extract<Handover, { readonly kind: 'finish' }>,
    { name, paramHash }: FlowStrategy,
    ownership: Ownership | null,
  ): Promise<FlowEnd> {
    this.journal.log('info', 'an earlier run left the result without the state: finished without trading again');
    return this.settle({ ...result, date: this.request.date, strategy: name, paramHash }, capitalBefore, ownership);
  }

  /** Writes what came of the day, to the memory first: until its state is there the day does not count. */
  private async settle(result: DayToWrite, capitalBefore: number, ownership: Ownership | null): Promise<FlowEnd> {
    const isPublished = ownership !== null && (await this.memory.publish(result, ownership));
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
    const summary = `${date}: pnl ${pnl.toFixed(2)}, ${trades} trades, capital ${capital.toFixed(2)} USDT`;
    return { kind: 'completed', result: kept, summary };
  }

  private async log({ date, capital, pnl, trades, paramHash }: PnlLine): Promise<void> {
    const { log } = this.tasks;
    if (log === null) return;
    await runTask(this.context, log, async () => {
      appendPnl(this.ports.pnlLog, { date, capital, pnl, trades, paramHash });
    });
  }

  /** Data, parameters and what would be done; nothing is written and no engine runs (spec 1.0 §15.5). */
  private async rehearse(strategy: FlowStrategy): Promise<FlowEnd> {
    const { handover } = await this.restored(strategy);
    const day = await this.loaded(handover.kind === 'run' ? handover.after : null);
    day.dispose();
    await this.posture(day);
    const would =
      handover.kind === 'run'
        ? `would trade ${day.scans} scans with ${handover.capital.toFixed(2)} USDT (${handover.from})`
        : handover.kind === 'done'
          ? `would skip: ${handover.reason}`
          : 'would write the state behind the result that is there';
    return { kind: 'completed', result: null, summary: `dry run of ${strategy.name}, ${day.date}: ${would}` };
  }
}
