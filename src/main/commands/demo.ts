import { accessSync, constants, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dayFromDate } from '../../model/time.ts';
import { demoSummary } from '../../report/demo-summary.ts';
import { reportJson } from '../../report/json.ts';
import { writeReport } from '../../report/output-file.ts';
import { loadStrategy } from '../config/load-config.ts';
import { exitCodeOfSignal, onStopSignals } from '../exit-codes.ts';
import { replayReport } from '../replay-report.ts';
import { ReplayRun } from '../replay-run.ts';
import { sourceFromDays } from '../replay-source.ts';
import type { ReplayRunOptions } from '../run-options.ts';
import { StatusLine } from '../status-line.ts';
import { DEFAULT_SYNTHETIC } from '../synthetic-defaults.ts';
import { makeSyntheticFolder } from '../synthetic-folder.ts';

export interface DemoFlags {
  /** Run directory; without one `runs/demo`, or a temporary folder where that cannot be written. */
  readonly out?: string;
}

/** `dolphin demo`, what `npm start` runs: one synthetic day through the worker threads. Answers the exit code. */
export async function demoCommand(flags: DemoFlags): Promise<number> {
  const runDir = flags.out ?? defaultRunDir();
  const dataDir = join(runDir, 'data');
  await makeDay(dataDir);
  const strategy = loadStrategy(null, []);
  const { from } = DEFAULT_SYNTHETIC;
  const source = await sourceFromDays(strategy, { data: dataDir, from, to: from, configName: 'champion' });
  const options: ReplayRunOptions = {
    ...source,
    recording: null,
    wait: 'park',
    speed: 0,
    scannerMode: 'ahead',
    onDayEnd: () => undefined,
    onAlarm: () => undefined,
  };
  const run = new ReplayRun(options);
  const signals = onStopSignals(() => run.stop());
  try {
    const report = replayReport(options, await run.run(), run.region);
    writeReport(join(runDir, 'report.json'), reportJson(report));
    process.stdout.write(demoSummary(report, { dataDir }));
  } finally {
    signals.release();
  }
  return signals.received === null ? 0 : exitCodeOfSignal(signals.received);
}

/** The same day at every run: made once, then found again by its mark. */
async function makeDay(dir: string): Promise<void> {
  const line = new StatusLine(process.stderr);
  const { seed, assets, intervalMs, from } = DEFAULT_SYNTHETIC;
  const folder = {
    dir,
    days: [dayFromDate(from)],
    seed,
    assets,
    intervalMs,
    withSignals: true,
    withBook: false,
    withBars: false,
  };
  const onDay = (date: string) => line.show(`making the synthetic day ${date}`);
  await makeSyntheticFolder(folder, { force: true, isStopped: () => false, onDay }).finally(() => line.clear());
}

function defaultRunDir(): string {
  const dir = join('runs', 'demo');
  try {
    mkdirSync(dir, { recursive: true });
    accessSync(dir, constants.W_OK);
    return dir;
  } catch {
    return mkdtempSync(join(tmpdir(), 'dolphin-demo-'));
  }
}
