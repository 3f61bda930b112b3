import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { InputError } from '../../model/input-error.ts';

/** "DLPM" as the file's application id, and the version of its tables. */
const APPLICATION_ID = 0x444c504d;
const TABLES_VERSION = 1;
/** A reader of a WAL file waits for nobody, but for its recovery after a crash. */
const READ_TIMEOUT_MS = 250;

const TABLES = `
  CREATE TABLE entry (
    map TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    change INTEGER NOT NULL,  -- rises with every write of any entry
    PRIMARY KEY (map, key)
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX entry_by_change ON entry (change);
`;

/**
 * Opens or makes a memory file: WAL, every transaction synced before it counts as done (FULL).
 * @param lockTimeoutMs - how long a write waits for another process's.
 * @throws InputError when it cannot be opened, is not SQLite, or is another program's or version's.
 */
export function openDatabase(path: string, lockTimeoutMs: number): Database.Database {
  let database: Database.Database | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    // Made here for its mode: SQLite would leave the file to the umask.
    closeSync(openSync(path, 'a', 0o600));
    database = new Database(path, { timeout: lockTimeoutMs });
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    const opened = database;
    opened.transaction(() => ensureTables(opened, path)).immediate();
    return opened;
  } catch (error) {
    database?.close();
    if (error instanceof InputError) throw error;
    throw new InputError(`memory file ${path} cannot be opened: ${(error as Error).message}`);
  }
}

/**
 * Opens a memory file to look at it while others write into it: it is neither made nor locked.
 * @throws InputError when it cannot be opened, is not SQLite, or is another program's or version's.
 */
export function openDatabaseToRead(path: string): Database.Database {
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { readonly: true, fileMustExist: true, timeout: READ_TIMEOUT_MS });
    if (hasTables(database, path)) return database;
    throw new InputError(`memory file ${path} has no tables yet`);
  } catch (error) {
    database?.close();
    if (error instanceof InputError) throw error;
    throw new InputError(`memory file ${path} cannot be read: ${(error as Error).message}`);
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
    throw new InputError(`memory file ${path} has table version ${version}, this program reads ${TABLES_VERSION}`);
  }
  const tables = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get();
  if (application === 0 && tables === 0) return false;
  throw new InputError(`memory file ${path} is an SQLite file of another program`);
}
