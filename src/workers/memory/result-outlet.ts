import type { DayResult } from '../../model/day-result.ts';
import type { TradeDetail } from '../../model/trade.ts';
import { EventRingProducer } from '../../shm/event-ring.ts';
import { doubleIndex } from '../../shm/layout.ts';
import { INSUFFICIENT_CAPACITY } from '../../shm/record-ring.ts';
import type { Region } from '../../shm/region.ts';
import { DAY_FIELDS, RESULT_DAY, RESULT_TRADES, TRADES_FIELDS, writeDay, writeTrades } from './result-record.ts';

/** How far the engine has told its journal; `committed` events must be kept before what follows may be published. */
export interface ToldEvents {
  readonly committed: number;
}

type ToldDay = Pick<DayResult, 'pnl' | 'trades' | 'capital' | 'staleState'>;

/**
 * The engine's end of the ring `results`: ends of days and booked trades for the memory worker. It never waits. A result
 * that finds no room is dropped and counted (`resultsDropped`); a dropped day is told again at the end of the run.
 */
export class ResultOutlet {
  private readonly ring: EventRingProducer;
  private readonly doubles: Float64Array;
  private readonly events: ToldEvents;
  private readonly told = new Map<string, ToldDay>();

  constructor(region: Region, events: ToldEvents) {
    this.ring = new EventRingProducer(region, 'results');
    this.doubles = region.doubles;
    this.events = events;
  }

  /** A day is over, and its event is told. */
  dayEnd(day: DayResult): void {
    const at = this.ring.claim(RESULT_DAY, 8 * DAY_FIELDS.length, 0);
    if (at === INSUFFICIENT_CAPACITY) return;
    writeDay(this.doubles, doubleIndex(at), this.events.committed, day);
    this.ring.commit();
    this.ring.publish();
    const { pnl, trades, capital, staleState } = day;
    this.told.set(day.date, { pnl, trades, capital, staleState });
  }

  /** Trades were booked, one or more. */
  trades(trades: readonly TradeDetail[]): void {
    const last = trades.at(-1);
    if (last === undefined) return;
    const at = this.ring.claim(RESULT_TRADES, 8 * TRADES_FIELDS.length, 0);
    if (at === INSUFFICIENT_CAPACITY) return;
    writeTrades(this.doubles, doubleIndex(at), this.events.committed, trades.length, last.capital);
    this.ring.commit();
    this.ring.publish();
  }

  /**
   * The run is over: tells the days that were not told, or were changed since by a fill that came after midnight.
   * @param days - of the run, ascending.
   * @param isComplete - false leaves out the last one, which is no whole day.
   */
  end(days: readonly DayResult[], isComplete: boolean): void {
    const whole = isComplete ? days : days.slice(0, -1);
    for (const day of whole) if (!this.isTold(day)) this.dayEnd(day);
  }

  private isTold(day: DayResult): boolean {
    const told = this.told.get(day.date);
    return (
      told !== undefined &&
      told.pnl === day.pnl &&
      told.trades === day.trades &&
      told.capital === day.capital &&
      told.staleState === day.staleState
    );
  }
}
