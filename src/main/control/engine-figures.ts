import type { DayResult } from '../../model/day-result.ts';
import { POSTURE_NAMES, type PostureName } from '../../model/posture.ts';
import type { TradeDetail } from '../../model/trade.ts';
import { Gauge } from '../../shm/counters.ts';
import type { Region } from '../../shm/region.ts';

/** What the engine sizes by, as of the frame stepped last. */
export interface EngineRegime {
  readonly posture: PostureName;
  readonly rm: number;
  readonly boost: number;
  readonly beta: number;
}

/** Reads what the engine says of itself; null before its first frame. */
export function readRegime(region: Region): EngineRegime | null {
  const value = (name: 'posture' | 'rm' | 'acbBoost' | 'acbBeta' | 'steppedDay') => new Gauge(region, name).value;
  const posture = POSTURE_NAMES[value('posture')];
  if (value('steppedDay') === 0 || posture === undefined) return null;
  return { posture, rm: value('rm'), boost: value('acbBoost'), beta: value('acbBeta') };
}

/** Keeps the capital that an engine has come to while it runs, so that a run can be asked for it. */
export class CapitalOfEngine {
  private newest: number;

  /** @param initialCapital - USDT. */
  constructor(initialCapital: number) {
    this.newest = initialCapital;
  }

  onTrades(trades: readonly TradeDetail[]): void {
    this.newest = trades.at(-1)?.capital ?? this.newest;
  }

  onDayEnd({ capital }: DayResult): void {
    this.newest = capital;
  }

  /** Realised, after the last booked trade; USDT. */
  get capital(): number {
    return this.newest;
  }
}
