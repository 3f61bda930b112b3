import fc from 'fast-check';
import {
  BOOK_VALUES,
  createFrame,
  FLAG_ASSET_VEL_DIV,
  FLAG_BAR_SIGNALS,
  FRAME_BAR,
  FRAME_BOOK,
  FRAME_SCAN,
  type FrameView,
  SIGNAL_INSTABILITY_50,
  SIGNAL_V750,
  SIGNAL_VEL_DIV,
} from '../../../src/model/frame.ts';
import { APEX, HIBERNATE, STALKER } from '../../../src/model/posture.ts';
import { createChampionConfig, type StrategyConfig } from '../../../src/model/strategy.ts';
import { NS_PER_SECOND } from '../../../src/model/time.ts';
import type { DirectReplayOptions } from '../../../src/workers/direct-replay.ts';

export const FIRST_DAY = 20_000;
export const UNIVERSE = ['BTCUSDT', 'ETHUSDT', 'USDCUSDT', 'BNBUSDT', 'XRPUSDT'];

interface Event {
  readonly kind: 'scan' | 'bar' | 'book' | 'newDay' | 'oldDay';
  readonly asset: number;
  readonly values: readonly number[];
  readonly velDiv: number;
  readonly hasAssetSignals: boolean;
  readonly seconds: number;
  readonly numberStep: number;
}

