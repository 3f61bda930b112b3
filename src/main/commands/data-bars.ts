import { mkdirSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type GroupColumn, type GroupValues, writeParquetGroups } from '../../adapters/archive/parquet-groups.ts';
import { readTradeFile, type TradeClock } from '../../adapters/parquet/read-trades.ts';
import { InputError } from '../../model/input-error.ts';
import { dateFromDay } from '../../model/time.ts';
import { BarBuilder } from '../../replay/bars/bar-builder.ts';
import { type BarConfig, DEFAULT_BARS, MAX_BAR_ASSETS } from '../../replay/bars/bar-config.ts';
import type { BarCounters } from '../../replay/bars/bar-counters.ts';
import type { BarEdge } from '../../replay/bars/grid.ts';
import { MergedTrades } from '../../replay/bars/merge-trades.ts';
import { type BarRows, RowGroups } from '../../replay/bars/row-groups.ts';
import { createTradeEvent } from '../../replay/bars/trade-event.ts';
import { plural } from '../../report/words.ts';
import { exitCodeOfSignal, onStopSignals } from '../exit-codes.ts';
import { StatusLine } from '../status-line.ts';

const INTERVAL_NS = { '0.1s': 100_000_000, '5s': 5_000_000_000 } as const;
/** Bounds memory: 86 MB of columns at 400 assets. */
const ROWS_PER_GROUP = 9_000;
const DAY_FILE = /^\d{4}-\d{2}-\d{2}\.parquet$/;
/** `<market>_<SYMBOL>_trades.parquet`. */
const TRADE_FILE = /^[^_]+_(.+)_trades\.parquet$/;
const ASSET_SUFFIX = 'USDT';
/** Where a replay looks for 0.1 s bars beside its days. */
const BARS_FOLDER = 'bars';

export interface DataBarsFlags {
  /** `FILE` or `SYMBOL=FILE`, at least one. */
  readonly trades: readonly string[];
  readonly interval: keyof typeof INTERVAL_NS;
  readonly out: string;
  readonly clock: TradeClock;
  readonly edge: BarEdge;
  /** Milliseconds. */
  readonly tolerance: number;
  /** Seconds. */
  readonly silence: number;
}

/** `dolphin data bars`: files of trades to days in the layout of a replay. Answers the exit code. */
export async function dataBarsCommand(flags: DataBarsFlags): Promise<number> {
  const files = tradeFiles(flags.trades);
  prepareOutput(flags.out);
  const line = new StatusLine(process.stderr);
  const stop = new AbortController();
  const signals = onStopSignals(() => stop.abort());
  const days: WrittenDay[] = [];
  try {
    const sources = files.map(({ symbol, path }, index) => {
      line.show(`reading ${symbol}, ${index + 1} of ${files.length}`);
      return readTradeFile(path, flags.clock);
    });
    const rows = new RowGroups(files.length, ROWS_PER_GROUP);
    const builder = new BarBuilder(barConfig(flags, files.length), rows);
    const symbols = files.map(({ symbol }) => symbol);
    const groups = groupsOf(new MergedTrades(sources), builder, rows);
    await writeDays(flags.out, symbols, groups, stop.signal, (day) => {
      days.push(day);
      line.show(`written ${day.date}`);
    });
    line.clear();
    if (days.length === 0) {
      throw new InputError(`--trades: the trades span no complete bar of ${flags.interval}, nothing was written`);
    }
    process.stdout.write(describe(flags, symbols, days, builder.counters));
    return 0;
  } catch (error) {
    line.clear();
    if (signals.received === null) throw error;
    process.stderr.write(`dolphin: stopped after ${plural(days.length, 'whole day')}\n`);
    return exitCodeOfSignal(signals.received);
  } finally {
    signals.release();
  }
}

interface NamedFile {
  readonly symbol: string;
  readonly path: string;
}

function tradeFiles(flags: readonly string[]): NamedFile[] {
  const files = flags.map(namedFile);
  const seen = new Set<string>();
  for (const { symbol, path } of files) {
    if (seen.has(symbol))
      throw new InputError(`--trades ${path}: symbol ${symbol} is there twice, symbols must differ`);
    seen.add(symbol);
    if (!symbol.endsWith(ASSET_SUFFIX)) {
      throw new InputError(
        `--trades ${path}: symbol ${symbol} must end in ${ASSET_SUFFIX} to be a column of a day; another name can be given as NAME${ASSET_SUFFIX}=FILE`,
      );
    }
  }
  if (files.length > MAX_BAR_ASSETS) {
    throw new InputError(`--trades: ${files.length} files, must be at most ${MAX_BAR_ASSETS}`);
  }
  return files;
}

function namedFile(flag: string): NamedFile {
  const named = /^([A-Z0-9_]+)=(.+)$/.exec(flag);
  if (named !== null) return { symbol: named[1] as string, path: named[2] as string };
  const symbol = TRADE_FILE.exec(basename(flag))?.[1];
  if (symbol !== undefined) return { symbol, path: flag };
  throw new InputError(
    `--trades ${flag}: the name tells no symbol, must be <market>_<SYMBOL>_trades.parquet or be given as SYMBOL=FILE`,
  );
}

