import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readFactorsCsv } from '../../adapters/csv/factors-csv.ts';
import type { Deployment } from '../../adapters/memory/maps.ts';
import { parseMemoryUrl } from '../../adapters/memory/memory-config.ts';
import { openMemory } from '../../adapters/memory/open-memory.ts';
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
import { ReplayDayRunner } from './flow-day-runner.ts';

/** How the days of a flow are run, as given on the command line. */
export interface DeploymentFlags {
  readonly state: string;
  readonly data: string;
  readonly config?: string;
  readonly memory?: string;
  readonly barInterval?: number | 'auto';
  readonly deployment: Deployment;
  readonly at?: string;
}

/** Run table and engine of this machine. @throws InputError when the table cannot be opened. */
export function openFlowHost(stateDir: string): FlowHost {
  return {
    table: new RunTable(join(stateDir, 'flows.db')),
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
  const memory = absoluteMemory(flags.memory ?? `embedded:${join(flags.state, 'memory.db')}`);
  return checkDeployment({
    name: deploymentName(flow, flags.deployment),
    track: { flow, deployment: flags.deployment, memory: memoryName(memory) },
    cron: dailyCron(flags.at ?? DEFAULT_AT[flow]),
    registeredMs: Date.now(),
    optionsJson: JSON.stringify({
      data: resolve(flags.data),
      config: flags.config === undefined ? null : resolve(flags.config),
      memory,
      barInterval: flags.barInterval ?? null,
    }),
  });
}

function absoluteMemory(url: string): string {
  const config = parseMemoryUrl(url);
  return config.kind === 'embedded' ? `embedded:${resolve(config.path)}` : url;
}

/** What tells one memory from another: how it is reached securely is no part of it. */
function memoryName(url: string): string {
  const config = parseMemoryUrl(url);
  if (config.kind === 'embedded') return `embedded:${config.path}`;
  if (config.kind === 'none') return 'none';
  return `hazelcast:${config.clusterName}@${[...config.members].sort().join(',')}`;
}
