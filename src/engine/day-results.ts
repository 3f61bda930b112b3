import type { DayResult } from '../model/day-result.ts';
import { POSTURE_NAMES } from '../model/posture.ts';
import type { Stateful, StateWalk } from '../model/state-walk.ts';
import { dateFromDay } from '../model/time.ts';
import type { RegimeOfDay } from './day-regime.ts';
import type { DayTally } from './day-tally.ts';
import type { Desk } from './desk.ts';
import { walkDays } from './snapshot-days.ts';

/** What each day that has ended came to. */
export class DayResults implements Stateful {
  private readonly days: DayResult[] = [];

  /** Ends a day: its result is kept and answered. Allocates. @param boost - as reports show it. */
  end(regime: RegimeOfDay, tally: DayTally, desk: Desk, boost: number): DayResult {
    const result: DayResult = {
      date: dateFromDay(regime.day),
      pnl: desk.capital - desk.capitalAtDayStart,
      trades: tally.trades,
      capital: desk.capital,
      bars: tally.bars,
      boost,
      beta: regime.beta,
      posture: POSTURE_NAMES[regime.posture],
      mcStatus: regime.mc.status,
      staleState: tally.staleStateEvents > 0,
      funnel: tally.funnel(),
      counters: tally.counters(),
    };
    this.days.push(result);
    return result;
  }

  /** A trade of an earlier day has closed: it is in that day's pnl, and in the capital from there on. */
  amend(day: number, pnl: number): void {
    const { days } = this;
    const date = dateFromDay(day);
    for (let i = days.length - 1; i >= 0; i--) {
      const result = days[i]!;
      const isItsDay = result.date === date;
      const capital = result.capital + pnl;
      days[i] = isItsDay
        ? { ...result, capital, pnl: result.pnl + pnl, trades: result.trades + 1 }
        : { ...result, capital };
      if (isItsDay) return;
    }
  }

  /** All of them, in order. Allocates. */
  all(): DayResult[] {
    return [...this.days];
  }

  walkState(walk: StateWalk): void {
    walkDays(walk, this.days);
  }
}
