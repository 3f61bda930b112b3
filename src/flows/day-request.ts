import type { RunTrack, RunTrigger } from '../adapters/run-table/run-record.ts';
import type { TradingFlow } from './day-tasks.ts';

/** One day that a trading flow is asked for. */
export interface DayRequest {
  readonly flow: TradingFlow;
  readonly track: RunTrack;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly trigger: RunTrigger;
  readonly isDryRun: boolean;
  /** The operator takes over what the flow would refuse to go on with. */
  readonly adopt: boolean;
  /** Other machines run the same flow on the same memory, which then must answer. */
  readonly isShared: boolean;
}
