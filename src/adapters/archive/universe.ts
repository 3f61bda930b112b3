import { InputError } from '../../model/input-error.ts';
import { dateFromDay, dayFromDate } from '../../model/time.ts';
import { DEFAULT_CANDIDATES } from './candidates.ts';
import { type Downloaded, type DownloadSettings, download } from './download.ts';
import { DownloadQueue } from './download-queue.ts';
import { sumQuoteVolume } from './klines.ts';
import { type ArchiveFile, dailyKlinesFile, monthlyKlinesFile } from './layout.ts';
import type { PullSettings, TopUniverse } from './options.ts';

interface Month {
  /** `YYYY-MM`. */
  readonly name: string;
  readonly dayFrom: number;
  readonly dayTo: number;
}

/**
 * Symbols of a pull: those named, or the candidates of greatest quote volume in the calendar month before the first
 * day, by falling volume (ties by name). Nothing of the pulled days enters the choice.
 *
 * The month comes from monthly files, or from daily ones while the month is not published for any candidate.
 * A candidate without files did not trade then and drops out.
 *
 * @throws InputError when fewer candidates traded than are asked for.
 */
export async function chooseUniverse(settings: PullSettings, downloads: DownloadSettings): Promise<readonly string[]> {
  const { symbols } = settings;
  if (!('top' in symbols)) return symbols;
  const candidates = [...new Set(symbols.candidates ?? DEFAULT_CANDIDATES)];
  const month = monthBefore(settings.dayFrom);
  const fetch = volumeFetcher(settings, downloads, candidates.length);
  let volumes = await fetch(candidates, (symbol) => [monthlyKlinesFile(symbol, month.name)], month);
  if (volumes.every((volume) => volume === 0)) {
    const days = Array.from({ length: month.dayTo - month.dayFrom + 1 }, (_, i) => month.dayFrom + i);
    volumes = await fetch(candidates, (symbol) => days.map((day) => dailyKlinesFile(symbol, '1d', day)), month);
  }
  return rank(symbols, candidates, volumes, month);
}

type FetchVolumes = (
  candidates: readonly string[],
  filesOf: (symbol: string) => ArchiveFile[],
  month: Month,
) => Promise<number[]>;

function volumeFetcher(settings: PullSettings, downloads: DownloadSettings, total: number): FetchVolumes {
  return (candidates, filesOf, month) => {
    const queue = new DownloadQueue(settings.concurrency);
    let done = 0;
    const volumeOf = async (symbol: string): Promise<number> => {
      let sum = 0;
      for (const file of filesOf(symbol)) {
        const found: Downloaded | null = await download(file, downloads);
        if (found !== null) sum += await sumQuoteVolume(found.path, month.dayFrom, month.dayTo);
      }
      settings.onProgress({ phase: 'universe', done: ++done, total, bytesDone: 0, bytesTotal: 0 });
      return sum;
    };
    return Promise.all(candidates.map((symbol) => queue.run(() => volumeOf(symbol))));
  };
}

function rank(
  { top }: TopUniverse,
  candidates: readonly string[],
  volumes: readonly number[],
  month: Month,
): readonly string[] {
  const traded = candidates
    .map((symbol, i) => ({ symbol, volume: volumes[i] as number }))
    .filter(({ volume }) => volume > 0)
    .sort((a, b) => b.volume - a.volume || (a.symbol < b.symbol ? -1 : 1));
  if (traded.length < top) {
    throw new InputError(
      `top: ${top} symbols asked for, but only ${traded.length} of ${candidates.length} candidates have klines in ` +
        `${month.name}; ask for fewer or name more candidates`,
    );
  }
  return traded.slice(0, top).map(({ symbol }) => symbol);
}

/** The calendar month before the one that holds `day`. */
function monthBefore(day: number): Month {
  const dayTo = dayFromDate(`${dateFromDay(day).slice(0, 7)}-01`) - 1;
  const name = dateFromDay(dayTo).slice(0, 7);
  return { name, dayFrom: dayFromDate(`${name}-01`), dayTo };
}
