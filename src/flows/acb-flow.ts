import type { SystemMemory } from '../adapters/memory/system-memory.ts';
import type { FactorRow } from '../model/factors.ts';
import type { AcbUpdate } from '../model/memory-values.ts';
import type { StrategyConfig } from '../model/strategy.ts';
import { dayFromDate, MS_PER_DAY } from '../model/time.ts';
import { AdaptiveCircuitBreaker } from '../risk/adaptive-circuit-breaker.ts';
import type { FlowContext, FlowEnd } from './flow-run.ts';
import { runTask } from './task.ts';

/** Rows of `factors.csv` and the direction whose boost is wanted. */
export interface AcbInputs {
  readonly factors: readonly FactorRow[];
  readonly direction: StrategyConfig['direction'];
}

export interface AcbPorts {
  readonly memory: SystemMemory;
  /** @throws InputError when the table is not there or has a bad line. */
  readonly readInputs: () => AcbInputs;
}

/**
 * Boost, beta and cut of a date as they go to `DOLPHIN_FEATURES["acb_boost"]`; with `both` SHORT's boost (semantics §6.1). Their
 * time is 00:00 UTC of the date: a day that is written late never replaces a newer one, nor what was pushed during the day.
 */
export function acbUpdateOf({ factors, direction }: AcbInputs, date: string): AcbUpdate {
  const day = dayFromDate(date);
  const { boostShort, boostLong, beta, cut } = new AdaptiveCircuitBreaker(factors).forDay(day);
  return { boost: direction === 'long' ? boostLong : boostShort, beta, cut, tsMs: day * MS_PER_DAY };
}

/** The ACB writer of spec 1.0 §6.2: the day's factors into the memory, for engines that run. */
export async function acbFlow(
  { memory, readInputs }: AcbPorts,
  { date, isDryRun }: { readonly date: string; readonly isDryRun: boolean },
  context: FlowContext,
): Promise<FlowEnd> {
  const load = { name: 'load_factors', retries: 2, timeoutMs: null, retriesBadInput: true };
  const inputs = await runTask(context, load, async () => readInputs());
  if (!inputs.factors.some(({ day }) => day === dayFromDate(date))) {
    context.journal.log('warning', `no factors of ${date}: boost 1, beta 0, cut 0`);
  }
  const update = acbUpdateOf(inputs, date);
  const summary = `${date}: boost ${update.boost}, beta ${update.beta}, cut ${update.cut}`;
  if (isDryRun) return { kind: 'completed', result: null, summary: `dry run of ${summary}` };
  const write = { name: 'write_acb_boost', retries: 3, timeoutMs: 30_000 };
  const isNewest = await runTask(context, write, async () => {
    const outcome = await memory.acbBoost.write(update);
    if (outcome.kind === 'ok') return true;
    if (outcome.kind === 'conflict') return false;
    throw new Error(`acb_boost was not written (${outcome.kind})`);
  });
  if (isNewest) return { kind: 'completed', result: null, summary };
  return { kind: 'skipped', summary: `${summary}: not written, the memory holds a newer value` };
}
