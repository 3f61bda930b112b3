import type {
  AcbUpdate,
  BookValue,
  CapitalState,
  EigenScan,
  HeartbeatValue,
  PnlResult,
  SafetyValue,
} from '../../../src/model/memory-values.ts';

/** 2026-03-21 00:05:00 UTC. */
export const TS_MS = 1_774_051_500_000;
export const DAY = 20_533;

export const safety = (tsMs: number, rm = 0.95): SafetyValue => ({
  posture: 'APEX',
  rm,
  sensors: { feed: 1, memory: rm },
  tsMs,
});
export const acb = (tsMs: number, boost = 1.2): AcbUpdate => ({ boost, beta: 0.8, cut: 0.15, tsMs });
export const heartbeat = (tsMs: number): HeartbeatValue => ({
  tsMs,
  phase: 'flow_start',
  date: '2026-03-20',
  runId: 'r1',
});

export const scan = (scanNumber: number, nsOfDay = 300_000_000_123): EigenScan => ({
  scanNumber,
  day: DAY,
  nsOfDay,
  velDiv: -0.031,
  v50: -0.02,
  v150: 0.011,
  v300: Number.NaN,
  v750: 0.001,
  instability50: 0.4,
  instability150: 0.3,
  assetPrices: { BTCUSDT: 84_000.5, ETHUSDT: Number.NaN },
});

export const book = (nsOfDay = 0): BookValue => ({
  day: DAY,
  nsOfDay,
  bidNotional: [1, 2, 3, 4, 5],
  askNotional: [5, 6, 7, 8, 9],
  bidDepth: [0.1, 0.2, 0.3, 0.4, 0.5],
  askDepth: [0.5, 0.6, 0.7, 0.8, 0.9],
  features: { fill_probability: 0.62 },
});

export const result = (date: string, capital = 25_100, staleState = false): PnlResult => ({
  date,
  pnl: 100,
  trades: 7,
  capital,
  bars: 1439,
  boost: 1.2,
  beta: 0.8,
  posture: 'APEX',
  mcStatus: 'OFF',
  staleState,
  paramHash: 'abc123',
});

export const state = (capital: number, date = '2026-03-20', isStale = false): CapitalState => ({
  capital,
  date,
  pnl: 100,
  strategy: 'champion',
  paramHash: 'abc123',
  isStale,
});
