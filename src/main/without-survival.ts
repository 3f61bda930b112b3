import type { WithoutSurvival } from '../model/survival-report.ts';
import { metrics } from '../portfolio/metrics.ts';
import { decisionHash } from '../report/decision-hash.ts';
import { ReplayRun } from './replay-run.ts';
import type { ReplayRunOptions } from './run-options.ts';

/**
 * The same replay once more without its survival stack: the same data, threads and fills, as fast as it goes, journalled
 * nowhere. What the stack cost or saved is the difference.
 *
 * @param onStart - given the means to stop it before its end.
 * @returns null when it was stopped.
 */
export async function replayWithoutSurvival(
  options: ReplayRunOptions,
  onStart: (run: ReplayRun) => void,
): Promise<WithoutSurvival | null> {
  const { inputs } = options;
  const run = new ReplayRun({
    ...options,
    inputs: { ...inputs, config: { ...inputs.config, survival: false } },
    recording: null,
    speed: 0,
    onDayEnd: () => undefined,
    onTrades: () => undefined,
  });
  onStart(run);
  const { engine } = await run.run();
  if (!engine.complete) return null;
  const { roi, profitFactor, capital, trades } = metrics(engine.run);
  return { roi, profitFactor, capital, trades, decisionHash: decisionHash(engine.run.trades) };
}
