import type { FillMode, VenueModel } from '../../model/fill-mode.ts';
import { InputError } from '../../model/input-error.ts';
import type { WithoutSurvival } from '../../model/survival-report.ts';
import type { FsyncPolicy } from '../../replay/journal/fsync-policy.ts';
import { reportJson } from '../../report/json.ts';
import { assertWritable, writeReport } from '../../report/output-file.ts';
import { summary } from '../../report/summary.ts';
import type { WaitMode } from '../../shm/idle.ts';
import type { ScannerMode } from '../../workers/messages.ts';
import { loadStrategy, loadThresholds } from '../config/load-config.ts';
import { openRunControl, type RunControl } from '../control/run-control.ts';
import { exitCodeOfSignal, onStopSignals } from '../exit-codes.ts';
import { type MemoryFlags, withMemory } from '../memory-start.ts';
import { ProgressLine } from '../progress-line.ts';
import { openRecording } from '../recording/open-recording.ts';
import type { Recording } from '../recording/recording.ts';
import { replayReport } from '../replay-report.ts';
import { type ReplayOutcome, ReplayRun, type ReplayRunOptions } from '../replay-run.ts';
import { type ReplaySource, sourceFromDays, sourceFromJournal } from '../replay-source.ts';
import { DEFAULT_SEED, routedSource } from '../routed-source.ts';
import { RunAlerts } from '../run-alerts.ts';
import { replayWithoutSurvival } from '../without-survival.ts';

const BYTES_PER_MIB = 2 ** 20;

export interface ReplayFlags extends MemoryFlags {
  readonly data?: string;
  readonly journal?: string;
  readonly from?: string;
  readonly to?: string;
  readonly config?: string;
  readonly set: readonly string[];
  readonly survival?: boolean;
  readonly json?: string;
  readonly fill: FillMode;
  readonly venue?: VenueModel;
  readonly seed?: number;
  readonly speed: number;
  readonly barInterval?: number | 'auto';
  readonly wait: WaitMode;
  readonly runDir?: string;
  readonly scanner: ScannerMode;
  readonly record?: string;
  readonly fsync: FsyncPolicy;
  readonly segmentMib: number;
}

/** `dolphin replay`: days, or a journal, through the ring, and what came of them. Answers the exit code. */
export async function replayCommand(flags: ReplayFlags): Promise<number> {
  checkFlags(flags);
  if (flags.json !== undefined && flags.json !== '-') assertWritable(flags.json);
  const { source, memory } = await withMemory(flags, await openSource(flags));
  const recording = openJournalOf(flags, source);
  const progress = new ProgressLine(process.stderr, source.framesExpected);
  const say = (line: string) => progress.say(`dolphin: ${line}`);
  const thresholds = loadThresholds(flags.config ?? null, flags.set);
  const alerts = new RunAlerts(thresholds, source.inputs.config.initial_capital, say);
  const options: ReplayRunOptions = {
    ...source,
    recording,
    memory,
    wait: flags.wait,
    speed: flags.speed,
    scannerMode: flags.scanner,
    onDayEnd: (day) => progress.dayEnded(day),
    onTrades: (trades) => alerts.onTrades(trades),
    onAlarm: say,
  };
  for (const note of recording?.recovered?.notes ?? []) process.stderr.write(`dolphin: journal: ${note}\n`);
  const run = new ReplayRun(options);
  const control = await openRunControl({
    runDir: flags.runDir,
    command: 'replay',
    subject: source.subject,
    framesExpected: source.framesExpected,
    isRecording: recording !== null,
    region: run.region,
    orders: run.orders,
    memory: memory === null ? null : () => run.memory,
    stop: () => run.stop(),
  });
  return await conduct(run, options, { flags, control, progress, alerts });
}

interface Conduct {
  readonly flags: ReplayFlags;
  readonly control: RunControl | null;
  readonly progress: ProgressLine;
  readonly alerts: RunAlerts;
}

/** Runs to the end or to a stop, and writes what came of it. */
async function conduct(
  run: ReplayRun,
  options: ReplayRunOptions,
  { flags, control, progress, alerts }: Conduct,
): Promise<number> {
  let running = run;
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
  return signal === null ? 0 : exitCodeOfSignal(signal);
}

/**
 * What a survival stack is compared with: the same replay without it. Null where there was no stack, where the run was stopped,
 * and for a routed journal, whose reports answer the orders of that run alone.
 */
async function resultWithout(
  options: ReplayRunOptions,
  { engine }: ReplayOutcome,
  onStart: (run: ReplayRun) => void,
): Promise<WithoutSurvival | null> {
  const isRoutedJournal = options.source !== null && options.inputs.routed !== undefined;
  if (engine.survival === null || !engine.complete || isRoutedJournal) return null;
  return await replayWithoutSurvival({ ...options, memory: null }, onStart);
}

function checkFlags({ fill, data, journal, record, resume, memory, adopt, ...flags }: ReplayFlags): void {
  const ofVenue = flags.venue !== undefined ? '--venue' : flags.seed !== undefined ? '--seed' : null;
  if (fill === 'analytic' && journal === undefined && ofVenue !== null) {
    throw new InputError(`${ofVenue} is for --fill routed: analytic fills ask no venue`);
  }
  if ((data === undefined) === (journal === undefined)) {
    throw new InputError('replay needs --data DIR or --journal DIR, one of them');
  }
  if (resume === true && record === undefined)
    throw new InputError('--resume goes on with a journal: --record DIR names it');
  if (adopt === true && memory === undefined) throw new InputError('--adopt is for --memory: it takes over its state');
  if (journal === undefined) return;
  if (memory !== undefined)
    throw new InputError('--journal replays a journal and writes nothing: --memory needs --data DIR');
  if (record !== undefined)
    throw new InputError('--journal replays a journal and keeps none: --record needs --data DIR');
  if (fill === 'routed' || ofVenue !== null) {
    throw new InputError(`${ofVenue ?? '--fill'} is for --data: a journal has its own fills`);
  }
  const { config, set, survival, from, to, barInterval } = flags;
  const given = {
    '--config': config,
    '--set': set[0],
    '--survival': survival,
    '--from': from,
    '--to': to,
    '--bar-interval': barInterval,
  };
  const misplaced = Object.entries(given).find(([, value]) => value !== undefined)?.[0];
  if (misplaced !== undefined)
    throw new InputError(`${misplaced} is for --data: a journal has its own strategy and days`);
}

async function openSource(flags: ReplayFlags): Promise<ReplaySource> {
  const { data, journal, from, to, barInterval, config } = flags;
  if (data === undefined) return sourceFromJournal(journal as string); // one of them is there: checkFlags
  const settings = flags.survival === true ? [...flags.set, 'survival=true'] : flags.set;
  const strategy = loadStrategy(config ?? null, settings);
  const source = await sourceFromDays(strategy, { data, from, to, barInterval, configName: config ?? '--set' });
  if (flags.fill === 'analytic') return source;
  return routedSource(source, { venue: flags.venue ?? 'bars', seed: flags.seed ?? DEFAULT_SEED });
}

function openJournalOf(flags: ReplayFlags, { inputs, universe }: ReplaySource): Recording | null {
  if (flags.record === undefined) return null;
  return openRecording({
    dir: flags.record,
    fsync: flags.fsync,
    segmentBytes: flags.segmentMib * BYTES_PER_MIB,
    resume: flags.resume === true,
    inputs,
    universe,
  });
}

function writeJson(target: string, text: string): void {
  if (target === '-') process.stdout.write(text);
  else writeReport(target, text);
}
