import { DEFAULT_EXECUTION_SETTINGS, type ExecutionSettings } from '../../exec/execution-settings.ts';
import type { FaultPlan } from '../../exec/venue/fault-plan.ts';
import type { VenueOptions } from '../../exec/venue/simulated-venue.ts';
import { BINANCE_VIP0 } from '../../exec/venue/venue-account.ts';
import type { LatencyModel } from '../../exec/venue/venue-link.ts';
import type { VenueModel } from '../../model/fill-mode.ts';
import { InputError } from '../../model/input-error.ts';
import type { Instrument } from '../../model/instrument.ts';
import { NS_PER_MS } from '../../model/time.ts';
import type { PreTradeLimits } from '../../risk/pre-trade-gate.ts';

/** How a routed session is set. Plain data: it travels to the execution worker. */
export interface RoutedSessionOptions {
  readonly venue: VenueModel;
  /** By asset index. */
  readonly instruments: readonly Instrument[];
  /** Of the venue's randomness: whole number in [0, 2^53). */
  readonly seed: number;
  /** Of the client order ids. */
  readonly runEpoch: number;
  /** From scan to scan. */
  readonly barIntervalMs: number;
  /** USDT. */
  readonly initialCapital: number;
  /** Largest notional over capital that the sizing may ask for (`fraction * abs_max_leverage`); the net is wider. */
  readonly maxLeverage: number;
  /** Of each way between us and the venue. */
  readonly latency: LatencyModel;
  readonly faults: FaultPlan;
}

/** Where nothing better is known: a machine in the region of the venue. */
export const DEFAULT_LATENCY: LatencyModel = { minMs: 20, meanExtraMs: 30 };

/** The pre-trade net lies this much above the sizing: the capital it is measured by moves with the marks. */
const LEVERAGE_ROOM = 1.25;
/** Binance USD-M, `rateLimits` of exchangeInfo: 300 orders in 10 s. */
const MAX_ORDERS = 300;
const RATE_WINDOW_MS = 10_000;
const ORDERS_KEPT_FOR_REDUCTIONS = 50;
/** Binance's default recvWindow is 5 s; we send 2 s, which execution relies on. */
const RECV_WINDOW_MS = 2000;
const TOUCH_MAX_AGE_MS = 60_000;

/** A market order on a venue of bars waits for the next one, and that may be missing: it is not asked for before two. */
const BARS_UNTIL_ASKED = 2.5;

/**
 * Refuses what no part of a session asks for itself: one wrong number would arm timers that never fire.
 * @throws InputError naming the option, its value and the rule.
 */
export function requireSessionOptions({ seed, barIntervalMs, initialCapital, latency }: RoutedSessionOptions): void {
  requireRule(
    'seed',
    seed,
    Number.isSafeInteger(seed) && seed >= 0,
    `a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`,
  );
  const positive = { barIntervalMs, initialCapital };
  for (const [name, value] of Object.entries(positive)) {
    requireRule(name, value, Number.isFinite(value) && value > 0, 'positive and finite');
  }
  for (const [name, value] of Object.entries(latency)) {
    requireRule(`latency.${name}`, value, Number.isFinite(value) && value >= 0, 'finite and not negative');
  }
}

function requireRule(name: string, value: unknown, isKept: boolean, rule: string): void {
  if (!isKept) throw new InputError(`routed session: ${name} must be ${rule}, was ${value}`);
}

/** Times of execution: those of a venue of bars know how long a bar is. */
export function executionSettingsOf({
  venue,
  barIntervalMs,
}: Pick<RoutedSessionOptions, 'venue' | 'barIntervalMs'>): ExecutionSettings {
  const { marketFillWithinNs, ...settings } = DEFAULT_EXECUTION_SETTINGS;
  const barsNs = venue === 'bars' ? BARS_UNTIL_ASKED * barIntervalMs * NS_PER_MS : 0;
  return { ...settings, marketFillWithinNs: Math.max(marketFillWithinNs, barsNs) };
}

/** The simulated venue of a session. */
export function venueOptionsOf(options: RoutedSessionOptions): VenueOptions {
  const { instruments, seed, latency, faults } = options;
  return {
    instruments,
    seed,
    faults,
    fees: BINANCE_VIP0,
    latencyIn: latency,
    latencyOut: latency,
    recvWindowMs: RECV_WINDOW_MS,
    touchMaxAgeMs: TOUCH_MAX_AGE_MS,
  };
}

/** The pre-trade net of a session. */
export function preTradeLimitsOf({ maxLeverage }: RoutedSessionOptions): PreTradeLimits {
  return {
    maxOrderNotional: Number.POSITIVE_INFINITY,
    maxLeverage: maxLeverage * LEVERAGE_ROOM,
    maxOrders: MAX_ORDERS,
    ordersKeptForReductions: ORDERS_KEPT_FOR_REDUCTIONS,
    rateWindowMs: RATE_WINDOW_MS,
  };
}
