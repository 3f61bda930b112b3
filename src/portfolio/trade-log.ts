import type { Direction } from '../model/direction.ts';
import { exitReasonName } from '../model/exit-reason.ts';
import { dateFromDay, isoFrom } from '../model/time.ts';
import type { TradeDetail } from '../model/trade.ts';
import type { OpenPosition } from './open-position.ts';

const INITIAL_ROWS = 4096;
const FIELDS = [
  'closeDay',
  'entryDay',
  'entryNsOfDay',
  'exitDay',
  'exitNsOfDay',
  'entryBar',
  'exitBar',
  'assetIndex',
  'direction',
  'reason',
  'entry',
  'exit',
  'notional',
  'leverage',
  'fees',
  'pnl',
  'bucket',
  'capital',
  'feesExpected',
  'entryNextBar',
  'exitNextBar',
] as const;
type Field = (typeof FIELDS)[number];

/**
 * All trades of a run, one Float64Array per field. A row is opened with the position and completed with its close, so
 * that what happens in between (the next bar's price) has a place. Grows by doubling, at most once per 4,096 trades.
 */
export class TradeLog {
  private columns = new Map<Field, Float64Array>(FIELDS.map((field) => [field, new Float64Array(INITIAL_ROWS)]));
  private rows = 0;
  private closed = 0;

  /** Closed trades. An open row, if any, is the last one. */
  get length(): number {
    return this.closed;
  }

  /** Opens a row for a position; its next-bar price is its own entry until one is set. */
  open(position: OpenPosition): number {
    if (this.rows === this.column('entry').length) this.grow();
    const row = this.rows++;
    this.column('entryNextBar')[row] = position.entryPrice;
    return row;
  }

  setEntryNextBar(row: number, price: number): void {
    this.column('entryNextBar')[row] = price;
  }

  setExitNextBar(row: number, price: number): void {
    this.column('exitNextBar')[row] = price;
  }

  /** Completes the row of `position` with its close. */
  close(position: OpenPosition, close: TradeClose): void {
    const row = position.tradeIndex;
    this.set(row, 'closeDay', close.day);
    this.set(row, 'entryDay', position.entryDay);
    this.set(row, 'entryNsOfDay', position.entryNsOfDay);
    this.set(row, 'exitDay', close.day);
    this.set(row, 'exitNsOfDay', close.nsOfDay);
    this.set(row, 'entryBar', position.entryBar);
    this.set(row, 'exitBar', close.lifetimeBar);
    this.set(row, 'assetIndex', position.assetIndex);
    this.set(row, 'direction', position.direction);
    this.set(row, 'reason', close.reason);
    this.set(row, 'entry', position.entryPrice);
    this.set(row, 'exit', close.price);
    this.set(row, 'notional', position.notional);
    this.set(row, 'leverage', position.leverage);
    this.set(row, 'fees', close.fees);
    this.set(row, 'feesExpected', close.feesExpected);
    this.set(row, 'pnl', close.pnl);
    this.set(row, 'bucket', position.bucket);
    this.set(row, 'capital', close.capital);
    this.set(row, 'exitNextBar', close.price);
    this.closed++;
  }

  /** Closed trades as records; allocates, for reports only. */
  records(universe: readonly string[]): TradeDetail[] {
    return Array.from({ length: this.closed }, (_, row) => this.record(row, universe));
  }

  private record(row: number, universe: readonly string[]): TradeDetail {
    const value = (field: Field) => this.column(field)[row] as number;
    return {
      date: dateFromDay(value('closeDay')),
      entryTs: isoFrom(value('entryDay'), value('entryNsOfDay')),
      exitTs: isoFrom(value('exitDay'), value('exitNsOfDay')),
      entryBar: value('entryBar'),
      exitBar: value('exitBar'),
      asset: universe[value('assetIndex')] as string,
      assetIndex: value('assetIndex'),
      direction: value('direction') as Direction,
      reason: exitReasonName(value('reason')),
      entry: value('entry'),
      exit: value('exit'),
      notional: value('notional'),
      leverage: value('leverage'),
      fees: value('fees'),
      pnl: value('pnl'),
      bucket: value('bucket'),
      capital: value('capital'),
      feesExpected: value('feesExpected'),
      entryNextBar: value('entryNextBar'),
      exitNextBar: value('exitNextBar'),
    };
  }

  private column(field: Field): Float64Array {
    return this.columns.get(field) as Float64Array;
  }

  private set(row: number, field: Field, value: number): void {
    this.column(field)[row] = value;
  }

  private grow(): void {
    for (const [field, column] of this.columns) {
      const larger = new Float64Array(column.length * 2);
      larger.set(column);
      this.columns.set(field, larger);
    }
  }
}

/** How a position ended: one reusable record of the engine. */
export interface TradeClose {
  day: number;
  nsOfDay: number;
  lifetimeBar: number;
  reason: number;
  price: number;
  fees: number;
  feesExpected: number;
  pnl: number;
  capital: number;
}
