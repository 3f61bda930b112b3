import { openRunDatabaseToRead } from './database.ts';
import type { FlowDeployment, RunRecord } from './run-record.ts';
import { deploymentOf, type RunRow, runOf } from './run-rows.ts';

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
  const database = openRunDatabaseToRead(path);
  try {
    const read = database.transaction(() => ({
      deployments: (database.prepare('SELECT * FROM deployment ORDER BY cron, name').all() as never[]).map(
        deploymentOf,
      ),
      newest: (database.prepare(NEWEST).all() as RunRow[]).map(runOf),
      lastCompleted: (database.prepare(LAST_COMPLETED).all() as RunRow[]).map(runOf),
    }));
    return read.deferred();
  } finally {
    database.close();
  }
}
