import type { Report } from '../../../src/model/report.ts';
import type { FillQualityResult, RoutedOutcome } from '../../../src/model/routed-outcome.ts';
import type { EngineRun, TradeDetail } from '../../../src/model/trade.ts';
import { buildReport } from '../../../src/report/build-report.ts';
import { goldenReport, quietDay } from '../../support/golden-report.ts';

const DATE = '2026-01-05';

/**
 * SHORT 10 A decided at 100, made at 100.02 (mid 99.99 when the venue first spoke, 100.03 at the fill); left as decided at 98,
 * taken at 98.05 (mids 98.01, 98.04). Maker 2 bps, taker 5 bps.
 *   gross  -(98.05 - 100.02) * 10 = 19.7
 *   fees   1000.2 * 0.0002 = 0.20004, 980.5 * 0.0005 = 0.49025
 *   pnl    19.7 - 0.20004 - 0.49025 - 0.1 of funding = 18.90971
 */
const SHORT: TradeDetail = {
  date: DATE,
  entryTs: `${DATE}T00:10:05.250Z`,
  exitTs: `${DATE}T00:20:05.500Z`,
  entryBar: 120,
  exitBar: 240,
  asset: 'AUSDT',
  assetIndex: 0,
  direction: -1,
  reason: 'MAX_HOLD',
  entry: 100.02,
  exit: 98.05,
  notional: 1000.2,
  leverage: 0.5,
  fees: 0.69029,
  pnl: 18.90971,
  bucket: 1,
  capital: 25_018.90971,
  feesExpected: 0.3,
  entryNextBar: 100.02,
  exitNextBar: 98.05,
  routed: { qty: 10, entryDecision: 100, exitDecision: 98, funding: 0.1, feesEntry: 0.20004, feesExit: 0.49025 },
};

/**
 * LONG 2000 B decided at 0.5, taken at 0.5001 (mids 0.50004, 0.50008); left as decided at 0.52, made at 0.5205 (mids 0.5201,
 * 0.5206).
 *   gross  (0.5205 - 0.5001) * 2000 = 40.8
 *   fees   1000.2 * 0.0005 = 0.5001, 1041 * 0.0002 = 0.2082
 *   pnl    40.8 - 0.5001 - 0.2082 + 0.05 of funding = 40.1417
 */
const LONG: TradeDetail = {
  ...SHORT,
  entryTs: `${DATE}T01:10:10.250Z`,
  exitTs: `${DATE}T01:20:09.500Z`,
  entryBar: 842,
  exitBar: 961,
  asset: 'BUSDT',
  assetIndex: 1,
  direction: 1,
  reason: 'TAKE_PROFIT',
  entry: 0.5001,
  exit: 0.5205,
  notional: 1000.2,
  fees: 0.7083,
  pnl: 40.1417,
  capital: 25_059.05141,
  feesExpected: 0.6,
  routed: { qty: 2000, entryDecision: 0.5, exitDecision: 0.52, funding: -0.05, feesEntry: 0.5001, feesExit: 0.2082 },
};

export const ROUTED_RUN: EngineRun = {
  days: [quietDay({ date: DATE, pnl: 59.05141, trades: 2, capital: 25_059.05141 })],
  trades: [SHORT, LONG],
  initialCapital: 25_000,
  capital: 25_059.05141,
  maxDrawdownMarked: 0.001,
  warnings: [],
  routed: { entriesUnfilled: 1, strayFills: 0 },
};

/** Slippage: SHORT -(100.02 / 100 - 1) = -2 bps, LONG +2 bps; equal notionals, so the mean is 0. */
const ENTRIES: FillQualityResult = {
  filled: 2,
  makerNotional: 1000.2,
  takerNotional: 1000.2,
  makerShare: 0.5,
  fees: 0.20004 + 0.5001,
  slippageMeanBps: 0,
  slippageWorstBps: 2,
  timeToFillMeanMs: 12_400,
  timeToFillMaxMs: 24_300,
  latencyCost: 0.1 + 0.08, // -10 * (99.99 - 100), 2000 * (0.50004 - 0.5)
  queueCost: -0.4 + 0.08, // -10 * (100.03 - 99.99), 2000 * (0.50008 - 0.50004)
  spreadCost: 0.1 + 0.04, // -10 * (100.02 - 100.03), 2000 * (0.5001 - 0.50008)
};

