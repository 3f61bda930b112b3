import type {
  FlowDeployment,
  FlowName,
  LogLevel,
  LogRecord,
  RunRecord,
  RunState,
  RunTrigger,
  TaskRecord,
  TaskState,
} from './run-record.ts';

/** Columns of the run table as SQLite gives them. */
export interface RunRow {
  readonly id: number;
  readonly flow: string;
  readonly deployment: string;
  readonly memory: string;
  readonly date: string;
  readonly run_trigger: string;
  readonly dry_run: number;
  readonly state: string;
  readonly created_ms: number;
  readonly started_ms: number | null;
  readonly ended_ms: number | null;
  readonly reason: string | null;
  readonly param_hash: string | null;
  readonly host: string;
  readonly pid: number;
  readonly capital_before: number | null;
  readonly capital: number | null;
  readonly pnl: number | null;
  readonly trades: number | null;
  readonly pnl_json: string | null;
  readonly published: number | null;
}

export function runOf(row: RunRow): RunRecord {
  return {
    id: row.id,
    flow: row.flow as FlowName,
    deployment: row.deployment,
    memory: row.memory,
    date: row.date,
    trigger: row.run_trigger as RunTrigger,
    isDryRun: row.dry_run === 1,
    state: row.state as RunState,
    createdMs: row.created_ms,
    startedMs: row.started_ms,
    endedMs: row.ended_ms,
    reason: row.reason,
    paramHash: row.param_hash,
    host: row.host,
    pid: row.pid,
    result:
      row.capital === null
        ? null
        : {
            capitalBefore: row.capital_before as number,
            capital: row.capital,
            pnl: row.pnl as number,
            trades: row.trades as number,
            paramHash: row.param_hash as string,
            pnlJson: row.pnl_json as string,
            isPublished: row.published === 1,
          },
  };
}

/** Columns of an attempt. */
export interface TaskRow {
  readonly run_id: number;
  readonly name: string;
  readonly attempt: number;
  readonly state: string;
  readonly started_ms: number;
  readonly duration_ms: number | null;
  readonly error: string | null;
}

export function taskOf(row: TaskRow): TaskRecord {
  return {
    runId: row.run_id,
    name: row.name,
    attempt: row.attempt,
    state: row.state as TaskState,
    startedMs: row.started_ms,
    durationMs: row.duration_ms,
    error: row.error,
  };
}

interface LogRow {
  readonly run_id: number;
  readonly ts_ms: number;
  readonly level: string;
  readonly text: string;
}

export function logOf(row: LogRow): LogRecord {
  return { runId: row.run_id, tsMs: row.ts_ms, level: row.level as LogLevel, text: row.text };
}

interface DeploymentRow {
  readonly name: string;
  readonly flow: string;
  readonly deployment: string;
  readonly memory: string;
  readonly cron: string;
  readonly registered_ms: number;
  readonly options_json: string;
}

export function deploymentOf(row: DeploymentRow): FlowDeployment {
  const { flow, deployment, memory } = row;
  return {
    name: row.name,
    track: { flow: flow as FlowName, deployment, memory },
    cron: row.cron,
    registeredMs: row.registered_ms,
    optionsJson: row.options_json,
  };
}
