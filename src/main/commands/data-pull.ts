import { createInterface } from 'node:readline/promises';
import { describeEstimate, estimatePull, missingError, type PullEstimate } from '../../adapters/archive/estimate.ts';
import type { PullInterval, PullOptions, PullProgress } from '../../adapters/archive/options.ts';
import { type PullResult, pull } from '../../adapters/archive/pull.ts';
import { InputError } from '../../model/input-error.ts';
import { createLastPriceBars } from '../../replay/aggregate/last-price-bars.ts';
import { plural } from '../../report/words.ts';
import { exitCodeOfSignal, onStopSignals } from '../exit-codes.ts';
import { StatusLine } from '../status-line.ts';

/** More than this is downloaded only after a yes. */
const ASK_ABOVE_BYTES = 200_000_000;

export interface DataPullFlags {
  readonly out: string;
  readonly from: string;
  readonly to: string;
  readonly symbols?: readonly string[];
  readonly top?: number;
  readonly candidates?: readonly string[];
  readonly interval: PullInterval;
  readonly book?: boolean;
  readonly yes?: boolean;
  readonly estimate?: boolean;
  readonly url?: string;
  readonly cache?: string;
  readonly concurrency?: number;
  readonly allowMissing?: boolean;
  readonly allowChecksumMismatch?: boolean;
}

/** `dolphin data pull`: the public archive's days in the layout of a replay. Answers the exit code. */
export async function dataPullCommand(flags: DataPullFlags): Promise<number> {
  const line = new StatusLine(process.stderr);
  const stop = new AbortController();
  const options = pullOptions(flags, (progress) => line.show(progressText(progress)), stop.signal);
  const signals = onStopSignals(() => stop.abort());
  try {
    const estimate = await estimatePull(options).finally(() => line.clear());
    process.stdout.write(`${describeEstimate(estimate)}\n`);
    if (estimate.missing.length > 0 && flags.allowMissing !== true) throw missingError(estimate.missing);
    if (flags.estimate === true) return 0;
    if (!(await isAgreed(estimate, flags, stop.signal))) {
      process.stdout.write('Nothing was downloaded.\n');
      return 0;
    }
    const result = await pull(options, createLastPriceBars, estimate).finally(() => line.clear());
    process.stdout.write(describeResult(result, flags));
    return 0;
  } catch (error) {
    line.clear();
    if (signals.received === null) throw error;
    process.stderr.write('dolphin: stopped; what was downloaded is kept, the same command goes on from there\n');
    return exitCodeOfSignal(signals.received);
  } finally {
    signals.release();
  }
}

function pullOptions(
  flags: DataPullFlags,
  onProgress: (progress: PullProgress) => void,
  signal: AbortSignal,
): PullOptions {
  const { symbols, top, candidates } = flags;
  if ((symbols === undefined) === (top === undefined)) {
    throw new InputError('data pull: give either --symbols or --top, exactly one of them');
  }
  if (candidates !== undefined && top === undefined) throw new InputError('--candidates: only goes with --top');
  return {
    symbols: symbols ?? { top: top as number, ...(candidates === undefined ? {} : { candidates }) },
    from: flags.from,
    to: flags.to,
    interval: flags.interval,
    withBook: flags.book === true,
    out: flags.out,
    allowMissing: flags.allowMissing === true,
    allowChecksumMismatch: flags.allowChecksumMismatch === true,
    ...(flags.url === undefined ? {} : { baseUrl: flags.url }),
    ...(flags.cache === undefined ? {} : { cacheDir: flags.cache }),
    ...(flags.concurrency === undefined ? {} : { concurrency: flags.concurrency }),
    onProgress,
    signal,
  };
}

async function isAgreed({ bytes }: PullEstimate, flags: DataPullFlags, signal: AbortSignal): Promise<boolean> {
  if (bytes <= ASK_ABOVE_BYTES || flags.yes === true) return true;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new InputError(
      `data pull: more than ${ASK_ABOVE_BYTES / 1e6} MB to download needs --yes where nobody can be asked`,
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // A terminal in raw mode hands Ctrl-C to readline, not to the process.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    const answer = await terminal.question('Download? [y/N] ', { signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

function progressText({ phase, done, total, bytesDone, bytesTotal }: PullProgress): string {
  const of = `${done} of ${total}`;
  if (phase === 'universe') return `choosing the universe: ${of} files`;
  if (phase === 'estimate') return `asking for sizes: ${of} files`;
  if (phase === 'build') return `writing days: ${of}`;
  return `downloading: ${of} files, ${megabytes(bytesDone)} of ${megabytes(bytesTotal)} MB`;
}

function describeResult({ out, days, symbols, bytesDownloaded }: PullResult, { interval }: DataPullFlags): string {
  const flag = interval === '5s' ? '' : ' --bar-interval auto';
  return (
    `${out}: ${plural(days.length, 'day')} of ${interval} bars, ${plural(symbols.length, 'asset')}, ` +
    `${megabytes(bytesDownloaded)} MB downloaded\n` +
    `Next: npx dolphin data check --data ${out}${flag}\n      npx dolphin replay --data ${out}${flag}\n`
  );
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
