import { checkDayFolder, type DayCheck, type FolderCheck } from '../../adapters/day-folder/check.ts';
import { createChampionConfig } from '../../model/strategy.ts';
import { assertWritable, writeReport } from '../../report/output-file.ts';
import { alignRows } from '../../report/text-table.ts';
import { plural } from '../../report/words.ts';
import { EXIT_INPUT } from '../exit-codes.ts';

export interface DataCheckFlags {
  readonly data: string;
  readonly from?: string;
  readonly to?: string;
  readonly barInterval?: number | 'auto';
  readonly json?: string;
}

/** `dolphin data check`: reads all that a replay would read and tells what is there. Exit code 2 when it would refuse. */
export async function dataCheckCommand(flags: DataCheckFlags): Promise<number> {
  const { json } = flags;
  if (json !== undefined && json !== '-') assertWritable(json);
  const { bar_interval_ms: configBarIntervalMs, reference_asset: referenceAsset } = createChampionConfig();
  const { data: dir, from, to, barInterval } = flags;
  const check = await checkDayFolder({ dir, from, to, barInterval, configBarIntervalMs, referenceAsset });
  const text = `${JSON.stringify(check, null, 2)}\n`;
  if (json === '-') process.stdout.write(text);
  else {
    if (json !== undefined) writeReport(json, text);
    process.stdout.write(describe(check));
  }
  return errorsOf(check).length === 0 ? 0 : EXIT_INPUT;
}

function errorsOf({ errors, days }: FolderCheck): string[] {
  return [...errors, ...days.flatMap(({ error }) => (error === null ? [] : [error]))];
}

function describe(check: FolderCheck): string {
  const errors = errorsOf(check);
  const interval = Number.isNaN(check.measuredBarIntervalMs)
    ? 'bar interval not measurable'
    : `bars of ${check.measuredBarIntervalMs / 1000} s`;
  const verdict =
    errors.length === 0
      ? ['No errors: a replay will take this folder.']
      : [`${plural(errors.length, 'error')}: a replay would refuse.`, ...errors.map((error) => `  ${error}`)];
  const lines = [
    `${check.dir}${check.synthetic ? ' (SYNTHETIC days)' : ''}`,
    `${plural(check.days.length, 'day')}, ${plural(check.universe.length, 'asset')}, ${interval}`,
    ...(check.days.length === 0 ? [] : ['', ...dayTable(check.days)]),
    ...worstAssets(check.days),
    '',
    ...verdict,
  ];
  return `${lines.join('\n')}\n`;
}

function dayTable(days: readonly DayCheck[]): string[] {
  const titles = ['day', 'rows', 'first', 'last', 'gaps', 'repeated', 'invalid prices', 'scan columns', 'books'];
  const rows = days.map(({ name, findings }) =>
    findings === null
      ? [name, 'error']
      : [
          name,
          count(findings.rows),
          clock(findings.firstTs),
          clock(findings.lastTs),
          count(findings.gaps),
          count(findings.duplicates),
          count(findings.invalidPrices),
          findings.hasSignals ? 'yes' : 'no',
          count(findings.snapshots),
        ],
  );
  const aligns = ['left', 'right', 'left', 'left', 'right', 'right', 'right', 'left', 'right'] as const;
  return alignRows([titles, ...rows], aligns).map((line) => `  ${line}`);
}

/** Assets without valid prices, over all days, where there are any. */
function worstAssets(days: readonly DayCheck[]): string[] {
  const totals = new Map<string, number>();
  for (const { findings } of days) {
    for (const { symbol, invalidPrices } of findings?.worstAssets ?? []) {
      totals.set(symbol, (totals.get(symbol) ?? 0) + invalidPrices);
    }
  }
  const worst = [...totals].sort((a, b) => b[1] - a[1]).slice(0, 5);
  if (worst.length === 0) return [];
  return ['', `  most invalid prices: ${worst.map(([symbol, total]) => `${symbol} ${count(total)}`).join(', ')}`];
}

const count = (value: number) => value.toLocaleString('en-US');
/** `HH:MM:SS` of an ISO time. */
const clock = (iso: string) => iso.slice(11, 19);
