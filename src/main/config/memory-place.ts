import { DEPLOYMENTS, type Deployment } from '../../adapters/memory/maps.ts';
import { type MemoryConfig, parseMemoryUrl, type TlsFiles } from '../../adapters/memory/memory-config.ts';
import { CHAMPION_FILE, readConfigFile } from './config-file.ts';

/** What a command line says of where results and capital are kept. */
export interface MemoryPlaceFlags {
  /** `--memory`. */
  readonly memory?: string;
  readonly deployment?: Deployment;
  /** Config file, which may say the same. */
  readonly config?: string;
}

export interface MemoryPlace {
  /** Null where neither flag nor config names one: what that means is the command's matter. */
  readonly memory: MemoryConfig | null;
  readonly deployment: Deployment;
}

/**
 * Where results and capital are kept: as the flags say, else as the config file does, else `blue` in no memory.
 * @throws InputError for a flag or key that is none, and for a config file that cannot be read.
 */
export function memoryPlaceOf({ memory, deployment, config }: MemoryPlaceFlags): MemoryPlace {
  const { memory: inFile } = config === undefined ? CHAMPION_FILE : readConfigFile(config);
  return {
    memory: memory === undefined ? inFile.memory : parseMemoryUrl(memory),
    deployment: deployment ?? inFile.deployment ?? DEPLOYMENTS[0],
  };
}

/** A memory as `--memory` takes it: what {@link parseMemoryUrl} reads back as the same. */
export function memoryUrl(memory: MemoryConfig): string {
  if (memory.kind === 'none') return 'none';
  if (memory.kind === 'embedded') return `embedded:${memory.path.startsWith('//') ? '//' : ''}${memory.path}`;
  const options = new URLSearchParams({ cluster: memory.clusterName, ...tlsOptions(memory.tls) });
  return `hazelcast://${memory.members.join(',')}?${options}`;
}

function tlsOptions(tls: TlsFiles | null): Record<string, string> {
  if (tls === null) return {};
  const files = Object.entries(tls).filter(([, file]) => file !== null);
  return { tls: 'true', ...(Object.fromEntries(files) as Record<string, string>) };
}
