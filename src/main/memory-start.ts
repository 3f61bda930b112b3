import type { Deployment, Track } from '../adapters/memory/maps.ts';
import type { MemoryConfig } from '../adapters/memory/memory-config.ts';
import { openMemory } from '../adapters/memory/open-memory.ts';
import { type RestoreRules, restoreCapital } from '../adapters/memory/restore-capital.ts';
import { SystemMemory } from '../adapters/memory/system-memory.ts';
import { InputError } from '../model/input-error.ts';
import type { StateBasis } from '../workers/memory/continuity.ts';
import { type MemoryPlaceFlags, memoryPlaceOf } from './config/memory-place.ts';
import type { ReplaySource } from './replay-source.ts';
import type { RunMemory } from './run-options.ts';

/** A store that has not answered by then does not keep a run from starting. */
const ANSWER_WITHIN_MS = 2000;

/** The memory of a run, as its flags or its config say. */
export interface MemoryChoice {
  readonly config: MemoryConfig;
  readonly deployment: Deployment;
  readonly track: Track;
  /** `--adopt`: go on with a state that another strategy made, or anew where it cannot be read. */
  readonly adopt: boolean;
}

/** Flags of a replay that concern its memory. */
export interface MemoryFlags extends MemoryPlaceFlags {
  readonly adopt?: boolean;
  readonly resume?: boolean;
}

/**
 * A replay's memory, and its source with the capital of that memory in the place of the strategy's. A journal that goes on
 * keeps its capital: its earlier life's results are in the memory.
 * @throws as {@link startWithMemory} and `memoryPlaceOf`, and InputError for `--adopt` without a memory.
 */
export async function withMemory(
  flags: MemoryFlags,
  source: ReplaySource,
): Promise<{ readonly source: ReplaySource; readonly memory: RunMemory | null }> {
  const { memory: config, deployment } = memoryPlaceOf(flags);
  if (config === null || config.kind === 'none') {
    if (flags.adopt === true) throw new InputError('--adopt is for --memory: it takes over its state');
    return { source, memory: null };
  }
  const place = { config, deployment, track: 'paper', runId: `replay-${process.pid}` } as const;
  if (flags.resume === true) return { source, memory: { ...place, basis: { kind: 'resumed' } } };
  const { inputs } = source;
  const { strategy: name, paramHash, config: strategyConfig } = inputs;
  const strategy = { strategy: name, paramHash, initialCapital: strategyConfig.initial_capital };
  const choice = { ...place, adopt: flags.adopt === true };
  const { capital, basis, warnings } = await startWithMemory(choice, strategy, inputs.source.from);
  for (const warning of warnings) process.stderr.write(`dolphin: ${warning}\n`);
  const started = { ...source, inputs: { ...inputs, config: { ...inputs.config, initial_capital: capital } } };
  return { source: started, memory: { ...place, basis } };
}

/** How a run begins with its memory. */
export interface MemoryStart {
  /** USDT, of the state or of the strategy. */
  readonly capital: number;
  readonly basis: StateBasis;
  /** What an operator should know, in whole sentences. */
  readonly warnings: readonly string[];
}

/**
 * Reads the capital that a run goes on with (spec 1.0 §17.6). It is an input of the run: the run's journal keeps it.
 * @param firstDate - of the run, `YYYY-MM-DD`.
 * @throws InputError when the capital holds that date already, when the store refuses the login or cannot be believed, or as
 *   {@link restoreCapital} and `openMemory`.
 */
export async function startWithMemory(
  { config, deployment, track, adopt }: MemoryChoice,
  strategy: Omit<RestoreRules, 'adopt'>,
  firstDate: string,
): Promise<MemoryStart> {
  const memory = new SystemMemory(openMemory(config), deployment);
  try {
    if (!(await memory.ready(ANSWER_WITHIN_MS))) refuseUnusable(memory);
    const reading = await (track === 'paper' ? memory.paper : memory.nautilus).readState();
    const { capital, date, isKnown, warnings } = restoreCapital(reading, { ...strategy, adopt });
    if (date !== null && date >= firstDate) {
      throw new InputError(
        `--memory: the capital of ${date} holds ${firstDate} already: begin behind it (--from), or use another memory`,
      );
    }
    if (!isKnown) return { capital, basis: { kind: 'unknown' }, warnings };
    const state = reading.kind === 'ok' ? { capital, date } : null;
    return { capital, basis: adopt ? { kind: 'adopted' } : { kind: 'state', state }, warnings };
  } finally {
    await memory.close();
  }
}

/** A store that is away may come back; one that refuses us, or that we cannot believe, will not by itself. */
function refuseUnusable(memory: SystemMemory): void {
  const { refusal } = memory.status();
  if (refusal !== null) throw new InputError(`--memory: the memory cannot be used: ${refusal}`);
}
