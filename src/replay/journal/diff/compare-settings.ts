import type { Instrument } from '../../../model/instrument.ts';
import type { SegmentHeader } from '../../../wire/segment-header.ts';
import type { RoutedInputs } from '../routed-inputs.ts';
import { decodeRunInputs, type RunInputs } from '../run-inputs.ts';

/** One setting in which two runs differ. */
export interface SettingDifference {
  /** `rules`, `universe`, `barIntervalMs`, `config.stop_pct`, `factors 2026-01-05`, ... */
  readonly setting: string;
  readonly a: string;
  readonly b: string;
}

/** One journal as its headers tell of it. */
export interface JournalHead {
  readonly header: SegmentHeader;
  readonly inputs: RunInputs;
}

/** @throws InputError when the header's inputs are not whole. */
export function headOf(header: SegmentHeader): JournalHead {
  return { header, inputs: decodeRunInputs(header.configJson) };
}

/** Settings that decide what a machine does, in which two journals differ. Where the frames came from decides nothing. */
export function compareSettings(a: JournalHead, b: JournalHead): SettingDifference[] {
  return [
    settingOf('rules', a.header.rules, b.header.rules),
    settingOf('universe', universeText(a, b), universeText(b, a)),
    settingOf('barIntervalMs', a.inputs.barIntervalMs, b.inputs.barIntervalMs),
    ...Object.keys(a.inputs.config).map((key) => {
      const name = key as keyof RunInputs['config'];
      return settingOf(`config.${key}`, a.inputs.config[name], b.inputs.config[name]);
    }),
    ...compareRows('factors', a.inputs.factors, b.inputs.factors),
    ...compareRows('safety', a.inputs.safety, b.inputs.safety),
    ...compareRouted(a.inputs.routed, b.inputs.routed),
  ].filter((difference) => difference !== null);
}

/** Versions that ran: other ones must decide the same, so they are said and no difference. */
export function compareVersions(a: JournalHead, b: JournalHead): SettingDifference[] {
  return [
    settingOf('Node', a.header.nodeVersion, b.header.nodeVersion),
    settingOf('V8', a.header.v8Version, b.header.v8Version),
  ].filter((difference) => difference !== null);
}

/** Field by field what execution was made from; as a whole where only one run was routed. */
function compareRouted(a: RoutedInputs | undefined, b: RoutedInputs | undefined): (SettingDifference | null)[] {
  const fillsOf = (routed: RoutedInputs | undefined) => (routed === undefined ? 'analytic' : 'routed');
  if (a === undefined || b === undefined) return [settingOf('fills', fillsOf(a), fillsOf(b))];
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])] as (keyof RoutedInputs)[];
  return [
    ...names.filter((name) => name !== 'instruments').map((name) => settingOf(`routed.${name}`, a[name], b[name])),
    ...compareInstruments(a.instruments, b.instruments),
  ];
}

/** By symbol; one that the other lacks is told by the universe. */
function compareInstruments(a: readonly Instrument[], b: readonly Instrument[]): (SettingDifference | null)[] {
  return a.map((instrument) => {
    const other = b.find(({ symbol }) => symbol === instrument.symbol) ?? instrument;
    return settingOf(`instrument ${instrument.symbol}`, instrument, other);
  });
}

/** How many assets, and those that the other lacks; the order where only that differs. */
function universeText({ header: { universe } }: JournalHead, { header: { universe: other } }: JournalHead): string {
  const own = universe.filter((symbol) => !other.includes(symbol));
  const isReordered = own.length === 0 && universe.length === other.length && String(universe) !== String(other);
  const remark = isReordered ? `, in the order ${list(universe)}` : own.length === 0 ? '' : `, alone has ${list(own)}`;
  return `${universe.length} assets${remark}`;
}

function list(symbols: readonly string[]): string {
  const shown = symbols.slice(0, 5).join(' ');
  return symbols.length > 5 ? `${shown} ...` : shown;
}

/** Rows of a table by their day; a day that one lacks is a difference of its own. */
function compareRows(
  table: string,
  a: readonly { readonly day: number }[],
  b: readonly { readonly day: number }[],
): (SettingDifference | null)[] {
  const rowOf = (rows: readonly { readonly day: number }[], day: number) =>
    rows.find((row) => row.day === day) ?? 'no row';
  const days = [...new Set([...a, ...b].map(({ day }) => day))].sort((x, y) => x - y);
  return days.map((day) => settingOf(`${table}, day ${day}`, rowOf(a, day), rowOf(b, day)));
}

function settingOf(setting: string, a: unknown, b: unknown): SettingDifference | null {
  const [textA, textB] = [textOf(a), textOf(b)];
  return textA === textB ? null : { setting, a: textA, b: textB };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'missing');
}
