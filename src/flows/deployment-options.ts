import { z } from 'zod';
import { DEPLOYMENTS, type Deployment } from '../adapters/memory/maps.ts';
import { FLOWS, type FlowDeployment, type FlowName, type RunTrack } from '../adapters/run-table/run-record.ts';
import { InputError } from '../model/input-error.ts';

/** How the days of a deployment are run, as registered. */
const optionsSchema = z.strictObject({
  /** Folder of days; absolute. */
  data: z.string().min(1),
  /** Strategy in YAML; null for the champion. */
  config: z.string().nullable(),
  /** As `--memory` takes it. */
  memory: z.string().min(1),
  barInterval: z.union([z.number(), z.literal('auto')]).nullable(),
});
export type DeploymentOptions = z.infer<typeof optionsSchema>;

/** Whose days a deployment runs: what {@link FlowDeployment} names, checked. */
export interface CheckedDeployment extends FlowDeployment {
  readonly track: FlowDeployment['track'] & { readonly deployment: Deployment };
  readonly options: DeploymentOptions;
  /** Time of day of its schedule, ms, UTC. */
  readonly atMs: number;
}

const MS_PER_MINUTE = 60_000;
const MINUTES_PER_HOUR = 60;

/** Times of day of spec 1.0 §11; the factors come before whoever trades by them. */
export const DEFAULT_AT: Readonly<Record<FlowName, string>> = { acb: '00:01', paper: '00:05', supervisor: '00:10' };
const NAMES: Readonly<Record<FlowName, string>> = { acb: 'acb', paper: 'paper', supervisor: 'nautilus' };

/** Name of a deployment as spec 1.0 §11.3 has it, such as `dolphin-nautilus-blue`. */
export function deploymentName(flow: FlowName, deployment: Deployment): string {
  return `dolphin-${NAMES[flow]}-${deployment}`;
}

/** What people read in the place of a deployment's name, such as `supervisor blue`. */
export function flowTitle({ flow, deployment }: Pick<RunTrack, 'flow' | 'deployment'>): string {
  return `${flow} ${deployment}`;
}

/** Cron fields, UTC, of a time of day. @param at - `HH:MM`. @throws InputError for anything else. */
export function dailyCron(at: string): string {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(at);
  if (match === null) throw new InputError(`--at must be a time of day HH:MM in UTC, was "${at}"`);
  return `${Number(match[2])} ${Number(match[1])} * * *`;
}

/** @throws InputError naming the field when a registered deployment is none that this program runs. */
export function checkDeployment(registered: FlowDeployment): CheckedDeployment {
  const { name, track, cron, optionsJson } = registered;
  const at = /^(\d{1,2}) (\d{1,2}) \* \* \*$/.exec(cron);
  const options = optionsSchema.safeParse(JSON.parse(optionsJson));
  if (at === null) throw new InputError(`deployment ${name}: cron must be "M H * * *", was "${cron}"`);
  if (!options.success) throw new InputError(`deployment ${name}: ${z.prettifyError(options.error)}`);
  if (!FLOWS.includes(track.flow)) throw new InputError(`deployment ${name}: unknown flow "${track.flow}"`);
  const deployment = DEPLOYMENTS.find((known) => known === track.deployment);
  if (deployment === undefined) throw new InputError(`deployment ${name}: deployment must be blue or green`);
  const atMs = (Number(at[2]) * MINUTES_PER_HOUR + Number(at[1])) * MS_PER_MINUTE;
  return { ...registered, track: { ...track, deployment }, options: options.data, atMs };
}
