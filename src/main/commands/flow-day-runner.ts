import { join } from 'node:path';
import { listDayFiles } from '../../adapters/day-folder/list.ts';
import { inspectDay, type PlannedDay } from '../../adapters/day-folder/plan.ts';
import { deriveRunParams } from '../../engine/run-params.ts';
import type { DayRunner, FlowStrategy, LoadedDay } from '../../flows/day-runner.ts';
import { scanWarmed } from '../../flows/warm-scanner.ts';
import type { DayResult } from '../../model/day-result.ts';
import { InputError } from '../../model/input-error.ts';
import type { SafetyRow } from '../../model/safety.ts';
import { dayFromDate } from '../../model/time.ts';
import { plural } from '../../report/words.ts';
import { scannerThresholds } from '../../workers/scan-day.ts';
import { writeBlockFile } from '../block-file.ts';
import { type LoadedStrategy, loadStrategy } from '../config/load-config.ts';
import { plannedDays } from '../frame-origin.ts';
import { ReplayRun } from '../replay-run.ts';
import { type ReplaySource, sourceFromDays } from '../replay-source.ts';
import { openScratch } from './flow-scratch.ts';

export interface ReplayDayOptions {
  readonly data: string;
  /** Strategy in YAML; null for the champion. */
  readonly config: string | null;
  readonly barInterval: number | 'auto' | undefined;
}

interface ReadyDay extends LoadedDay {
  readonly source: ReplaySource;
}

/** The days of a folder, traded by the same replay through the worker threads as `dolphin replay`. */
export class ReplayDayRunner implements DayRunner {
  private readonly options: ReplayDayOptions;

  constructor(options: ReplayDayOptions) {
    this.options = options;
  }

  loadStrategy(): FlowStrategy {
    const { name, paramHash, config } = this.strategy();
    return { name, paramHash, initialCapital: config.initial_capital };
  }

  async load(date: string, signal: AbortSignal): Promise<ReadyDay> {
    const strategy = this.strategy();
    const alone = await this.sourceOf(strategy, date, date);
    const file = fileOf(alone, date, this.options.data);
    const day = {
      date,
      earlier: listDayFiles({ dir: this.options.data, to: date })
        .map((each) => each.date)
        .slice(0, -1), // the last one is the day's own
      scans: file.rows,
      safety: rowOf(alone.inputs.safety, date),
      notes: [],
      dispose: () => undefined,
    };
    if (file.hasSignals) return { ...day, source: alone };
    // Signals of a price-only day hang on the days before: the series is the whole folder up to this day.
    const series = await this.sourceOf(strategy, undefined, date);
    return { ...day, ...(await scannedDay(series, date, this.options.data, signal)) };
  }

  async run(day: LoadedDay, capital: number, safety: SafetyRow | null, signal: AbortSignal): Promise<DayResult> {
    const { source } = day as ReadyDay;
    const { inputs } = source;
    const config = { ...inputs.config, initial_capital: capital };
    const run = new ReplayRun({
      ...source,
      inputs: { ...inputs, config, safety: safety === null ? [] : [safety] },
      recording: null,
      wait: 'park',
      speed: 0,
      scannerMode: 'ahead',
      onDayEnd: () => undefined,
      onAlarm: () => undefined,
    });
    const stop = () => run.stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      signal.throwIfAborted();
      const { engine } = await run.run();
      signal.throwIfAborted(); // what was cut short is no day
      if (!engine.complete) throw new Error(`${day.date}: the replay ended before its data`);
      const result = engine.run.days.find(({ date }) => date === day.date);
      if (result === undefined) throw new InputError(`${day.date}: its file has no scan that a replay accepts`);
      return result;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  private strategy(): LoadedStrategy {
    const strategy = loadStrategy(this.options.config, []);
    const { carry_positions, scanner_rate } = strategy.config;
    const where = this.options.config ?? 'champion';
    if (carry_positions) {
      throw new InputError(`${where}: carry_positions must be false in a flow: a day hands on capital, no position`);
    }
    if (scanner_rate !== '5s') {
      throw new InputError(`${where}: scanner_rate must be 5s in a flow, which warms no other, was ${scanner_rate}`);
    }
    return strategy;
  }

  private sourceOf(strategy: LoadedStrategy, from: string | undefined, to: string): Promise<ReplaySource> {
    const { data, barInterval, config } = this.options;
    return sourceFromDays(strategy, { data, from, to, barInterval, configName: config ?? 'champion' });
  }
}

/** The day with its scan columns, in a file of its own that the replay reads in place of the price-only one. */
async function scannedDay(
  series: ReplaySource,
  date: string,
  data: string,
  signal: AbortSignal,
): Promise<Pick<ReadyDay, 'source' | 'notes' | 'dispose'>> {
  const { inputs, universe, origin } = series;
  const files = plannedDays(origin);
  const file = fileOf(series, date, data);
  const before = files.slice(0, -1).map((day) => ({ ...day, acceptedScans: acceptedScans(day, universe) }));
  const params = deriveRunParams(inputs.config, universe, inputs.barIntervalMs);
  const block = await scanWarmed(
    before,
    file,
    {
      universe,
      assets: universe.length,
      excluded: params.excluded,
      barIntervalMs: inputs.barIntervalMs,
      thresholds: scannerThresholds(inputs.config),
    },
    signal,
  );
  const scratch = openScratch();
  const path = join(scratch.dir, file.name);
  await writeBlockFile(path, block, { day: file.day, assets: universe, withSignals: true });
  return {
    source: { ...series, origin: { kind: 'days', files: [{ ...file, path, hasSignals: true }], ticks: null } },
    notes: [warmUpNote(before.length, before[0]?.date)],
    dispose: scratch.dispose,
  };
}

function acceptedScans({ barsPath: _bars, ...file }: PlannedDay, universe: readonly string[]): number {
  return inspectDay({ ...file, barsPath: null, bookPath: null }, universe).nsOfDay.length;
}

function warmUpNote(days: number, first: string | undefined): string {
  if (days === 0) return 'no day before it in the folder: the scanner begins cold, with no signal for its first scans';
  return `the scanner is warmed as by ${plural(days, 'day')} since ${first}`;
}

function fileOf({ origin }: ReplaySource, date: string, data: string): PlannedDay {
  const file = plannedDays(origin).at(-1);
  if (file?.date !== date) throw new InputError(`${data}: no day file ${date}.parquet`);
  return file;
}

function rowOf(rows: readonly SafetyRow[], date: string): SafetyRow | null {
  return rows.find(({ day }) => day === dayFromDate(date)) ?? null;
}