/** Slippage: SHORT 98.05 / 98 - 1 = 5.1020 bps of 980.5, LONG -(0.5205 / 0.52 - 1) = -9.6154 bps of 1041: mean -2.4769. */
const EXITS: FillQualityResult = {
  filled: 2,
  makerNotional: 1041,
  takerNotional: 980.5,
  makerShare: 1041 / 2021.5,
  fees: 0.49025 + 0.2082,
  slippageMeanBps: ((98.05 / 98 - 1) * 980.5 - (0.5205 / 0.52 - 1) * 1041) * (1e4 / 2021.5),
  slippageWorstBps: (98.05 / 98 - 1) * 1e4,
  timeToFillMeanMs: 2_350,
  timeToFillMaxMs: 4_200,
  latencyCost: 0.1 - 0.2, // 10 * (98.01 - 98), -2000 * (0.5201 - 0.52)
  queueCost: 0.3 - 1.0, // 10 * (98.04 - 98.01), -2000 * (0.5206 - 0.5201)
  spreadCost: 0.1 + 0.2, // 10 * (98.05 - 98.04), -2000 * (0.5205 - 0.5206)
};

/** A side on which nothing was filled. */
export const NO_FILLS: FillQualityResult = {
  filled: 0,
  makerNotional: 0,
  takerNotional: 0,
  makerShare: Number.NaN,
  fees: 0,
  slippageMeanBps: Number.NaN,
  slippageWorstBps: Number.NaN,
  timeToFillMeanMs: Number.NaN,
  timeToFillMaxMs: Number.NaN,
  latencyCost: 0,
  queueCost: 0,
  spreadCost: 0,
};

export const ROUTED_OUTCOME: RoutedOutcome = {
  orderLogHash: '0f'.repeat(32),
  venue: 'book',
  seed: 7,
  feeSchedule: 'binance-vip0',
  execution: {
    counters: {
      entries_maker: 1,
      entries_taker: 1,
      entries_unfilled: 1,
      exits_maker: 1,
      exits_taker: 1,
      exits_unfilled: 0,
      fallbacks: 1,
      rejects: 2,
      post_only_rejects: 1,
      partials: 1,
      denied: 1,
      orders: 7,
      cancels: 2,
      unknown_outcomes: 1,
    },
    entries: ENTRIES,
    exits: EXITS,
    irregularities: { duplicateFills: 3, overfills: 0 },
    denials: { 'no bid and ask': 1 },
  },
  instruments: [
    {
      symbol: 'AUSDT',
      tickPx: 0.01,
      lotQty: 0,
      minNotional: 5,
      halfSpreadBps: 0.5,
      assumed: ['lot', 'half_spread_bps'],
    },
    { symbol: 'BUSDT', tickPx: 0.0001, lotQty: 1, minNotional: 5, halfSpreadBps: 0.5, assumed: ['half_spread_bps'] },
  ],
  funding: 0.05,
  warnings: [],
};

/** A routed report whose figures are worked out above; `outcome` and `run` replace what the test cares about. */
export function routedReport(outcome: Partial<RoutedOutcome> = {}, run: Partial<EngineRun> = {}): Report {
  const { source, strategy, paramHash, config, barIntervalMs, complete, timing } = goldenReport('plain/champion');
  return buildReport(
    { ...ROUTED_RUN, ...run },
    {
      source: { ...source, from: DATE, to: DATE, synthetic: false },
      strategy,
      paramHash,
      config,
      barIntervalMs,
      universe: ['AUSDT', 'BUSDT'],
      complete,
      timing,
      routed: { ...ROUTED_OUTCOME, ...outcome },
    },
  );
}
