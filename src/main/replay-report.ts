import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DayResult } from '../model/day-result.ts';
import type { ReportAlert } from '../model/metric-alert.ts';
import type { FileDigest, Report, ReportJournal, ReportMemory } from '../model/report.ts';
import type { WithoutSurvival } from '../model/survival-report.ts';
import type { RunInputs } from '../replay/journal/run-inputs.ts';
import { buildReport } from '../report/build-report.ts';
import type { Region } from '../shm/region.ts';
import { readStages } from '../shm/stage-histogram.ts';
import { nameWithInterval } from './config/load-config.ts';
import type { ReplayOutcome } from './replay-run.ts';
import type { ReplayRunOptions } from './run-options.ts';

/** What was found out beside the run. */
export interface ReportBeside {
  /** The same replay without its survival stack; null where there is none to compare with. Default null. */
  readonly without?: WithoutSurvival | null;
  /** Of the whole run, in order; absent where nobody watched. */
  readonly alerts?: readonly ReportAlert[];
}

/** The report of a replay that is over. */
export function replayReport(
  options: ReplayRunOptions,
  outcome: ReplayOutcome,
  region: Region,
  { without = null, alerts }: ReportBeside = {},
): Report {
  const { inputs, universe, origin, tables } = options;
  const { engine, execution, marketData } = outcome;
  const { bars, seconds } = engine.span;
  const stages = readStages(region);
  const step = stages.find(({ stage }) => stage === 'step');
  return buildReport(engine.run, {
    source: {
      dir: inputs.source.dir,
      from: inputs.source.from,
      to: lastDate(inputs, engine.run.days),
      ...(origin.kind === 'journal' ? { journal: origin.journalled.dir } : {}),
      files: marketData.files,
      beside: [...(tables === null ? [] : tableDigests(tables)), ...marketData.books],
      synthetic: inputs.source.synthetic,
    },
    strategy: nameWithInterval(inputs.strategy, inputs.barIntervalMs),
    paramHash: inputs.paramHash,
    stateHash: engine.stateHash,
    config: inputs.config,
    barIntervalMs: inputs.barIntervalMs,
    universe,
    complete: engine.complete,
    survival: engine.survival === null ? undefined : { ...engine.survival, without },
    alerts,
    ...(outcome.feed === null ? {} : { feed: outcome.feed }),
    journal: journalOf(options, outcome),
    memory: lackOf(outcome),
    ...(execution.routed === null ? {} : { routed: execution.routed }),
    timing: {
      bars,
      seconds,
      barsPerSecond: seconds > 0 ? bars / seconds : 0,
      secondsWaitedForFiles: marketData.secondsWaitedForFiles,
      lostWakes: outcome.lostWakes,
      stepNs: { p50: step?.p50 ?? 0, p99: step?.p99 ?? 0, p999: step?.p999 ?? 0, max: step?.max ?? 0 },
      stages,
      collections: [...outcome.collections].map(([thread, count]) => ({ thread, ...count })),
    },
  });
}

/** Undefined where every result is stored: a report does not depend on where that is. */
function lackOf({ memory }: ReplayOutcome): ReportMemory | undefined {
  if (memory === null || memory.report.unwritten === 0) return undefined;
  const { store, unwritten } = memory.report;
  return { where: store.where, unwritten };
}

function journalOf({ recording }: ReplayRunOptions, { journal, shadow }: ReplayOutcome): ReportJournal | undefined {
  if (recording === null || journal === null || shadow === null) return undefined;
  const { steps, agreeing, unverified, firstMismatch, failures } = shadow;
  return {
    dir: recording.dir,
    fsync: recording.fsync,
    records: { engine: journal.lastSequences.engine + 1, execution: journal.lastSequences.execution + 1 },
    isResumed: recording.recovered !== null,
    shadow: { steps, agreeing, unverified, mismatch: firstMismatch?.difference ?? null, failures },
  };
}

/** Of a run that read no files, and of its journal: nobody knew the last day before it came. */
function lastDate({ source }: RunInputs, days: readonly DayResult[]): string {
  return source.files.length > 0 ? source.to : (days.at(-1)?.date ?? source.to);
}

/** Digests of the tables that lie beside the days. */
function tableDigests(dir: string): FileDigest[] {
  return ['factors.csv', 'safety.csv'].flatMap((name) => {
    const path = join(dir, name);
    if (!existsSync(path)) return [];
    return [{ name, sha256: createHash('sha256').update(readFileSync(path)).digest('hex') }];
  });
}
