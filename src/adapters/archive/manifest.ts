import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../model/input-error.ts';
import type { PullInterval } from './options.ts';

const NAME = 'pull.json';

/** Provenance of one archive file that entered a day. */
export interface PulledFile {
  readonly path: string;
  readonly sha256: string;
  /** What was noticed while reading, by name; only what is not zero. */
  readonly noticed: Readonly<Record<string, number>>;
}

/** Provenance of one day. */
export interface PulledDay {
  readonly date: string;
  readonly rows: number;
  /** Depth snapshots; null without an order book. */
  readonly snapshots: number | null;
  /** Files that the archive does not publish (allowed to be missing). */
  readonly missing: readonly string[];
  readonly files: readonly PulledFile[];
}

/** What a folder of pulled days was made of: `pull.json` beside them. */
export interface PullManifest {
  readonly schemaVersion: 1;
  readonly source: string;
  readonly interval: PullInterval;
  readonly symbols: readonly string[];
  readonly days: readonly PulledDay[];
}

/**
 * The manifest of a folder, null when it has none.
 * @throws InputError when the file is not a manifest.
 */
export async function readManifest(dir: string): Promise<PullManifest | null> {
  const path = join(dir, NAME);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  let manifest: Partial<PullManifest> | null;
  try {
    manifest = JSON.parse(text) as Partial<PullManifest> | null;
  } catch (error) {
    throw new InputError(`${path}: is no JSON (${(error as Error).message})`);
  }
  if (manifest?.schemaVersion !== 1 || !Array.isArray(manifest.days) || !Array.isArray(manifest.symbols)) {
    throw new InputError(`${path}: schemaVersion must be 1 with symbols and days, was ${manifest?.schemaVersion}`);
  }
  return manifest as PullManifest;
}

/**
 * Refuses to put days of another universe or interval into a folder: a replay could not read the mixture.
 * @throws InputError naming what differs.
 */
export function checkSameLayout(
  dir: string,
  existing: PullManifest,
  symbols: readonly string[],
  interval: string,
): void {
  if (existing.interval !== interval) {
    throw new InputError(`out: ${dir} holds ${existing.interval} bars, ${interval} were asked for; use another folder`);
  }
  if (existing.symbols.join() !== symbols.join()) {
    throw new InputError(
      `out: ${dir} holds the universe ${existing.symbols.join(' ')}, asked for was ${symbols.join(' ')}; use another folder`,
    );
  }
}

/** Writes the manifest with `day` added or replaced; by a temporary name, then renamed. */
export async function addDay(dir: string, base: Omit<PullManifest, 'days'>, day: PulledDay): Promise<void> {
  const before = (await readManifest(dir))?.days.filter(({ date }) => date !== day.date) ?? [];
  const days = [...before, day].sort((a, b) => (a.date < b.date ? -1 : 1));
  const unfinished = join(dir, `.${NAME}.${process.pid}.part`);
  await writeFile(unfinished, `${JSON.stringify({ ...base, days }, null, 1)}\n`);
  await rename(unfinished, join(dir, NAME));
}
