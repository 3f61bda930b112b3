import { randomUUID } from 'node:crypto';
import type { RunObserver } from '../run-table/run-observer.ts';
import type { LogRecord, RunRecord, RunState, TaskRecord } from '../run-table/run-record.ts';
import { type IdAnswer, PrefectApi, type TaskIdentity } from './prefect-api.ts';
import { type Answer, PrefectClient } from './prefect-client.ts';
import type { PrefectSettings } from './prefect-settings.ts';
import { isLast, type PrefectState, stateOfRetry, stateOfTask, statesOfRun } from './prefect-states.ts';
import { type Report, type ReportCount, ReportQueue } from './report-queue.ts';

const REQUEST_DEADLINE_MS = 3000;
const LINES_PER_REPORT = 200;
/** A day makes some thirty reports: a month of an outage. */
const QUEUE = { capacity: 1000, retryMs: 250, retryMaxMs: 15_000 };

interface ToldTask extends TaskIdentity {
  /** Of the server; null until its run there is known. */
  id: string | null;
}

interface ToldRun {
  readonly run: RunRecord;
  /** Of the server; null until its run there is known. */
  id: string | null;
  state: RunState | null;
  /** The last of each name. */
  readonly tasks: Map<string, ToldTask>;
  /** An attempt that failed: the next event says whether it is tried again. */
  failed: { readonly told: ToldTask; readonly task: TaskRecord } | null;
  /** Lines of the last report that waits, still open for more; null when there is none. */
  lines: LogRecord[] | null;
}

export interface PrefectReporterOptions {
  /** Told of the first report in a row that was not taken. */
  readonly onTrouble?: (reason: string) => void;
  readonly requestDeadlineMs?: number;
}

/**
 * Tells a Prefect server of the runs of a table: states, tasks with their attempts, and logs. It only tells: nothing that the
 * server does or leaves undone reaches a flow. The server stamps states with the time at which they arrive; log lines keep theirs.
 */
export class PrefectReporter implements RunObserver {
  readonly #client: PrefectClient;
  readonly #api: PrefectApi;
  readonly #queue: ReportQueue;
  /** Runs that have not ended, by their id in the table. */
  readonly #runs = new Map<number, ToldRun>();

  constructor(settings: PrefectSettings, options: PrefectReporterOptions = {}) {
    const { onTrouble = () => undefined, requestDeadlineMs = REQUEST_DEADLINE_MS } = options;
    this.#client = new PrefectClient(settings, requestDeadlineMs);
    this.#api = new PrefectApi(this.#client);
    this.#queue = new ReportQueue({ ...QUEUE, onTrouble });
  }

  onRun(run: RunRecord): void {
    const told = this.#runs.get(run.id) ?? newRun(run);
    this.#runs.set(run.id, told);
    this.#settleFailed(told, run.state === 'retrying');
    if (told.state === null) this.#queue.offer(async (signal) => toAnswer(await this.#flowRun(told, signal)));
    if (run.state === 'crashed') this.#queue.offer((signal) => this.#crashTasks(told, signal));
    for (const state of statesOfRun(run, told.state)) this.#queue.offer(this.#runReport(told, state));
    told.state = run.state;
    if (isLast(run)) this.#runs.delete(run.id);
  }

  onTask(taskId: number, task: TaskRecord): void {
    const told = this.#runs.get(task.runId);
    if (told === undefined) return;
    this.#settleFailed(told, false);
    const known = task.state === 'running' && task.attempt === 1 ? undefined : told.tasks.get(task.name);
    const toldTask = known ?? { name: task.name, key: String(taskId), id: null };
    told.tasks.set(task.name, toldTask);
    if (task.state === 'failed' || task.state === 'timed out') told.failed = { told: toldTask, task };
    else if (known === undefined) {
      this.#queue.offer(async (signal) => toAnswer(await this.#taskRun(told, toldTask, signal)));
    } else this.#queue.offer(this.#taskReport(told, toldTask, stateOfTask(task)));
  }

  onLog(line: LogRecord): void {
    const told = this.#runs.get(line.runId);
    if (told === undefined) return;
    if (told.lines !== null && told.lines.length < LINES_PER_REPORT) {
      told.lines.push(line);
      return;
    }
    const lines = [line];
    told.lines = lines;
    this.#queue.offer(async (signal) => {
      if (told.lines === lines) told.lines = null; // on its way: what comes now comes behind it
      const flowRun = await this.#flowRun(told, signal);
      return flowRun.kind === 'ok' ? this.#api.logs(flowRun.id, lines, signal) : flowRun;
    });
  }

  /** Tells what waits for `drainMs` at most, and gives up on the rest. */
  async close(drainMs: number): Promise<ReportCount> {
    const count = await this.#queue.close(drainMs);
    this.#client.close();
    return count;
  }

  #settleFailed(told: ToldRun, isRetried: boolean): void {
    if (told.failed === null) return;
    const { told: toldTask, task } = told.failed;
    told.failed = null;
    this.#queue.offer(this.#taskReport(told, toldTask, isRetried ? stateOfRetry(task) : stateOfTask(task)));
  }

  #runReport(told: ToldRun, state: PrefectState): Report {
    const transitionId = randomUUID();
    return async (signal) => {
      const flowRun = await this.#flowRun(told, signal);
      return flowRun.kind === 'ok' ? this.#api.setFlowRunState(flowRun.id, state, transitionId, signal) : flowRun;
    };
  }

  #taskReport(told: ToldRun, toldTask: ToldTask, state: PrefectState): Report {
    return async (signal) => {
      const taskRun = await this.#taskRun(told, toldTask, signal);
      return taskRun.kind === 'ok' ? this.#api.setTaskRunState(taskRun.id, state, signal) : taskRun;
    };
  }

  /** Tasks in which a process ended that could not say so any more. */
  async #crashTasks(told: ToldRun, signal: AbortSignal): Promise<Answer> {
    const flowRun = await this.#flowRun(told, signal);
    if (flowRun.kind !== 'ok') return flowRun;
    const open = await this.#api.openTaskRuns(flowRun.id, signal);
    if (open.kind !== 'ok') return open;
    for (const id of open.ids) {
      const answer = await this.#api.setTaskRunState(id, { type: 'CRASHED' }, signal);
      if (answer.kind !== 'ok') return answer;
    }
    return { kind: 'ok', value: null };
  }

  /** Each report finds what it is about, so that one that was dropped takes no other with it. */
  async #flowRun(told: ToldRun, signal: AbortSignal): Promise<IdAnswer> {
    if (told.id !== null) return { kind: 'ok', id: told.id };
    const answer = await this.#api.flowRun(told.run, signal);
    if (answer.kind === 'ok') told.id = answer.id;
    return answer;
  }

  async #taskRun(told: ToldRun, toldTask: ToldTask, signal: AbortSignal): Promise<IdAnswer> {
    if (toldTask.id !== null) return { kind: 'ok', id: toldTask.id };
    const flowRun = await this.#flowRun(told, signal);
    if (flowRun.kind !== 'ok') return flowRun;
    const answer = await this.#api.taskRun(flowRun.id, toldTask, signal);
    if (answer.kind === 'ok') toldTask.id = answer.id;
    return answer;
  }
}

function newRun(run: RunRecord): ToldRun {
  return { run, id: null, state: null, tasks: new Map(), failed: null, lines: null };
}

function toAnswer(answer: IdAnswer): Answer {
  return answer.kind === 'ok' ? { kind: 'ok', value: answer.id } : answer;
}
