import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { InputError } from '../../model/input-error.ts';

/** "DLPF" as the file's application id, and the version of its tables. */
const APPLICATION_ID = 0x444c5046;
const TABLES_VERSION = 1;
/** A reader of a WAL file waits for nobody, but for its recovery after a crash. */
const READ_TIMEOUT_MS = 250;
/** How long a write waits for another process's. */
const LOCK_TIMEOUT_MS = 5000;

const TABLES = `
  CREATE TABLE run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    flow TEXT NOT NULL, deployment TEXT NOT NULL, memory TEXT NOT NULL, date TEXT NOT NULL,
    run_trigger TEXT NOT NULL, dry_run INTEGER NOT NULL,
    state TEXT NOT NULL, created_ms INTEGER NOT NULL, started_ms INTEGER, ended_ms INTEGER,
    reason TEXT, param_hash TEXT, host TEXT NOT NULL, pid INTEGER NOT NULL,
    capital_before REAL, capital REAL, pnl REAL, trades INTEGER, pnl_json TEXT, published INTEGER
  );
  -- A day is completed once by a strategy.
  CREATE UNIQUE INDEX run_completed ON run (flow, deployment, memory, date, param_hash)
    WHERE state = 'completed' AND capital IS NOT NULL;
  CREATE INDEX run_by_track ON run (flow, deployment, memory, date);
  CREATE TABLE task (
    id INTEGER PRIMARY KEY AUTOINCREMENT, run_id INTEGER NOT NULL REFERENCES run (id),
    name TEXT NOT NULL, attempt INTEGER NOT NULL, state TEXT NOT NULL,
    started_ms INTEGER NOT NULL, duration_ms INTEGER, error TEXT
  );
  CREATE INDEX task_by_run ON task (run_id);
  CREATE TABLE log (
    id INTEGER PRIMARY KEY AUTOINCREMENT, run_id INTEGER NOT NULL REFERENCES run (id),
    ts_ms INTEGER NOT NULL, level TEXT NOT NULL, text TEXT NOT NULL
  );
  CREATE INDEX log_by_run ON log (run_id);
  CREATE TABLE deployment (
    name TEXT PRIMARY KEY, flow TEXT NOT NULL, deployment TEXT NOT NULL, memory TEXT NOT NULL,
    cron TEXT NOT NULL, registered_ms INTEGER NOT NULL, options_json TEXT NOT NULL
  );
`;

/**
 * Opens or makes a run table: WAL, every transaction synced before it counts as done (FULL).
 * @throws InputError when it cannot be opened, is not SQLite, or is another program's or version's.
 */
export function openRunDatabase(path: string): Database.Database {
  let database: Database.Database | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    // Made here for its mode: SQLite would leave the file to the umask.
    closeSync(openSync(path, 'a', 0o600));
    database = new Database(path, { timeout: LOCK_TIMEOUT_MS });
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    const opened = database;
    opened.transaction(() => ensureTables(opened, path)).immediate();
    return opened;
  } catch (error) {
    database?.close();
    if (error instanceof InputError) throw error;
    throw new InputError(`run table ${path} cannot be opened: ${(error as Error).message}`);
  }
}

/**
 * Opens a run table to look at it while others write into it: it is neither made nor locked.
 * @throws InputError when it cannot be opened, is not SQLite, or is another program's or version's.
 */
export function openRunDatabaseToRead(path: string): Database.Database {
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { readonly: true, fileMustExist: true, timeout: READ_TIMEOUT_MS });
    if (hasTables(database, path)) return database;
    throw new InputError(`run table ${path} has no tables yet`);
  } catch (error) {
    database?.close();
    if (error instanceof InputError) throw error;
    throw new InputError(`run table ${path} cannot be read: ${(error as Error).message}`);
  }
}

function ensureTables(database: Database.Database, path: string): void {
  if (hasTables(database, path)) return;
  database.exec(TABLES);
  database.pragma(`application_id = ${APPLICATION_ID}`);
  database.pragma(`user_version = ${TABLES_VERSION}`);
}

/** False for an empty file. @throws InputError when it is another program's or version's. */
function hasTables(database: Database.Database, path: string): boolean {
  const application = database.pragma('application_id', { simple: true });
  const version = database.pragma('user_version', { simple: true });
  if (application === APPLICATION_ID) {
    if (version === TABLES_VERSION) return true;
    throw new InputError(`run table ${path} has table version ${version}, this program reads ${TABLES_VERSION}`);
  }
  const tables = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get();
  if (application === 0 && tables === 0) return false;
  throw new InputError(`run table ${path} is an SQLite file of another program`);
}
