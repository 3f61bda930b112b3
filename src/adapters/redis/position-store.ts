import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../model/input-error.ts';

/** How far a consumer has come in a stream. */
export interface StreamPosition {
  readonly stream: string;
  /** Id of the last entry that was taken, dropped or parked: `1767571205000-0`. */
  readonly entryId: string;
  /** Id of the last signal that was taken, or null before the first. */
  readonly signalId: string | null;
}

/** Where a consumer keeps its position across restarts. */
export interface PositionStore {
  /** The position in this stream, or null when there is none yet. */
  load(stream: string): StreamPosition | null;
  /** Returns once it would survive a power cut. */
  save(position: StreamPosition): void;
}

const schema = z.strictObject({
  version: z.literal(1),
  stream: z.string(),
  entryId: z.string().regex(/^\d+-\d+$/),
  signalId: z.string().nullable(),
});

/** A position in a file of its own: replaced whole, so that a crash leaves the one before or the new one. */
export class FilePositionStore implements PositionStore {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws InputError when the file is damaged, or of another stream: to begin anew would repeat or lose signals. */
  load(stream: string): StreamPosition | null {
    const text = this.#read();
    if (text === null) return null;
    const parsed = schema.safeParse(jsonOf(text));
    if (!parsed.success) {
      throw new InputError(
        `${this.#path}: is no position of a stream (${parsed.error.issues[0]?.message}); remove it to begin anew`,
      );
    }
    const { version: _, ...position } = parsed.data;
    if (position.stream === stream) return position;
    throw new InputError(`${this.#path}: is the position in stream ${position.stream}, not in ${stream}`);
  }

  save(position: StreamPosition): void {
    const temporary = `${this.#path}.new`;
    const file = openSync(temporary, 'w', 0o600);
    try {
      writeSync(file, `${JSON.stringify({ version: 1, ...position })}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, this.#path);
    syncFolder(dirname(this.#path));
  }

  #read(): string | null {
    try {
      return readFileSync(this.#path, 'utf8');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw new InputError(`${this.#path}: cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
    }
  }
}

/** For a consumer that begins anew every time. */
export const NO_POSITIONS: PositionStore = { load: () => null, save: () => undefined };

/** The new name survives a power cut only once its folder is on disk. */
function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
