import { InputError } from '../../model/input-error.ts';
import { BAR_MS } from '../../model/resolution.ts';
import { dateFromDay, dayFromDate, MS_PER_DAY } from '../../model/time.ts';
import { BARS_PER_DAY } from '../../replay/synthetic/bars.ts';
import { plural } from '../../report/words.ts';
import { exitCodeOfSignal, onStopSignals } from '../exit-codes.ts';
import { StatusLine } from '../status-line.ts';
import { type MadeDays, makeSyntheticFolder, type SyntheticFolder } from '../synthetic-folder.ts';

export interface DataMakeFlags {
  readonly out: string;
  readonly days: number;
  readonly from: string;
  /** 1 to 400, as the command line has checked. */
  readonly assets: number;
  /** Milliseconds. */
  readonly interval: number;
  readonly seed: number;
  readonly book?: boolean;
  /** Length of bars between the scans; only 100ms. */
  readonly bars?: string;
  readonly pricesOnly?: boolean;
  readonly force?: boolean;
}

/** `dolphin data make`: labelled synthetic days in the layout of real ones. Answers the exit code. */
export async function dataMakeCommand(flags: DataMakeFlags): Promise<number> {
  const first = dayFromDate(flags.from);
  const folder: SyntheticFolder = {
    dir: flags.out,
    days: Array.from({ length: flags.days }, (_, i) => first + i),
    seed: flags.seed,
    assets: flags.assets,
    intervalMs: flags.interval,
    withSignals: flags.pricesOnly !== true,
    withBook: flags.book === true,
    withBars: flags.bars !== undefined,
  };
  if (folder.withBars && (folder.intervalMs % BAR_MS !== 0 || folder.intervalMs === BAR_MS)) {
    throw new InputError(`--interval: must be a multiple of ${BAR_MS} ms with --bars, was ${folder.intervalMs} ms`);
  }
  const line = new StatusLine(process.stderr);
  let isStopped = false;
  const signals = onStopSignals(() => {
    isStopped = true;
  });
  let begun = 0;
  const result = await makeSyntheticFolder(folder, {
    force: flags.force === true,
    isStopped: () => isStopped,
    onDay: (date) => line.show(`making ${date}, ${++begun} of ${flags.days}`),
  }).finally(() => {
    line.clear();
    signals.release();
  });
  process.stdout.write(describe(folder, result));
  return signals.received === null ? 0 : exitCodeOfSignal(signals.received);
}

function describe(folder: SyntheticFolder, { made, kept }: MadeDays): string {
  const { dir, days, assets, intervalMs, seed } = folder;
  const [first, last] = [dateFromDay(days[0] as number), dateFromDay(days.at(-1) as number)];
  const range = first === last ? first : `${first} to ${last}`;
  const bars = MS_PER_DAY / intervalMs;
  const parts = [
    folder.withSignals ? 'prices and scan columns' : 'prices only',
    ...(folder.withBook ? ['order-book snapshots every 30 s'] : []),
    ...(folder.withBars ? [`${plural(BARS_PER_DAY, 'bar')} of 0.1 s a day`] : []),
  ].join(', ');
  const keptText = kept.length === 0 ? '' : `; ${kept.length} already there and kept`;
  const missing = days.length - made.length - kept.length;
  const stopped = missing === 0 ? '' : `; stopped before the last ${missing}`;
  return [
    `${dir}: ${plural(made.length, 'synthetic day')} made${keptText}${stopped}`,
    `  ${range}, ${plural(bars, 'bar')} of ${intervalMs / 1000} s a day, ${plural(assets, 'asset')}, seed ${seed}`,
    `  ${parts}; marked by the file SYNTHETIC`,
    `Next: npx dolphin replay --data ${dir}${intervalMs === 5000 ? '' : ' --bar-interval auto'}${folder.withBars ? ' --set resolution=hybrid' : ''}`,
    '',
  ].join('\n');
}
