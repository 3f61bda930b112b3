import type { WithoutSurvival } from '../model/survival-report.ts';
import { reportJson } from '../report/json.ts';
import { assertWritable, writeReport } from '../report/output-file.ts';
import { summary } from '../report/summary.ts';
import type { ScannerMode } from '../workers/messages.ts';
import { loadThresholds } from './config/load-config.ts';
import { CapitalOfEngine } from './control/engine-figures.ts';
import { openRunControl, type RunControl } from './control/run-control.ts';
import { EXIT_FAILURE, exitCodeOfSignal, onStopSignals } from './exit-codes.ts';
import { isLiveOrigin } from './frame-origin.ts';
import { ProgressLine } from './progress-line.ts';
import { replayReport } from './replay-report.ts';
import { type ReplayOutcome, ReplayRun } from './replay-run.ts';
import type { ReplaySource } from './replay-source.ts';
import { RunAlerts } from './run-alerts.ts';
import type { RunFlags } from './run-flags.ts';
import type { ReplayRunOptions } from './run-options.ts';
import { type FundedSource, lockJournalOf, openJournalOf, withCapital } from './run-start.ts';
import { replayWithoutSurvival } from './without-survival.ts';

/** What a command adds to the flags that all of them share. */
export interface RunPlan {
  /** As control sockets and progress name the run. */
  readonly command: string;
  readonly flags: RunFlags;
  /** Not routed yet, with the capital of its strategy. */
  readonly source: ReplaySource;
  /** Event seconds per second; 0 is as fast as possible. */
  readonly speed: number;
  readonly scannerMode: ScannerMode;
}

/** Fails early where the report could not be written in the end. @throws InputError. */
export function requireWritableReport({ json }: RunFlags): void {
  if (json !== undefined && json !== '-') assertWritable(json);
}

/**
 * One run from its source to its report: memory, fills, journal, control socket, alerts, the threads themselves. Answers the
 * exit code. @throws InputError for flags, memory or journal that do not fit; as {@link ReplayRun.run}.
 */
export async function conductRun(plan: RunPlan): Promise<number> {
  const funded = await withCapital(plan.flags, plan.source);
  const lock = lockJournalOf(plan.flags);
  try {
    return await conductFunded(plan, funded);
  } finally {
    lock?.release();
  }
}

async function conductFunded(
  { command, flags, speed, scannerMode }: RunPlan,
  { source: made, memory }: FundedSource,
): Promise<number> {
  const recording = openJournalOf(flags, made);
  const progress = new ProgressLine(
    process.stderr,
    made.framesExpected,
    isLiveOrigin(made.origin) ? 'trading on' : 'replaying',
  );
  const say = (line: string) => progress.say(`dolphin: ${line}`);
  const thresholds = loadThresholds(flags.config ?? null, flags.set);
  const alerts = new RunAlerts(thresholds, made.inputs.config.initial_capital, say);
  const account = new CapitalOfEngine(made.inputs.config.initial_capital);
  const options: ReplayRunOptions = {
    ...made,
    recording,
    memory,
    wait: flags.wait,
    speed,
    scannerMode,
    onDayEnd: (day) => {
      account.onDayEnd(day);
      progress.dayEnded(day);
    },
    onTrades: (trades) => {
      account.onTrades(trades);
      alerts.onTrades(trades);
    },
    onAlarm: say,
  };
  for (const note of recording?.recovered?.notes ?? []) process.stderr.write(`dolphin: journal: ${note}\n`);
  const run = new ReplayRun(options);
  const control = await openRunControl({
    runDir: flags.runDir,
    command,
    subject: made.subject,
    framesExpected: made.framesExpected,
    isRecording: recording !== null,
    region: run.region,
    orders: run.orders,
    memory: memory === null ? null : () => run.memory,
    capital: () => account.capital,
    speed: isLive(made) ? null : speed,
    stop: () => run.stop(),
  });
  return await conduct(run, options, { flags, control, progress, alerts });
}

/** Event time is wall-clock time: frames come as they are made, under live rules. */
function isLive({ origin, rules }: ReplaySource): boolean {
  return rules === 'live' && isLiveOrigin(origin);
}

interface Conduct {
  readonly flags: RunFlags;
  readonly control: RunControl | null;
  readonly progress: ProgressLine;
  readonly alerts: RunAlerts;
}

/** Runs to the end or to a stop, and writes what came of it. The exit code is 1 where the memory lacks results. */
async function conduct(
  run: ReplayRun,
  options: ReplayRunOptions,
  { flags, control, progress, alerts }: Conduct,
): Promise<number> {
  let running = run;
  let isStored = true;
  const signals = onStopSignals(() => running.stop());
  progress.start(() => run.framesStepped);
  try {
    const outcome = await run.run().finally(() => progress.clear());
    const without = await resultWithout(options, outcome, (other) => {
      running = other;
      progress.start(() => other.framesStepped);
    }).finally(() => progress.clear());
    const report = replayReport(options, outcome, run.region, {
      without,
      alerts: alerts.ofRun(outcome.engine.run.trades),
    });
    isStored = report.memory === undefined;
    if (flags.json !== undefined) writeJson(flags.json, reportJson(report));
    if (flags.json !== '-') {
      process.stdout.write(summary(report, { columns: process.stdout.columns ?? 80, color: process.stdout.isTTY }));
    }
  } finally {
    await control?.close();
    signals.release();
  }
  const wasStopped = control?.isStoppedByClient === true ? 'SIGINT' : null;
  const signal = signals.received ?? wasStopped; // `dolphin stop` is the same wish as Ctrl-C
  if (signal !== null) return exitCodeOfSignal(signal);
  return isStored ? 0 : EXIT_FAILURE; // the report is whole, and the next run would go on with another capital
}

/**
 * What a survival stack is compared with: the same replay without it. Null where there was no stack, where the run was stopped,
 * for a live source, which does not come again, and for a routed journal, whose reports answer the orders of that run alone.
 */
async function resultWithout(
  options: ReplayRunOptions,
  { engine }: ReplayOutcome,
  onStart: (run: ReplayRun) => void,
): Promise<WithoutSurvival | null> {
  const { origin, inputs } = options;
  const comesAgain = origin.kind === 'days' || (origin.kind === 'journal' && inputs.routed === undefined);
  if (engine.survival === null || !engine.complete || !comesAgain) return null;
  return await replayWithoutSurvival({ ...options, memory: null }, onStart);
}

function writeJson(target: string, text: string): void {
  if (target === '-') process.stdout.write(text);
  else writeReport(target, text);
}