const price = fc.oneof(
  { weight: 20, arbitrary: fc.double({ min: 99, max: 101, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, 0, -1, Number.POSITIVE_INFINITY, 100) },
);

interface EventWeights {
  readonly scan: number;
  readonly bar: number;
  readonly book: number;
  /** Of a new day, or a frame of an old one. */
  readonly day: number;
}

const eventOf = (weights: EventWeights): fc.Arbitrary<Event> =>
  fc.record({
    kind: fc.oneof(
      { weight: weights.scan, arbitrary: fc.constant('scan' as const) },
      { weight: weights.bar, arbitrary: fc.constant('bar' as const) },
      { weight: weights.book, arbitrary: fc.constant('book' as const) },
      { weight: weights.day, arbitrary: fc.constantFrom('newDay' as const, 'oldDay' as const) },
    ),
    // Mostly one asset, so that its windows of snapshots fill up.
    asset: fc.oneof({ weight: 2, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.nat(UNIVERSE.length - 1) }),
    values: fc.array(price, { minLength: UNIVERSE.length, maxLength: UNIVERSE.length }),
    velDiv: fc.constantFrom(-0.06, -0.03, -0.025, 0, 0.04, Number.NaN, 99),
    hasAssetSignals: fc.oneof(
      { weight: 5, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
    seconds: fc.oneof(
      { weight: 12, arbitrary: fc.constant(5) },
      { weight: 1, arbitrary: fc.constantFrom(0, 1, 13, 90) },
    ),
    numberStep: fc.oneof(
      { weight: 20, arbitrary: fc.constant(1) },
      { weight: 1, arbitrary: fc.constantFrom(0, -2, 7) },
    ),
  });

/** Settings under which the gates open soon, with every optional part of the engine now and then. */
const settings: fc.Arbitrary<Partial<StrategyConfig>> = fc.record({
  direction: fc.constantFrom('short', 'long', 'both'),
  warmup_bars: fc.constantFrom(0, 3),
  lookback: fc.constantFrom(1, 4),
  dc_lookback_bars: fc.constantFrom(1, 3),
  vol_window: fc.constantFrom(2, 5),
  vol_p60: fc.constant(0),
  vol_detector: fc.constantFrom('threshold', 'percentile'),
  min_irp_alignment: fc.constantFrom(0, 0.25),
  max_hold_bars: fc.constantFrom(2, 6, 40),
  ob_min_fill_probability: fc.constantFrom(0, 0.6),
  ob_edge_bps: fc.constantFrom(0, 5),
  fee_draw: fc.constantFrom('sampled', 'expected'),
  boost_mode: fc.constantFrom('none', 'proxyB'),
  use_alpha_layers: fc.constantFrom(true, true, false),
  use_cut: fc.boolean(),
  close_at_day_end: fc.boolean(),
  max_consecutive_losses: fc.constantFrom(null, 2),
  daily_loss_limit_pct: fc.constantFrom(0.002, 0.1),
  resolution: fc.constantFrom('5s', 'hybrid', '0.1s'),
});

/** Two steps in a bar of the counts, so that windows of 0.1 s bars fill up within a run. */
export const STEPPED_BAR_INTERVAL_MS = 200;

/** A market of some days that is wrong in every way a feed can be wrong, and a strategy that trades in it. */
export interface HostileRun {
  readonly options: DirectReplayOptions;
  readonly frames: readonly FrameView[];
}

const runOf = (weights: EventWeights, overrides: Partial<StrategyConfig>): fc.Arbitrary<HostileRun> =>
  fc
    .tuple(settings, fc.array(eventOf(weights), { minLength: 30, maxLength: 260 }))
    .map(([drawn, events]) => ({ ...drawn, ...overrides, events }))
    .map(({ events, ...drawn }) => ({ options: optionsOf(drawn), frames: framesOf(events, drawn.resolution) }));

/** At any resolution. */
export const hostileRun = runOf({ scan: 40, bar: 30, book: 30, day: 1 }, {});

/** At `resolution: 0.1s`, mostly bars. */
export const hostileBarRun = runOf({ scan: 40, bar: 160, book: 20, day: 5 }, { resolution: '0.1s' });

function optionsOf(overrides: Partial<StrategyConfig>): DirectReplayOptions {
  const { close_at_day_end = true } = overrides;
  return {
    config: { ...createChampionConfig(), ...overrides, carry_positions: !close_at_day_end },
    universe: UNIVERSE,
    barIntervalMs: overrides.resolution === '0.1s' ? STEPPED_BAR_INTERVAL_MS : 5000,
    // Of three days the first is plain, on the second a position that was carried must go, the third is smaller.
    safety: Array.from({ length: 40 }, (_, i) => ({
      day: FIRST_DAY + i,
      posture: [APEX, HIBERNATE, STALKER][i % 3] as typeof APEX,
      rm: i % 3 === 2 ? 0.7 : 1,
    })),
    factors: Array.from({ length: 40 }, (_, i) => ({
      day: FIRST_DAY + i,
      fundingBtc: i % 2 === 0 ? -0.0002 : 0.0001,
      dvolBtc: 50 + i,
      fearGreed: 20 + i,
      w750Velocity: (i * 7) % 5,
    })),
  };
}

function framesOf(events: readonly Event[], resolution: StrategyConfig['resolution'] | undefined): FrameView[] {
  const pace = resolution === '0.1s' ? 50 : 1; // where bars are stepped, everything comes at their pace
  let day = FIRST_DAY;
  let second = 0;
  let number = 0;
  return events.flatMap((event) => {
    if (event.kind === 'newDay') {
      day++;
      second = 0;
      number = 0;
      return [];
    }
    if (event.kind === 'bar') {
      second += event.seconds === 5 ? 0.1 : event.seconds / pace;
      return [barFrame(event, day, second)];
    }
    second += event.seconds / pace;
    if (event.kind === 'book') return [bookFrame(event, day, second)];
    number += event.numberStep;
    return [scanFrame(event, event.kind === 'oldDay' ? day - 1 : day, second, number)];
  });
}

function scanFrame(event: Event, day: number, second: number, number: number): FrameView {
  const frame = stamped(FRAME_SCAN, day, second);
  frame.flags = event.hasAssetSignals ? FLAG_ASSET_VEL_DIV : 0;
  frame.scanNumber = number;
  frame.signals[SIGNAL_VEL_DIV] = event.velDiv;
  frame.signals[SIGNAL_INSTABILITY_50] = event.values[1]!;
  frame.signals[SIGNAL_V750] = event.velDiv;
  frame.payload.set(event.values);
  frame.assetVelDivs.fill(event.velDiv);
  frame.assetVelDivs[event.asset] = -0.05;
  return frame;
}

/** Now and then with signals of its own, as at `scanner_rate: 10hz`. */
function barFrame(event: Event, day: number, second: number): FrameView {
  const frame = stamped(FRAME_BAR, day, second);
  frame.scanNumber = Number.NaN;
  frame.payload.set(event.values);
  frame.signals.fill(Number.NaN);
  if (!event.hasAssetSignals) return frame;
  frame.flags = FLAG_BAR_SIGNALS;
  frame.signals.fill(event.velDiv);
  return frame;
}

/** Notionals from the event's prices, and with them its NaN, zeros and infinities; depth around a mid of 100. */
function bookFrame(event: Event, day: number, second: number): FrameView {
  const frame = stamped(FRAME_BOOK, day, second);
  frame.assetIndex = event.asset;
  for (let i = 0; i < BOOK_VALUES; i++) {
    const notional = 1e4 * event.values[i % UNIVERSE.length]!;
    const side = i < BOOK_VALUES / 2 ? 99.5 : 100.5;
    frame.payload[i] = i % 10 < 5 ? notional * (1 + (i % 3)) : (frame.payload[i - 5]! / side) * 1;
  }
  return frame;
}

function stamped(kind: number, day: number, second: number): FrameView {
  const frame = createFrame(UNIVERSE.length);
  frame.kind = kind;
  frame.tsEventDay = day;
  frame.tsEventNsOfDay = Math.round(second * NS_PER_SECOND);
  return frame;
}
