import type { DayRunner } from '../../../src/flows/day-runner.ts';
import { COUNTERS, type DayResult, GATES } from '../../../src/model/day-result.ts';

export const CAPITAL_AT_START = 1000;
const PNL_OF_A_DAY = 10;

/** An engine that makes 10 USDT a day at once, and keeps which days it traded: for tests of everything around it. */
export class PlainEngine implements DayRunner {
  readonly traded: string[] = [];

  loadStrategy() {
    return { name: 'plain', paramHash: 'a'.repeat(64), initialCapital: CAPITAL_AT_START };
  }

  async load(date: string) {
    return { date, earlier: [], scans: 1, safety: null, notes: [], dispose: () => undefined };
  }

  async run({ date }: { readonly date: string }, capital: number): Promise<DayResult> {
    this.traded.push(date);
    return {
      ...{ date, pnl: PNL_OF_A_DAY, trades: 1, capital: capital + PNL_OF_A_DAY, bars: 1, boost: 1, beta: 0 },
      ...{ posture: 'APEX', mcStatus: 'OFF', staleState: false },
      funnel: Object.fromEntries(GATES.map((gate) => [gate, [0, 0]])) as unknown as DayResult['funnel'],
      counters: Object.fromEntries(COUNTERS.map((counter) => [counter, 0])) as DayResult['counters'],
    };
  }
}
