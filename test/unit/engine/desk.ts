import { AlphaEngine } from '../../../src/engine/engine.ts';
import { deriveRunParams } from '../../../src/engine/run-params.ts';
import type { FillMode } from '../../../src/model/fill-mode.ts';
import {
  ASK_DEPTH_1,
  ASK_NOTIONAL_1,
  BID_DEPTH_1,
  BID_NOTIONAL_1,
  BOOK_VALUES,
  FRAME_BOOK,
  FRAME_END,
  FRAME_SCAN,
  type FrameView,
  SIGNAL_VALUES,
  SIGNAL_VEL_DIV,
} from '../../../src/model/frame.ts';
import type { Intent } from '../../../src/model/intent.ts';
import { createChampionConfig, type StrategyConfig } from '../../../src/model/strategy.ts';
import { dayFromDate, NS_PER_SECOND } from '../../../src/model/time.ts';

export const DAY = dayFromDate('2026-01-05');
export const UNIVERSE = ['BTCUSDT', 'ETHUSDT', 'BNBUSDT'];
export const NONE = Number.NaN;

/**
 * Settings under which every gate is open from the third bar on as soon as prices move: no warm-up, a momentum of one
 * bar, two returns of volatility, no alignment asked. Fees are what they are on average.
 */
const OPEN_GATES: Partial<StrategyConfig> = {
  warmup_bars: 0,
  dc_lookback_bars: 1,
  lookback: 1,
  vol_window: 2,
  vol_p60: 0,
  min_irp_alignment: 0,
  fee_draw: 'expected',
};

/** A scan: prices in universe order, and its divergence. */
export interface ScanFields {
  readonly velDiv?: number;
  readonly day?: number;
  /** Second of the day; default five after the scan before. */
  readonly second?: number;
  readonly number?: number;
}

/** An engine with a small universe, and frames to feed it. */
export class Desk {
  readonly engine: AlphaEngine;
  readonly intents: Intent[] = [];
  private second = 0;
  private number = 0;

  constructor(
    settings: Partial<StrategyConfig> = {},
    universe: readonly string[] = UNIVERSE,
    fills: FillMode = 'analytic',
  ) {
    const config = { ...createChampionConfig(), ...OPEN_GATES, ...settings };
    this.engine = new AlphaEngine(deriveRunParams(config, universe, config.bar_interval_ms, fills), {
      emit: (intent) => this.intents.push({ ...intent }),
    });
  }

  /** A SCAN frame, five seconds and one number after the last. */
  scan(prices: readonly number[], fields: ScanFields = {}): FrameView {
    this.second = fields.second ?? this.second + 5;
    this.number = fields.number ?? this.number + 1;
    const frame = blankFrame(FRAME_SCAN, fields.day ?? DAY, this.second);
    frame.scanNumber = this.number;
    frame.signals[SIGNAL_VEL_DIV] = fields.velDiv ?? -0.03;
    frame.payload.set(prices);
    return frame;
  }

  /** Steps one scan. */
  step(prices: readonly number[], fields: ScanFields = {}): void {
    this.engine.step(this.scan(prices, fields), true);
  }

  /** Steps prices that swing without a signal, so that volatility is known and the next scan may trade. */
  warmUp(): void {
    for (const btc of [100, 101, 100, 101]) this.step([btc, 50, 20], { velDiv: 0 });
  }

  /** Warms up, then opens a SHORT of ETHUSDT at 49. */
  openShort(fields: ScanFields = {}): void {
    this.warmUp();
    this.step([101, 49, 20], fields);
  }

  funnel() {
    return this.engine.tally.funnel();
  }
}

/** A frame of a kind at a second of a day, otherwise empty. */
export function blankFrame(kind: number, day: number, second: number): FrameView {
  const nsOfDay = Math.round(second * NS_PER_SECOND);
  return {
    kind,
    flags: 0,
    sequence: 0,
    assetIndex: -1,
    tsEventDay: day,
    tsEventNsOfDay: nsOfDay,
    tsRecvDay: day,
    tsRecvNsOfDay: nsOfDay,
    tsTakeDay: day,
    tsTakeNsOfDay: nsOfDay,
    receivedNs: 0,
    publishedNs: 0,
    scanNumber: NONE,
    signals: new Float64Array(SIGNAL_VALUES).fill(NONE),
    payload: new Float64Array(BOOK_VALUES).fill(NONE),
    assetVelDivs: new Float64Array(BOOK_VALUES).fill(NONE),
  };
}

/** A BOOK frame with these notionals at 1 %, a spread proxy of 100 bps. */
export function bookFrame(asset: number, bid: number, ask: number, day: number, second: number): FrameView {
  const frame = blankFrame(FRAME_BOOK, day, second);
  frame.assetIndex = asset;
  frame.payload.fill(1);
  frame.payload[BID_NOTIONAL_1] = bid;
  frame.payload[BID_DEPTH_1] = bid / 99.5;
  frame.payload[ASK_NOTIONAL_1] = ask;
  frame.payload[ASK_DEPTH_1] = ask / 100.5;
  return frame;
}

export function endFrame(flags = 0): FrameView {
  return { ...blankFrame(FRAME_END, 0, 0), flags };
}
