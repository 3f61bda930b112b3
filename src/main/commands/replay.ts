import { planReplay, type ReplayPlan } from '../../adapters/day-folder/plan.ts';
import { InputError } from '../../model/input-error.ts';
import { reportJson } from '../../report/json.ts';
import { assertWritable, writeReport } from '../../report/output-file.ts';
import { summary } from '../../report/summary.ts';
import type { WaitMode } from '../../shm/idle.ts';
import { checkUniverse, loadStrategy } from '../config/load-config.ts';
import { exitCodeOfSignal, onStopSignals } from '../exit-codes.ts';
import { ProgressLine } from '../progress-line.ts';
import { ReplayRun } from '../replay-run.ts';

export interface ReplayFlags {
  readonly data: string;
  readonly from?: string;
  readonly to?: string;
  readonly config?: string;
  readonly set: readonly string[];
  readonly json?: string;
  readonly fill: string;
  readonly speed: number;
  readonly barInterval?: number | 'auto';
  readonly wait: WaitMode;
}

/** `dolphin replay`: real days through the ring, and what came of them. Answers the exit code. */
export async function replayCommand(flags: ReplayFlags): Promise<number> {
  if (flags.fill !== 'analytic') {
    throw new InputError(`--fill: must be analytic, was "${flags.fill}"; routed fills are not part of this version`);
  }
  const strategy = loadStrategy(flags.config ?? null, flags.set);
  if (flags.json !== undefined && flags.json !== '-') assertWritable(flags.json);
  const plan = await planReplay({
    dir: flags.data,
    from: flags.from,
    to: flags.to,
    barInterval: flags.barInterval,
    configBarIntervalMs: strategy.config.bar_interval_ms,
    referenceAsset: strategy.config.reference_asset,
  });
  checkUniverse(strategy.config, plan.universe, flags.config ?? '--set');

  const progress = new ProgressLine(process.stderr, totalRows(plan));
  const run = new ReplayRun({
    plan,
    strategy,
    wait: flags.wait,
    speed: flags.speed,
    onDayEnd: (day) => progress.dayEnded(day),
  });
  const signals = onStopSignals(() => run.stop());
  progress.start(() => run.framesStepped);
  try {
    const report = await run.run().finally(() => progress.clear());
    if (flags.json !== undefined) writeJson(flags.json, reportJson(report));
    if (flags.json !== '-') {
      process.stdout.write(summary(report, { columns: process.stdout.columns ?? 80, color: process.stdout.isTTY }));
    }
  } finally {
    signals.release();
  }
  return signals.received === null ? 0 : exitCodeOfSignal(signals.received);
}

function writeJson(target: string, text: string): void {
  if (target === '-') process.stdout.write(text);
  else writeReport(target, text);
}

function totalRows(plan: ReplayPlan): number {
  return plan.files.reduce((rows, file) => rows + file.rows, 0);
}
