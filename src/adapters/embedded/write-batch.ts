import type Database from 'better-sqlite3';
import type { CompareOutcome } from '../memory/memory-port.ts';

/** Writes in one transaction, at most: a sync costs milliseconds, whatever it carries. */
const MAX_WRITES = 256;

interface Write {
  readonly map: string;
  readonly key: string;
  /** undefined: whatever is there. */
  readonly expected: string | null | undefined;
  readonly text: string;
  readonly resolve: (outcome: CompareOutcome) => void;
}

/**
 * Collects the writes of one turn of the event loop and commits them in the order of their calls, in one transaction. A
 * write is acknowledged when its transaction is on the disk.
 */
export class WriteBatch {
  readonly #onCommitted: () => void;
  readonly #commit: (writes: readonly Write[]) => CompareOutcome[];
  #writes: Write[] = [];
  #isScheduled = false;

  /** @param onCommitted - something was written. */
  constructor(database: Database.Database, onCommitted: () => void) {
    this.#onCommitted = onCommitted;
    const select = database
      .prepare<[string, string], string>('SELECT value FROM entry WHERE map = ? AND key = ?')
      .pluck();
    const upsert = database.prepare<[string, string, string]>(
      `INSERT INTO entry (map, key, value, change) VALUES (?, ?, ?, (SELECT ifnull(max(change), 0) + 1 FROM entry))
       ON CONFLICT (map, key) DO UPDATE SET value = excluded.value, change = excluded.change`,
    );
    const apply = ({ map, key, expected, text }: Write): CompareOutcome => {
      if (expected !== undefined && (select.get(map, key) ?? null) !== expected) return { kind: 'conflict' };
      upsert.run(map, key, text);
      return { kind: 'ok' };
    };
    const transaction = database.transaction((writes: readonly Write[]) => writes.map(apply));
    // IMMEDIATE: what is compared cannot change before it is written.
    this.#commit = (writes) => transaction.immediate(writes);
  }

  add(map: string, key: string, expected: string | null | undefined, text: string): Promise<CompareOutcome> {
    return new Promise((resolve) => {
      this.#writes.push({ map, key, expected, text, resolve });
      if (this.#isScheduled) return;
      this.#isScheduled = true;
      setImmediate(() => this.flush());
    });
  }

  /** Commits what has been collected, now. */
  flush(): void {
    this.#isScheduled = false;
    const writes = this.#writes;
    this.#writes = [];
    for (let from = 0; from < writes.length; from += MAX_WRITES)
      this.#commitSome(writes.slice(from, from + MAX_WRITES));
    if (writes.length > 0) this.#onCommitted();
  }

  #commitSome(writes: readonly Write[]): void {
    let outcomes: readonly CompareOutcome[];
    try {
      outcomes = this.#commit(writes);
    } catch (error) {
      const failed = failureOf(error);
      outcomes = writes.map(() => failed);
    }
    for (const [i, write] of writes.entries()) write.resolve(outcomes[i]!);
  }
}

/** A locked or full file rolled back; after a failure of the disk only a read can tell. */
export function failureOf(error: unknown): { readonly kind: 'unreachable' | 'unknown'; readonly reason: string } {
  const { code, message } = error as { code?: string; message: string };
  if (code?.startsWith('SQLITE_BUSY'))
    return { kind: 'unreachable', reason: 'the memory file is locked by another process' };
  return { kind: code?.startsWith('SQLITE_IOERR') ? 'unknown' : 'unreachable', reason: `memory file: ${message}` };
}
