import type { TickFile } from '../adapters/day-folder/ticks.ts';
import { openTickFile, readTickBlocks, type TickBlock } from '../adapters/parquet/read-ticks.ts';
import type { FundingRow } from '../model/funding.ts';
import { TICK_DEPTH, TICK_FUNDING, TICK_QUOTE, TICK_TRADE, type Tick, type TickSource } from '../model/tick.ts';

/** At one instant: a trade before the book in which it is accounted for, and funding behind all market data (semantics §13). */
const RANKS: Record<number, number> = { [TICK_TRADE]: 0, [TICK_DEPTH]: 1, [TICK_QUOTE]: 2, [TICK_FUNDING]: 3 };

/** One file of ticks, or the funding of one asset: its ticks of one day in order. */
class TickCursor {
  readonly kind: number;
  readonly assetIndex: number;
  private readonly blocks: Iterator<TickBlock>;
  private block: TickBlock | null = null;
  private row = 0;
  /** Of the tick at which it stands, ns; Infinity behind the last one. */
  nsOfDay = Number.POSITIVE_INFINITY;

  constructor(kind: number, assetIndex: number, blocks: Iterator<TickBlock>) {
    this.kind = kind;
    this.assetIndex = assetIndex;
    this.blocks = blocks;
    this.openBlock();
  }

  copyTo(out: Tick): void {
    const { values } = this.block as TickBlock;
    out.kind = this.kind;
    out.assetIndex = this.assetIndex;
    out.tsEventNsOfDay = this.nsOfDay;
    out.valueCount = values.length;
    for (let i = 0; i < values.length; i++) out.values[i] = values[i]![this.row]!;
  }

  advance(): void {
    const { rows, nsOfDay } = this.block as TickBlock;
    if (++this.row < rows) this.nsOfDay = nsOfDay[this.row]!;
    else this.openBlock();
  }

  isBefore(other: TickCursor): boolean {
    const order =
      this.nsOfDay - other.nsOfDay || RANKS[this.kind]! - RANKS[other.kind]! || this.assetIndex - other.assetIndex;
    return order < 0;
  }

  private openBlock(): void {
    const next = this.blocks.next();
    this.block = next.done === true ? null : next.value;
    this.row = 0;
    this.nsOfDay = this.block === null ? Number.POSITIVE_INFINITY : this.block.nsOfDay[0]!;
  }
}

/**
 * The ticks of files and of funding, days in order, merged by time within each; ties as {@link RANKS}, then by asset. Files of
 * a day are opened when its first tick is asked for, and of each a row group at a time is held.
 */
export class TickMerge implements TickSource {
  nextDay = Number.POSITIVE_INFINITY;
  nextNsOfDay = Number.POSITIVE_INFINITY;
  private readonly days: readonly number[];
  private readonly files: readonly TickFile[];
  private readonly funding: readonly FundingRow[];
  private daysOpened = 0;
  /** A heap: no cursor is before its parent, `heap[(i - 1) >> 1]`. Cursors at their end are out. */
  private heap: TickCursor[] = [];

  /**
   * @param days - UTC day numbers of the run, ascending; ticks of other days are left out.
   * @throws InputError when a file of the first day is damaged; of a later one, {@link take} throws.
   */
  constructor(days: readonly number[], files: readonly TickFile[], funding: readonly FundingRow[]) {
    this.days = days;
    this.files = files;
    this.funding = funding;
    this.settle();
  }

  take(out: Tick): void {
    const first = this.heap[0]!;
    first.copyTo(out);
    out.tsEventDay = out.tsRecvDay = this.nextDay;
    out.tsRecvNsOfDay = out.tsEventNsOfDay;
    first.advance();
    if (first.nsOfDay === Number.POSITIVE_INFINITY) this.dropFirst();
    this.sinkFirst();
    this.settle();
  }

  /** Says what is next, and goes on to the next day that has ticks when one is over. */
  private settle(): void {
    while (this.heap.length === 0 && this.daysOpened < this.days.length) this.openDay(this.days[this.daysOpened++]!);
    const first = this.heap[0];
    this.nextNsOfDay = first?.nsOfDay ?? Number.POSITIVE_INFINITY;
    if (first === undefined) this.nextDay = Number.POSITIVE_INFINITY;
  }

  private openDay(day: number): void {
    this.nextDay = day;
    const cursors = this.files
      .filter((file) => file.day === day)
      .map(
        ({ path, kind, assetIndex }) => new TickCursor(kind, assetIndex, readTickBlocks(openTickFile(path, kind, day))),
      );
    for (const block of fundingBlocks(this.funding, day)) {
      cursors.push(new TickCursor(TICK_FUNDING, block.assetIndex, [block][Symbol.iterator]()));
    }
    // In order is a heap.
    this.heap = cursors
      .filter(({ nsOfDay }) => nsOfDay < Number.POSITIVE_INFINITY)
      .sort((a, b) => (a.isBefore(b) ? -1 : 1));
  }

  private dropFirst(): void {
    const last = this.heap.pop()!;
    if (this.heap.length > 0) this.heap[0] = last;
  }

  private sinkFirst(): void {
    const { heap } = this;
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && heap[child]!.isBefore(heap[least]!)) least = child;
      }
      if (least === at) return;
      [heap[at], heap[least]] = [heap[least]!, heap[at]!];
      at = least;
    }
  }
}

/** Funding of a day as one block per asset. @param funding - ascending by time. */
function fundingBlocks(funding: readonly FundingRow[], day: number): (TickBlock & { readonly assetIndex: number })[] {
  const ofDay = funding.filter((row) => row.day === day);
  return [...new Set(ofDay.map(({ assetIndex }) => assetIndex))].map((assetIndex) => {
    const rows = ofDay.filter((row) => row.assetIndex === assetIndex);
    const column = (pick: (row: FundingRow) => number): Float64Array => Float64Array.from(rows, pick);
    const values = [column(({ rate }) => rate), column(({ markPx }) => markPx)];
    return { assetIndex, rows: rows.length, nsOfDay: column(({ nsOfDay }) => nsOfDay), values };
  });
}
