import { EmbeddedStore } from '../embedded/embedded-store.ts';
import { hazelcastCredentials } from '../hazelcast/credentials.ts';
import { HazelcastStore } from '../hazelcast/hazelcast-store.ts';
import type { MemoryConfig } from './memory-config.ts';
import type { MemoryPort } from './memory-port.ts';
import { ProcessStore } from './process-store.ts';

/**
 * Opens the store that a config names. A Hazelcast store comes back at once, connected or not ({@link MemoryPort.ready}
 * waits); a file is open when it comes back.
 * @param environment - where credentials are looked for.
 * @throws InputError for a file that cannot be opened or is none of ours, or credentials that cannot be read.
 */
export function openMemory(
  config: MemoryConfig,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): MemoryPort {
  if (config.kind === 'none') return new ProcessStore();
  if (config.kind === 'embedded') return EmbeddedStore.open(config.path);
  return new HazelcastStore({ ...config, credentials: hazelcastCredentials(environment) });
}
