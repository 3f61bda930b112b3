import { existsSync } from 'node:fs';
import { KNOWN_MAPS, type KnownMap } from '../../adapters/memory/catalogue.ts';
import { parseMemoryUrl } from '../../adapters/memory/memory-config.ts';
import type { MemoryPort } from '../../adapters/memory/memory-port.ts';
import { openMemory } from '../../adapters/memory/open-memory.ts';
import { InputError } from '../../model/input-error.ts';

const READY_MS = 5000;

/**
 * Opens a memory to look at it: nothing is created.
 * @throws InputError for a URL that is none and a file that is not there; Error when the store does not answer in 5 s.
 */
export async function openView(url: string): Promise<MemoryPort> {
  const config = parseMemoryUrl(url);
  if (config.kind === 'none') throw new InputError('--memory none keeps nothing: there is nothing to see');
  if (config.kind === 'embedded' && !existsSync(config.path)) {
    throw new InputError(`--memory embedded: ${config.path} is not there`);
  }
  const port = openMemory(config);
  if (await port.ready(READY_MS)) return port;
  const { where, notes } = port.status();
  await port.close();
  throw new Error(`memory ${where} did not answer within ${READY_MS / 1000} s. ${notes.join(' ')}`.trimEnd());
}

/** The map of this name, or all. @throws InputError for a map that is not of the schema. */
export function mapsNamed(name: string | undefined): readonly KnownMap[] {
  if (name === undefined) return KNOWN_MAPS;
  const found = KNOWN_MAPS.filter((map) => map.name === name);
  if (found.length > 0) return found;
  throw new InputError(
    `memory map must be one of ${KNOWN_MAPS.map((map) => map.name).join(', ')}, was ${JSON.stringify(name)}`,
  );
}

/**
 * Keys of a map, sorted, those of atomic references among them.
 * @throws Error when the store does not answer.
 */
export async function keysOf(port: MemoryPort, { name, unlistedKeys }: KnownMap): Promise<string[]> {
  const outcome = await port.keys(name);
  if (outcome.kind !== 'ok') throw new Error(`${name}: ${outcome.reason}`);
  return [...new Set([...outcome.keys, ...unlistedKeys])].sort();
}

/** Text of an entry, null where there is none. @throws Error when the store does not answer. */
export async function textOf(port: MemoryPort, map: string, key: string): Promise<string | null> {
  const outcome = await port.get(map, key);
  if (outcome.kind === 'ok') return outcome.text;
  throw new Error(`${map}[${key}]: ${outcome.reason}`);
}
