/** The five sensors of the survival stack, in their order. Each is in [0, 1]; NaN = no full window yet. Semantics §8. */
export const SENSOR_FEED = 0;
export const SENSOR_MEMORY = 1;
export const SENSOR_COVERAGE = 2;
export const SENSOR_STRESS = 3;
export const SENSOR_CAPITAL = 4;
export const SENSORS = 5;

/** How the system memory stands. */
export type MemoryLink = 'embedded' | 'connected' | 'disconnected';

const MEMORY_DISCONNECTED = 0.85;
/** Volatility of 5 times the calibrated one begins to count; at 25 times nothing is left. */
const STRESS_FROM = 5;
const STRESS_SPAN = 20;
/** At 1 - loss / limit the stack would hibernate at half the limit, and the breaker could never act. */
const CAPITAL_WEIGHT = 0.5;

/** What the sensors are made of, at one moment: plain numbers, however they were counted. A reusable record. */
export interface SurvivalReadings {
  /** Bars within the feed's window, and how many are due in a whole one; NaN while it is not full. */
  barsReceived: number;
  barsExpected: number;
  memory: MemoryLink;
  /** Assets with a valid price in the last bar, of those that are not excluded. */
  pricesValid: number;
  assets: number;
  /** Of the reference asset, per bar; NaN while its window is not full. */
  volatility: number;
  /** `vol_p60` at the interval of a bar. */
  volatilityCalibrated: number;
  /** Realised and marked, and realised at the day's start, USDT. */
  equity: number;
  capitalAtDayStart: number;
  /** The breaker's limit, a fraction of the capital at the day's start. */
  dailyLossFrac: number;
}

/** All five sensors of these readings, into `out`, length SENSORS. */
export function sensorsInto(out: Float64Array, readings: SurvivalReadings): void {
  out[SENSOR_FEED] = feedSensor(readings.barsReceived, readings.barsExpected);
  out[SENSOR_MEMORY] = memorySensor(readings.memory);
  out[SENSOR_COVERAGE] = coverageSensor(readings.pricesValid, readings.assets);
  out[SENSOR_STRESS] = stressSensor(readings.volatility, readings.volatilityCalibrated);
  out[SENSOR_CAPITAL] = capitalSensor(readings.equity, readings.capitalAtDayStart, readings.dailyLossFrac);
}

/**
 * Bars that came of those that were due. More than were due (a burst after a stall) count as all.
 * @param expected - NaN or 0 while the window is not full.
 */
export function feedSensor(received: number, expected: number): number {
  return expected > 0 ? clamp01(received / expected) : Number.NaN;
}

/** 1 with a memory at hand, less when what is read may be old. */
export function memorySensor(link: MemoryLink): number {
  return link === 'disconnected' ? MEMORY_DISCONNECTED : 1;
}

/** Share of the universe (excluded assets left out by the caller) with a valid price. */
export function coverageSensor(validPrices: number, assets: number): number {
  return assets > 0 ? clamp01(validPrices / assets) : Number.NaN;
}

/**
 * 1 up to 5 times the calibrated volatility, 0 from 25 times on.
 * @param volatility - of the reference asset; NaN while its window is not full.
 * @param calibrated - `vol_p60` at the interval of a step.
 */
export function stressSensor(volatility: number, calibrated: number): number {
  return 1 - clamp01((volatility / calibrated - STRESS_FROM) / STRESS_SPAN);
}

/**
 * 1 without a loss today, 0.5 at the daily loss limit.
 * @param equity - realised and marked, USDT.
 * @param dailyLossFrac - the breaker's limit, a fraction of the capital at the day's start.
 */
export function capitalSensor(equity: number, capitalAtDayStart: number, dailyLossFrac: number): number {
  const lossFrac = (capitalAtDayStart - equity) / capitalAtDayStart;
  return 1 - CAPITAL_WEIGHT * clamp01(lossFrac / dailyLossFrac);
}

function clamp01(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value; // NaN stays
}