function prepareOutput(out: string): void {
  try {
    mkdirSync(out, { recursive: true });
  } catch (cause) {
    throw new InputError(`--out ${out}: cannot be made (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
  const present = readdirSync(out).filter((name) => DAY_FILE.test(name));
  if (present.length > 0) {
    throw new InputError(
      `--out ${out}: holds ${present.length} day files already, must have none: choose an empty folder`,
    );
  }
}

function barConfig({ interval, edge, tolerance, silence }: DataBarsFlags, assets: number): BarConfig {
  const toleranceNs = tolerance * 1_000_000;
  const scanNs = INTERVAL_NS[interval];
  return { ...DEFAULT_BARS, assets, barNs: null, scanNs, edge, toleranceNs, silenceNs: silence * 1_000_000_000 };
}

/** Drives the builder as far as the next group needs. */
function* groupsOf(trades: MergedTrades, builder: BarBuilder, rows: RowGroups): Generator<BarRows, void> {
  const event = createTradeEvent();
  while (trades.next(event)) {
    builder.add(event);
    for (let group = rows.take(); group !== undefined; group = rows.take()) yield group;
  }
  builder.drain();
  rows.end();
  for (let group = rows.take(); group !== undefined; group = rows.take()) yield group;
}

interface WrittenDay {
  readonly date: string;
  readonly rows: number;
}

async function writeDays(
  out: string,
  symbols: readonly string[],
  groups: Generator<BarRows, void>,
  signal: AbortSignal,
  onDay: (day: WrittenDay) => void,
): Promise<void> {
  const columns: GroupColumn[] = [
    { name: 'timestamp', type: 'integer' },
    { name: 'scan_number', type: 'integer' },
    ...symbols.map((name) => ({ name, type: 'price' as const })),
    ...symbols.map((name) => ({ name: `${name}_volume`, type: 'value' as const })),
    ...symbols.map((name) => ({ name: `${name}_trades`, type: 'integer' as const })),
  ];
  let next = groups.next();
  while (!next.done) {
    const { day } = next.value;
    let rows = 0;
    const groupsOfDay = function* (): Generator<GroupValues[]> {
      while (!next.done && next.value.day === day) {
        signal.throwIfAborted(); // the unfinished day leaves nothing behind
        const group = next.value;
        rows += group.stampsNs.length;
        yield [group.stampsNs, group.scanNumbers, ...group.prices, ...group.volumes, ...group.trades];
        next = groups.next();
      }
    };
    const date = dateFromDay(day);
    await writeParquetGroups(join(out, `${date}.parquet`), columns, groupsOfDay());
    onDay({ date, rows });
  }
}

function describe(
  { out, interval, clock, edge }: DataBarsFlags,
  symbols: readonly string[],
  days: readonly WrittenDay[],
  counters: BarCounters,
): string {
  const sum = (counts: Float64Array) => counts.reduce((total, count) => total + count, 0);
  const rows = days.reduce((total, day) => total + day.rows, 0);
  const counted = (
    [
      [sum(counters.duplicates), 'dropped: the same id came before'],
      [sum(counters.forgotten), 'dropped: too far behind to tell whether they came before'],
      [sum(counters.invalid), 'dropped: price or quantity not usable'],
      [sum(counters.late), 'late: came after their bar, in no volume'],
      [sum(counters.outOfOrder), 'came out of order'],
    ] as const
  ).filter(([count]) => count > 0);
  const gaps =
    counters.gaps === 0 ? [] : [`  ${plural(counters.gaps, 'gap')}: ${plural(counters.skipped, 'bar')} not written`];
  return [
    `${out}: ${plural(days.length, 'day')}, ${plural(rows, 'bar')} of ${interval}, ${plural(symbols.length, 'asset')}, ${clock} clock, ${edge} edge`,
    `  ${plural(sum(counters.accepted), 'trade')} in bars; ${plural(sum(counters.carried), 'price')} carried over bars without a trade`,
    ...counted.map(([count, words]) => `  ${plural(count, 'trade')} ${words}`),
    ...gaps,
    nextCommands(out, interval),
    '',
  ].join('\n');
}

/** 0.1 s bars in a folder `bars` lie beside scans; elsewhere they are days of their own. */
function nextCommands(out: string, interval: DataBarsFlags['interval']): string {
  if (interval === '0.1s' && basename(out) === BARS_FOLDER) {
    return `Next: npx dolphin replay --data ${dirname(out)} --set resolution=hybrid`;
  }
  const flag = interval === '5s' ? '' : ' --bar-interval auto';
  return `Next: npx dolphin data check --data ${out}${flag}\n      npx dolphin replay --data ${out}${flag}`;
}
