import { hashFile, type OpenBarFile, openBarFile, readBarGroup } from '../adapters/parquet/read-bars.ts';
import type { BarBlockShape } from '../shm/bar-block.ts';

/** What to decode of a day's 0.1 s bars: a row group, or, behind the last one, the file's hash. */
export interface DecodeBarsRequest {
  readonly path: string;
  /** UTC day number of the file's date. */
  readonly day: number;
  /** Symbols of the run in index order. */
  readonly universe: readonly string[];
  /** 0 or more; the hash is asked for by the number of groups. */
  readonly group: number;
  /** A block that nobody reads any more. */
  readonly reuse: SharedArrayBuffer | null;
}

/** A block of bars; null for a group without rows. */
export type DecodedBars =
  | { readonly kind: 'block'; readonly shape: BarBlockShape; readonly buffer: SharedArrayBuffer }
  | { readonly kind: 'empty' }
  | { readonly kind: 'end'; readonly sha256: string };

/** Answer of the pool: errors travel as values, for a clone of an error loses its class. */
export type DecodeBarsAnswer =
  | { readonly ok: true; readonly bars: DecodedBars }
  | { readonly ok: false; readonly error: { readonly name: string; readonly message: string } };

/** The file of the task before: a footer of 400 assets and a hundred row groups takes longer to parse than a group. */
let opened: OpenBarFile | null = null;

/** Task of the bar pool (piscina), one thread: one row group into a block of shared memory. Never throws. */
export default function decodeBarsTask(request: DecodeBarsRequest): DecodeBarsAnswer {
  try {
    return { ok: true, bars: decode(request) };
  } catch (cause) {
    const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
    return { ok: false, error: { name, message } };
  }
}

function decode({ path, day, universe, group, reuse }: DecodeBarsRequest): DecodedBars {
  if (opened?.path !== path) opened = openBarFile(path, day, universe);
  if (group === opened.groups) return { kind: 'end', sha256: hashFile(path) };
  const block = readBarGroup(opened, group, reuse);
  if (block === null) return { kind: 'empty' };
  const { rows, assets, buffer } = block;
  return { kind: 'block', shape: { rows, assets }, buffer };
}
