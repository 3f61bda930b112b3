import type { z } from 'zod';
import { DEPLOYMENTS, type Deployment } from '../../adapters/memory/maps.ts';
import { type MemoryConfig, memorySchema } from '../../adapters/memory/memory-config.ts';
import { InputError } from '../../model/input-error.ts';

/** Keys of a config file that say where results and capital are kept. They decide nothing, and name no strategy. */
export const MEMORY_KEYS = ['memory', 'deployment'] as const;

/** What a config file says of them; null where it says nothing. */
export interface MemoryKeys {
  readonly memory: MemoryConfig | null;
  readonly deployment: Deployment | null;
}

type Keys = Readonly<Record<string, unknown>>;

/** What each kind of memory has to be told beside its kind. */
const KEYS_OF_KIND: Readonly<Record<MemoryConfig['kind'], readonly string[]>> = {
  embedded: ['path'],
  hazelcast: ['clusterName', 'members', 'tls'],
  none: [],
};
const KINDS = Object.keys(KEYS_OF_KIND);
const SECRET_KEY = /user|login|pass|secret|token|credential/i;

/**
 * Checks the memory keys of a config file.
 * @param where - the file, for messages.
 * @throws InputError naming the key, its value and the rule; what may hold a secret is not repeated.
 */
export function memoryKeysOf({ memory, deployment }: Keys, where: string): MemoryKeys {
  return {
    memory: memory === undefined ? null : memoryOf(memory, where),
    deployment: deployment === undefined ? null : deploymentOf(deployment, where),
  };
}

function deploymentOf(value: unknown, where: string): Deployment {
  const deployment = DEPLOYMENTS.find((known) => known === value);
  if (deployment !== undefined) return deployment;
  throw new InputError(`${where}: deployment must be ${DEPLOYMENTS.join(' or ')}, was ${shown(value)}`);
}

function memoryOf(value: unknown, where: string): MemoryConfig {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(
      `${where}: memory must be a map such as { kind: embedded, path: state/memory.db }, was ${shown(value)}`,
    );
  }
  const keys = value as Keys;
  refuseSecrets(keys, 'memory', where);
  refuseForeignKeys(keys, kindOf(keys, where), where);
  try {
    const parsed = memorySchema.safeParse(keys);
    if (parsed.success) return parsed.data;
    throw new InputError(describe(parsed.error.issues[0] as z.core.$ZodIssue, keys));
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`${where}: ${error.message}`); // also of a member in the list
    throw error;
  }
}

/** A config file is read by many, and copied: what it says of secrets is where they come from. */
function refuseSecrets(keys: Keys, path: string, where: string): void {
  for (const [key, value] of Object.entries(keys)) {
    if (SECRET_KEY.test(key)) {
      throw new InputError(
        `${where}: ${path}.${key} must not be in a config file: user and password come from ` +
          'DOLPHIN_HAZELCAST_USERNAME and DOLPHIN_HAZELCAST_PASSWORD or DOLPHIN_HAZELCAST_PASSWORD_FILE',
      );
    }
    if (typeof value === 'object' && value !== null) refuseSecrets(value as Keys, `${path}.${key}`, where);
  }
}

function kindOf({ kind }: Keys, where: string): MemoryConfig['kind'] {
  if (KINDS.includes(kind as string)) return kind as MemoryConfig['kind'];
  throw new InputError(`${where}: memory.kind must be one of ${KINDS.join(', ')}, was ${shown(kind)}`);
}

function refuseForeignKeys(keys: Keys, kind: MemoryConfig['kind'], where: string): void {
  const foreign = Object.keys(keys).find((key) => key !== 'kind' && !KEYS_OF_KIND[kind].includes(key));
  if (foreign === undefined) return;
  const owner = KINDS.find((other) => KEYS_OF_KIND[other as MemoryConfig['kind']].includes(foreign));
  throw new InputError(
    owner === undefined
      ? `${where}: unknown key "memory.${foreign}"; known keys: kind, ${Object.values(KEYS_OF_KIND).flat().join(', ')}`
      : `${where}: memory.${foreign} = ${shown(keys[foreign])}: is for kind ${owner}, the kind is ${kind}`,
  );
}

function describe(issue: z.core.$ZodIssue, keys: Keys): string {
  const key = String(issue.path[0]);
  if (keys[key] === undefined) return `memory.${key} must be there: kind ${keys['kind']} needs it`;
  const rule = key === 'tls' ? 'must be false, or a map of the files ca, cert and key' : issue.message;
  return `memory.${key} = ${shown(keys[key])}: ${rule}`;
}

/** What stands before an @ may be a password. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing';
  return text.includes('@') ? '(hidden)' : text;
}
