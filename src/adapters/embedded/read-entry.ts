import { openDatabaseToRead } from './database.ts';

/**
 * Text of one entry of a memory file that another process may be writing; null where there is none. Takes no lock and
 * changes nothing.
 * @throws InputError when the file cannot be read or is none of ours.
 */
export function readEntry(path: string, map: string, key: string): string | null {
  const database = openDatabaseToRead(path);
  try {
    const select = database.prepare<[string, string], string>('SELECT value FROM entry WHERE map = ? AND key = ?');
    return select.pluck().get(map, key) ?? null;
  } finally {
    database.close();
  }
}
