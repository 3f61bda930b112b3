import type Database from 'better-sqlite3';
import { openRunDatabaseToRead } from './database.ts';
import { asItStands } from './gone-runs.ts';
import type { FlowDeployment, LogRecord, RunRecord, TaskRecord } from './run-record.ts';
import { deploymentOf, logOf, type RunRow, runOf, type TaskRow, taskOf } from './run-rows.ts';

/** What a run table says of each track, as of one instant. */
export interface RunHistory {
  /** By schedule, then name. */
  readonly deployments: readonly FlowDeployment[];
  /** The newest run of each track, oldest first; dry runs do not count. */
  readonly newest: readonly RunRecord[];
  /** Of each track the completed run with the latest date, which has its capital. */
  readonly lastCompleted: readonly RunRecord[];
}

const NEWEST = `SELECT * FROM run WHERE id IN
  (SELECT max(id) FROM run WHERE dry_run = 0 GROUP BY flow, deployment, memory) ORDER BY id`;
/** With max() SQLite takes the other columns of the same row. */
const LAST_COMPLETED = `SELECT *, max(date) FROM run WHERE state = 'completed' AND capital IS NOT NULL
  GROUP BY flow, deployment, memory`;

/**
 * Reads a run table that another process may be writing; takes no lock and changes nothing.
 * @throws InputError when the file cannot be read or is none of ours.
 */
export function readRunHistory(path: string): RunHistory {
  return reading(path, (database) => ({
    deployments: deploymentsIn(database),
    newest: (database.prepare(NEWEST).all() as RunRow[]).map(runOf),
    lastCompleted: (database.prepare(LAST_COMPLETED).all() as RunRow[]).map(runOf),
  }));
}

/**
 * The registered flows and the newest runs, newest first, as they stand. Read as {@link readRunHistory} does.
 * @param limit - runs to read.
 */
export function readRunList(
  path: string,
  limit: number,
): { readonly deployments: readonly FlowDeployment[]; readonly runs: readonly RunRecord[] } {
  return reading(path, (database) => ({
    deployments: deploymentsIn(database),
    runs: (database.prepare('SELECT * FROM run ORDER BY id DESC LIMIT ?').all(limit) as RunRow[])
      .map(runOf)
      .map(asItStands),
  }));
}

/** One run as it stands, with its attempts and its log in order. */
export interface RunDetails {
  readonly run: RunRecord;
  readonly tasks: readonly TaskRecord[];
  readonly logs: readonly LogRecord[];
}

/** A run of a table; null when there is none of that number. Read as {@link readRunHistory} does. */
export function readRunDetails(path: string, id: number): RunDetails | null {
  return reading(path, (database) => {
    const row = database.prepare('SELECT * FROM run WHERE id = ?').get(id) as RunRow | undefined;
    if (row === undefined) return null;
    const tasks = database.prepare('SELECT * FROM task WHERE run_id = ? ORDER BY id').all(id) as TaskRow[];
    const logs = database.prepare('SELECT * FROM log WHERE run_id = ? ORDER BY id').all(id) as never[];
    return { run: asItStands(runOf(row)), tasks: tasks.map(taskOf), logs: logs.map(logOf) };
  });
}

function deploymentsIn(database: Database.Database): FlowDeployment[] {
  return (database.prepare('SELECT * FROM deployment ORDER BY cron, name').all() as never[]).map(deploymentOf);
}

/** What `read` finds, all of it as of one instant. */
function reading<T>(path: string, read: (database: Database.Database) => T): T {
  const database = openRunDatabaseToRead(path);
  try {
    return database.transaction(() => read(database)).deferred();
  } finally {
    database.close();
  }
}
