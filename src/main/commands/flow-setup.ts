import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readFactorsCsv } from '../../adapters/csv/factors-csv.ts';
import type { Deployment } from '../../adapters/memory/maps.ts';
import { type MemoryConfig, parseMemoryUrl } from '../../adapters/memory/memory-config.ts';
import { openMemory } from '../../adapters/memory/open-memory.ts';
import type { RunObserver } from '../../adapters/run-table/run-observer.ts';
import type { FlowName } from '../../adapters/run-table/run-record.ts';
import { RunTable } from '../../adapters/run-table/run-table.ts';
import {
  type CheckedDeployment,
  checkDeployment,
  DEFAULT_AT,
  dailyCron,
  deploymentName,
} from '../../flows/deployment-options.ts';
import type { FlowHost } from '../../flows/run-day.ts';
import { InputError } from '../../model/input-error.ts';
import { loadStrategy } from '../config/load-config.ts';
import { memoryPlaceOf, memoryUrl } from '../config/memory-place.ts';
import { ReplayDayRunner } from './flow-day-runner.ts';

/** How the days of a flow are run, as given on the command line. */
export interface DeploymentFlags {
  readonly state: string;
  readonly data: string;
  readonly config?: string;
  readonly memory?: string;
  readonly barInterval?: number | 'auto';
  readonly deployment?: Deployment;
  readonly at?: string;
}

/** Run table of a folder of flows. */
const RUN_TABLE = 'flows.db';

/** Path of a run table that is there. @throws InputError naming the folder, of which nothing is made. */
export function existingRunTable(stateDir: string): string {
  const path = join(stateDir, RUN_TABLE);
  if (existsSync(path)) return path;
  throw new InputError(
    `--state ${stateDir}: no flow was ever run or registered there, it has no ${RUN_TABLE} (dolphin flow register, dolphin flow run)`,
  );
}

/**
 * Run table and engine of this machine.
 * @param observer - told of its runs.
 * @throws InputError when the table cannot be opened.
 */
export function openFlowHost(stateDir: string, observer: RunObserver | null = null): FlowHost {
  return {
    table: new RunTable(join(stateDir, RUN_TABLE), observer),
    backends: {
      memory: ({ options: { memory } }) => openMemory(parseMemoryUrl(memory)),
      runner: ({ options: { data, config, barInterval } }) =>
        new ReplayDayRunner({ data, config, barInterval: barInterval ?? undefined }),
      acbInputs: ({ options: { data, config } }) => ({
        factors: readFactorsCsv(join(data, 'factors.csv')),
        direction: loadStrategy(config, []).config.direction,
      }),
    },
    pnlLog: ({ track }) => join(stateDir, 'pnl', `${track.flow}-${track.deployment}.jsonl`),
  };
}

/** The deployment that flags describe, with absolute paths. @throws InputError for a memory or time that is none. */
export function deploymentOf(flow: FlowName, flags: DeploymentFlags): CheckedDeployment {
  if (!existsSync(flags.data)) throw new InputError(`--data ${flags.data}: is no folder`);
  const place = memoryPlaceOf(flags);
  const memory = absoluteMemory(place.memory ?? { kind: 'embedded', path: join(flags.state, 'memory.db') });
  return checkDeployment({
    name: deploymentName(flow, place.deployment),
    track: { flow, deployment: place.deployment, memory: memoryName(memory) },
    cron: dailyCron(flags.at ?? DEFAULT_AT[flow]),
    registeredMs: Date.now(),
    optionsJson: JSON.stringify({
      data: resolve(flags.data),
      config: flags.config === undefined ? null : resolve(flags.config),
      memory: memoryUrl(memory),
      barInterval: flags.barInterval ?? null,
    }),
  });
}

function absoluteMemory(memory: MemoryConfig): MemoryConfig {
  return memory.kind === 'embedded' ? { ...memory, path: resolve(memory.path) } : memory;
}

/** What tells one memory from another: how it is reached securely is no part of it. */
function memoryName(memory: MemoryConfig): string {
  if (memory.kind === 'hazelcast') return `hazelcast:${memory.clusterName}@${[...memory.members].sort().join(',')}`;
  return memoryUrl(memory);
}
