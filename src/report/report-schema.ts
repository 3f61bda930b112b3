import { z } from 'zod';
import { COUNTERS, GATES } from '../model/day-result.ts';
import { EXIT_REASON_NAMES } from '../model/exit-reason.ts';
import { POSTURE_NAMES } from '../model/posture.ts';
import { feedSchema } from './feed-schema.ts';
import { routedSchema, routedTradeSchema } from './routed/routed-schema.ts';
import { count, date, isoTime, numberOrNaN, recordOf, repriced, sha256 } from './schema-parts.ts';
import { alertSchema, survivalSchema } from './watch-schema.ts';

/** Version of the report's shape that this code writes and reads. */
export const SCHEMA_VERSION = 1;

const nanoseconds = { p50: numberOrNaN, p99: numberOrNaN, p999: numberOrNaN, max: numberOrNaN };

const day = z.object({
  date,
  pnl: z.number(),
  trades: count,
  capital: z.number(),
  bars: count,
  boost: numberOrNaN,
  beta: numberOrNaN,
  posture: z.enum(POSTURE_NAMES),
  mcStatus: z.enum(['OFF', 'GREEN', 'ORANGE', 'RED']),
  staleState: z.boolean(),
  funnel: recordOf(GATES, z.tuple([count, count])),
  counters: recordOf(COUNTERS, count),
});

const trade = z.object({
  date,
  entryTs: isoTime,
  exitTs: isoTime,
  entryBar: count,
  exitBar: count,
  asset: z.string(),
  assetIndex: count,
  direction: z.union([z.literal(-1), z.literal(1)]),
  reason: z.enum(EXIT_REASON_NAMES),
  entry: z.number(),
  exit: z.number(),
  notional: z.number(),
  leverage: z.number(),
  fees: z.number(),
  pnl: z.number(),
  bucket: count,
  capital: z.number(),
  // Beyond semantics §12: the parts of the re-priced results, absent in reports that other programs wrote.
  feesExpected: z.number().optional(),
  entryNextBar: z.number().optional(),
  exitNextBar: z.number().optional(),
});

/** The JSON of an analytic report (semantics §12). Keys it does not know are dropped; those of `config` are kept. */
export const reportSchema = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  source: z.object({
    dir: z.string(),
    from: date,
    to: date,
    journal: z.string().optional(),
    files: z.array(z.object({ name: z.string(), sha256 })),
    beside: z.array(z.object({ name: z.string(), sha256 })).default([]),
    synthetic: z.boolean().default(false),
  }),
  strategy: z.string(),
  paramHash: sha256,
  decisionHash: sha256,
  stateHash: sha256.optional(),
  config: z.looseObject({
    direction: z.enum(['short', 'long', 'both']),
    initial_capital: z.number().positive(),
    maker_fee: z.number(),
    taker_fee: z.number(),
    fee_draw: z.enum(['sampled', 'expected']),
  }),
  barIntervalMs: z.number().positive(),
  universe: z.array(z.string()),
  complete: z.boolean().default(true),
  warnings: z.array(z.string()).default([]),
  metrics: z.object({
    ...repriced.shape,
    winRate: z.number().nullable(),
    maxDrawdown: z.number(),
    maxDrawdownMarked: numberOrNaN,
    sharpe: z.number().nullable(),
    trades: count,
    feeLuck: numberOrNaN,
  }),
  venueFees: z.object({ schedule: z.string(), ...repriced.shape }),
  nextBarFills: repriced,
  days: z.array(day),
  trades: z.array(trade),
  survival: survivalSchema.optional(),
  alerts: z.array(alertSchema).optional(),
  feed: feedSchema.optional(),
  journal: z
    .object({
      dir: z.string(),
      fsync: z.enum(['always', 'interval', 'never']),
      records: z.object({ engine: count, execution: count }),
      isResumed: z.boolean(),
      shadow: z.object({
        steps: count,
        agreeing: count,
        unverified: count,
        mismatch: z.string().nullable(),
        failures: z.array(z.string()),
      }),
    })
    .optional(),
  memory: z.object({ where: z.string(), unwritten: z.int().positive() }).optional(),
  timing: z.object({
    bars: count,
    seconds: numberOrNaN,
    barsPerSecond: numberOrNaN,
    secondsWaitedForFiles: numberOrNaN.default(Number.NaN),
    lostWakes: numberOrNaN.default(0),
    stages: z.array(z.object({ stage: z.string(), n: count, ...nanoseconds })).optional(),
    collections: z
      .array(z.object({ thread: z.string(), minor: count, major: count, longestNs: numberOrNaN }))
      .optional(),
    stepNs: z.object(nanoseconds),
  }),
});

/** The JSON of a routed report: all that routed runs add, and no next-bar fills. */
export const routedReportSchema = reportSchema.omit({ nextBarFills: true }).extend({
  ...routedSchema.shape,
  trades: z.array(
    trade
      .omit({ entryNextBar: true, exitNextBar: true })
      .extend({ feesExpected: z.number(), routed: routedTradeSchema }),
  ),
});
