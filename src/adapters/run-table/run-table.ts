import type Database from 'better-sqlite3';
import { newHolder } from '../memory/process-identity.ts';
import { openRunDatabase } from './database.ts';
import { GONE_REASON, isGone, OPEN_STATES } from './gone-runs.ts';
import type { RunObserver } from './run-observer.ts';
import type {
  FlowDeployment,
  LogLevel,
  LogRecord,
  NewRun,
  RunRecord,
  RunResult,
  RunState,
  RunTrack,
  TaskRecord,
  TaskState,
} from './run-record.ts';
import { deploymentOf, logOf, type RunRow, runOf, type TaskRow, taskOf } from './run-rows.ts';

/** Run history of the flows of one machine, in one SQLite file that several processes may use. */
export class RunTable {
  readonly path: string;
  readonly #database: Database.Database;
  readonly #holder = newHolder();
  readonly #observer: RunObserver | null;

  /** @throws InputError when the file cannot be opened or is none of ours. */
  constructor(path: string, observer: RunObserver | null = null) {
    this.path = path;
    this.#observer = observer;
    this.#database = openRunDatabase(path);
  }

  /** Adds a run that waits for its turn. @returns its id. */
  schedule(run: NewRun): number {
    const { host, pid } = this.#holder;
    const { lastInsertRowid } = this.#database
      .prepare(
        `INSERT INTO run (flow, deployment, memory, date, run_trigger, dry_run, state, created_ms, host, pid)
         VALUES (?, ?, ?, ?, ?, ?, 'scheduled', ?, ?, ?)`,
      )
      .run(run.flow, run.deployment, run.memory, run.date, run.trigger, run.isDryRun ? 1 : 0, Date.now(), host, pid);
    return this.#toldRun(Number(lastInsertRowid));
  }

  /** A scheduled run begins in this process. */
  start(id: number): void {
    const { host, pid } = this.#holder;
    this.#database
      .prepare(`UPDATE run SET state = 'running', started_ms = ?, host = ?, pid = ? WHERE id = ?`)
      .run(Date.now(), host, pid, id);
    this.#toldRun(id);
  }

  /** Between two states of a run that goes on. */
  setState(id: number, state: Extract<RunState, 'running' | 'retrying'>, reason: string | null): void {
    this.#database.prepare('UPDATE run SET state = ?, reason = ? WHERE id = ?').run(state, reason, id);
    this.#toldRun(id);
  }

  /** Hash of the strategy that the run trades with; known once its config is loaded. */
  setParamHash(id: number, paramHash: string): void {
    this.#database.prepare('UPDATE run SET param_hash = ? WHERE id = ?').run(paramHash, id);
  }

  /**
   * Keeps what a day did to the capital before it is told to anybody.
   * @throws Error when the strategy has completed the day already.
   */
  complete(id: number, result: RunResult | null): void {
    this.#database
      .prepare(
        `UPDATE run SET state = 'completed', reason = NULL, ended_ms = ?, capital_before = ?, capital = ?, pnl = ?,
           trades = ?, pnl_json = ?, published = ?, param_hash = ifnull(?, param_hash) WHERE id = ?`,
      )
      .run(
        Date.now(),
        result?.capitalBefore ?? null,
        result?.capital ?? null,
        result?.pnl ?? null,
        result?.trades ?? null,
        result?.pnlJson ?? null,
        result === null ? null : Number(result.isPublished),
        result?.paramHash ?? null,
        id,
      );
    this.#toldRun(id);
  }

  /** Ends a run without a result. */
  end(id: number, state: Extract<RunState, 'failed' | 'skipped' | 'crashed'>, reason: string): void {
    this.#database
      .prepare('UPDATE run SET state = ?, reason = ?, ended_ms = ? WHERE id = ?')
      .run(state, reason, Date.now(), id);
    this.#toldRun(id);
  }

  /** The memory has the result now. */
  setPublished(id: number): void {
    this.#database.prepare('UPDATE run SET published = 1 WHERE id = ?').run(id);
  }

  /** Runs of this host whose process is gone become `crashed`. @returns how many. */
  markCrashed(): number {
    const marks = OPEN_STATES.map(() => '?').join(', ');
    const gone = this.#runs(`state IN (${marks})`, OPEN_STATES).filter(isGone);
    for (const { id } of gone) this.end(id, 'crashed', GONE_REASON);
    return gone.length;
  }

