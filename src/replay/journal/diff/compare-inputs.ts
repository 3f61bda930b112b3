import { REPORT_FIELDS } from '../../../model/execution-tape.ts';
import {
  BOOK_FIELDS,
  FLAG_ASSET_VEL_DIV,
  FRAME_BAR,
  FRAME_BOOK,
  FRAME_SCAN,
  type FrameView,
  hasSignals,
  SIGNAL_FIELDS,
} from '../../../model/frame.ts';
import { type CellTaken, decodeCells, TAKEN_FIELDS } from '../payloads.ts';
import type { FrameStep } from './frame-steps.ts';
import type { SharedAsset } from './shared-assets.ts';

/** One input that two journals have with different values. */
export interface FieldDifference {
  /** `price`, `vel_div`, `bid_notional_1`, `scanNumber`, `cell acb.boost`, `commands`, `report 0 lastPx`, ... */
  readonly field: string;
  /** Symbol that it is of; null where it is of none. */
  readonly asset: string | null;
  readonly a: number | string;
  readonly b: number | string;
}

/**
 * The first input of a step in which two journals differ; null when there is none. Inputs are what the machine looks at:
 * stamps of the way through the process are none, and clock readings are only by live rules. Every NaN is the same.
 */
export function firstInputDifference(
  a: FrameStep,
  b: FrameStep,
  assets: readonly SharedAsset[],
  isLive: boolean,
): FieldDifference | null {
  return (
    compareCommands(a, b) ??
    compareReports(a, b, assets) ??
    compareHeaders(a.frame, b.frame, isLive) ??
    compareValues(a.frame, b.frame, assets) ??
    compareCells(a, b)
  );
}

function compareCommands(a: FrameStep, b: FrameStep): FieldDifference | null {
  const text = ({ commands }: FrameStep) =>
    commands.map(({ kind, argument }) => `${kind}(${argument})`).join(' ') || 'none';
  return differenceOf('commands', null, text(a), text(b));
}

/** In their order; an asset counts by its symbol. */
function compareReports(a: FrameStep, b: FrameStep, assets: readonly SharedAsset[]): FieldDifference | null {
  for (const [index, report] of a.reports.entries()) {
    const other = b.reports[index];
    if (other === undefined) break;
    for (const name of REPORT_FIELDS) {
      const field = `report ${index} ${name}`;
      const isAsset = name === 'assetIndex';
      const difference = isAsset
        ? differenceOf(field, null, symbolOf(report[name], 'inA', assets), symbolOf(other[name], 'inB', assets))
        : differenceOf(field, symbolOf(report.assetIndex, 'inA', assets), report[name], other[name]);
      if (difference !== null) return difference;
    }
  }
  return differenceOf('reports', null, a.reports.length, b.reports.length);
}

function symbolOf(assetIndex: number, side: 'inA' | 'inB', assets: readonly SharedAsset[]): string {
  return assets.find((asset) => asset[side] === assetIndex)?.symbol ?? `asset ${assetIndex}`;
}

function compareHeaders(a: FrameView, b: FrameView, isLive: boolean): FieldDifference | null {
  return (
    differenceOf('kind', null, a.kind, b.kind) ??
    differenceOf('flags', null, a.flags, b.flags) ??
    differenceOf('scanNumber', null, a.scanNumber, b.scanNumber) ??
    (isLive ? differenceOf('tsTakeDay', null, a.tsTakeDay, b.tsTakeDay) : null) ??
    (isLive ? differenceOf('tsTakeNsOfDay', null, a.tsTakeNsOfDay, b.tsTakeNsOfDay) : null)
  );
}

function compareValues(a: FrameView, b: FrameView, assets: readonly SharedAsset[]): FieldDifference | null {
  if (a.kind === FRAME_BOOK) return compareBooks(a, b, assets);
  if (a.kind !== FRAME_SCAN && a.kind !== FRAME_BAR) return null;
  const signals = hasSignals(a.kind, a.flags) ? compareSignals(a, b) : null;
  return signals ?? comparePrices(a, b, assets) ?? compareDivergences(a, b, assets);
}

function compareSignals(a: FrameView, b: FrameView): FieldDifference | null {
  const i = SIGNAL_FIELDS.findIndex((_, at) => !isSame(a.signals[at], b.signals[at]));
  return i === -1 ? null : differenceOf(SIGNAL_FIELDS[i]!, null, a.signals[i]!, b.signals[i]!);
}

function comparePrices(a: FrameView, b: FrameView, assets: readonly SharedAsset[]): FieldDifference | null {
  for (const { symbol, inA, inB } of assets) {
    const difference = differenceOf('price', symbol, a.payload[inA]!, b.payload[inB]!);
    if (difference !== null) return difference;
  }
  return null;
}

function compareDivergences(a: FrameView, b: FrameView, assets: readonly SharedAsset[]): FieldDifference | null {
  if ((a.flags & FLAG_ASSET_VEL_DIV) === 0) return null;
  for (const { symbol, inA, inB } of assets) {
    const difference = differenceOf('vel_div', symbol, a.assetVelDivs[inA]!, b.assetVelDivs[inB]!);
    if (difference !== null) return difference;
  }
  return null;
}

function compareBooks(a: FrameView, b: FrameView, assets: readonly SharedAsset[]): FieldDifference | null {
  const symbol = symbolOf(a.assetIndex, 'inA', assets);
  const other = differenceOf('asset', null, symbol, symbolOf(b.assetIndex, 'inB', assets));
  if (other !== null) return other;
  const i = BOOK_FIELDS.findIndex((_, at) => !isSame(a.payload[at], b.payload[at]));
  return i === -1 ? null : differenceOf(BOOK_FIELDS[i]!, symbol, a.payload[i]!, b.payload[i]!);
}

/** Versions only order the values of one run: they are no input. */
function compareCells(a: FrameStep, b: FrameStep): FieldDifference | null {
  const takenA = cellsOf(a);
  const takenB = cellsOf(b);
  const names = ({ length }: readonly CellTaken[]) => (length === 0 ? 'none' : `${length} taken`);
  for (const [index, { cell, values }] of takenA.entries()) {
    const other = takenB[index];
    if (other?.cell !== cell) return differenceOf('cells', null, names(takenA), names(takenB));
    const i = TAKEN_FIELDS[cell].findIndex((_, at) => !isSame(values[at], other.values[at]));
    if (i !== -1) return differenceOf(`cell ${cell}.${TAKEN_FIELDS[cell][i]}`, null, values[i]!, other.values[i]!);
  }
  return (
    differenceOf('cells', null, names(takenA), names(takenB)) ??
    differenceOf('cellsChanged', null, a.item.step?.cellsChanged ?? 0, b.item.step?.cellsChanged ?? 0)
  );
}

function cellsOf({ item }: FrameStep): CellTaken[] {
  return item.cells === null ? [] : decodeCells(item.cells);
}

/** -0 is 0 for every reader of an input. */
function isSame(a: unknown, b: unknown): boolean {
  return a === b || Object.is(a, b);
}

function differenceOf(
  field: string,
  asset: string | null,
  a: number | string,
  b: number | string,
): FieldDifference | null {
  return isSame(a, b) ? null : { field, asset, a, b };
}
