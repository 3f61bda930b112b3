import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileDigest, Report, ReportJournal } from '../model/report.ts';
import { buildReport } from '../report/build-report.ts';
import type { Region } from '../shm/region.ts';
import { readStages } from '../shm/stage-histogram.ts';
import { nameWithInterval } from './config/load-config.ts';
import type { ReplayOutcome, ReplayRunOptions } from './replay-run.ts';

/** The report of a replay that is over. */
export function replayReport(options: ReplayRunOptions, outcome: ReplayOutcome, region: Region): Report {
  const { inputs, universe } = options;
  const { engine, marketData } = outcome;
  const { bars, seconds } = engine.span;
  const stages = readStages(region);
  const step = stages.find(({ stage }) => stage === 'step');
  return buildReport(engine.run, {
    source: {
      dir: inputs.source.dir,
      from: inputs.source.from,
      to: inputs.source.to,
      ...(options.source === null ? {} : { journal: options.source.dir }),
      files: marketData.files,
      beside: options.source === null ? [...tableDigests(inputs.source.dir), ...marketData.books] : [],
      synthetic: inputs.source.synthetic,
    },
    strategy: nameWithInterval(inputs.strategy, inputs.barIntervalMs),
    paramHash: inputs.paramHash,
    stateHash: engine.stateHash,
    config: inputs.config,
    barIntervalMs: inputs.barIntervalMs,
    universe,
    complete: engine.complete,
    journal: journalOf(options, outcome),
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

/** Digests of the tables that lie beside the days. */
function tableDigests(dir: string): FileDigest[] {
  return ['factors.csv', 'safety.csv'].flatMap((name) => {
    const path = join(dir, name);
    if (!existsSync(path)) return [];
    return [{ name, sha256: createHash('sha256').update(readFileSync(path)).digest('hex') }];
  });
}