  /** The completed run of the track with the latest date; null when there is none. */
  lastCompleted(track: RunTrack): RunRecord | null {
    const [last] = this.#runs(
      `flow = ? AND deployment = ? AND memory = ? AND state = 'completed' AND capital IS NOT NULL`,
      [track.flow, track.deployment, track.memory],
      'date DESC, id DESC LIMIT 1',
    );
    return last ?? null;
  }

  /** The same of the track's flow and deployment in any other memory. */
  lastCompletedElsewhere({ flow, deployment, memory }: RunTrack): RunRecord | null {
    const [last] = this.#runs(
      `flow = ? AND deployment = ? AND memory <> ? AND state = 'completed' AND capital IS NOT NULL`,
      [flow, deployment, memory],
      'date DESC, id DESC LIMIT 1',
    );
    return last ?? null;
  }

  /** The completed run of the track with the earliest date after this one; null when there is none. */
  firstCompletedAfter(track: RunTrack, date: string): RunRecord | null {
    const [first] = this.#runs(
      `flow = ? AND deployment = ? AND memory = ? AND state = 'completed' AND capital IS NOT NULL AND date > ?`,
      [track.flow, track.deployment, track.memory, date],
      'date, id LIMIT 1',
    );
    return first ?? null;
  }

  /** Latest date of the track that needs nothing more: completed, or passed over; null when there is none. */
  lastSettledDate(track: RunTrack): string | null {
    return this.#database
      .prepare(
        `SELECT max(date) FROM run WHERE flow = ? AND deployment = ? AND memory = ? AND dry_run = 0
           AND state IN ('completed', 'skipped')`,
      )
      .pluck()
      .get(track.flow, track.deployment, track.memory) as string | null;
  }

  /** Completed runs whose result the memory does not have, oldest date first. */
  unpublished(track: RunTrack): RunRecord[] {
    return this.#runs(
      `flow = ? AND deployment = ? AND memory = ? AND state = 'completed' AND published = 0`,
      [track.flow, track.deployment, track.memory],
      'date',
    );
  }

  /** Runs of a track and date in one of some states, newest first. */
  runsOf(track: RunTrack, date: string, states: readonly RunState[]): RunRecord[] {
    const marks = states.map(() => '?').join(', ');
    return this.#runs(
      `flow = ? AND deployment = ? AND memory = ? AND date = ? AND state IN (${marks})`,
      [track.flow, track.deployment, track.memory, date, ...states],
      'id DESC',
    );
  }

  /** The newest runs, newest first. */
  recent(limit: number): RunRecord[] {
    return this.#runs('1', [], `id DESC LIMIT ${Math.floor(limit)}`);
  }

  run(id: number): RunRecord | null {
    return this.#runs('id = ?', [id])[0] ?? null;
  }

  /** @returns id of the attempt. */
  startTask(runId: number, name: string, attempt: number): number {
    const { lastInsertRowid } = this.#database
      .prepare(`INSERT INTO task (run_id, name, attempt, state, started_ms) VALUES (?, ?, ?, 'running', ?)`)
      .run(runId, name, attempt, Date.now());
    return this.#toldTask(Number(lastInsertRowid));
  }

  endTask(taskId: number, state: Exclude<TaskState, 'running'>, durationMs: number, error: string | null): void {
    this.#database
      .prepare('UPDATE task SET state = ?, duration_ms = ?, error = ? WHERE id = ?')
      .run(state, Math.round(durationMs), error, taskId);
    this.#toldTask(taskId);
  }

  /** Attempts of a run in order. */
  tasks(runId: number): TaskRecord[] {
    return (this.#database.prepare('SELECT * FROM task WHERE run_id = ? ORDER BY id').all(runId) as never[]).map(
      taskOf,
    );
  }

  log(runId: number, level: LogLevel, text: string): void {
    const tsMs = Date.now();
    this.#database
      .prepare('INSERT INTO log (run_id, ts_ms, level, text) VALUES (?, ?, ?, ?)')
      .run(runId, tsMs, level, text);
    this.#observer?.onLog({ runId, tsMs, level, text });
  }

  /** Log of a run in order. */
  logs(runId: number): LogRecord[] {
    return (this.#database.prepare('SELECT * FROM log WHERE run_id = ? ORDER BY id').all(runId) as never[]).map(logOf);
  }

  /** Adds a deployment or replaces the one of its name; the first registration's time stays. */
  register(deployment: FlowDeployment): void {
    const { name, track, cron, registeredMs, optionsJson } = deployment;
    this.#database
      .prepare(
        `INSERT INTO deployment (name, flow, deployment, memory, cron, registered_ms, options_json)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (name) DO UPDATE SET flow = excluded.flow, deployment = excluded.deployment,
           memory = excluded.memory, cron = excluded.cron, options_json = excluded.options_json`,
      )
      .run(name, track.flow, track.deployment, track.memory, cron, registeredMs, optionsJson);
  }

  /** By schedule, then name. */
  deployments(): FlowDeployment[] {
    const rows = this.#database.prepare('SELECT * FROM deployment ORDER BY cron, name').all() as never[];
    return rows.map(deploymentOf);
  }

  close(): void {
    this.#database.close();
  }

  #toldRun(id: number): number {
    this.#observer?.onRun(this.run(id) as RunRecord);
    return id;
  }

  #toldTask(id: number): number {
    this.#observer?.onTask(id, taskOf(this.#database.prepare('SELECT * FROM task WHERE id = ?').get(id) as TaskRow));
    return id;
  }

  #runs(where: string, values: readonly unknown[] = [], order = 'id'): RunRecord[] {
    const rows = this.#database.prepare(`SELECT * FROM run WHERE ${where} ORDER BY ${order}`).all(...values);
    return (rows as RunRow[]).map(runOf);
  }
}
