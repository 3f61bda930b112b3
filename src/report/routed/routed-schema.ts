import { z } from 'zod';
import { VENUE_MODELS } from '../../model/fill-mode.ts';
import { INSTRUMENT_FIELDS } from '../../model/instrument.ts';
import { EXECUTION_COUNTS } from '../../model/routed-report.ts';
import { count, numberOrNaN, recordOf, repriced, sha256 } from '../schema-parts.ts';

const SIDES = ['entries', 'exits', 'all'] as const;
const counts = z.record(z.string(), count);

const execution = z.object({
  ...recordOf(EXECUTION_COUNTS, count).shape,
  slippage: recordOf(SIDES, z.object({ meanBps: numberOrNaN, worstBps: numberOrNaN })),
  time_to_fill: recordOf(['entries', 'exits'], z.object({ meanMs: numberOrNaN, maxMs: numberOrNaN })),
  maker_share: recordOf(SIDES, numberOrNaN),
  notional: recordOf(SIDES, z.object({ maker: z.number(), taker: z.number() })),
  fees: recordOf(SIDES, z.number()),
  costs: recordOf(SIDES, z.object({ spread: z.number(), queue: z.number(), latency: z.number() })),
  funding: z.number(),
  stray_fills: count,
  denials: counts,
  irregularities: counts,
  warnings: z.array(z.string()),
});

const instrument = z.object({
  symbol: z.string(),
  tickPx: z.number(),
  lotQty: z.number(),
  minNotional: z.number(),
  halfSpreadBps: z.number(),
  assumed: z.array(z.enum(INSTRUMENT_FIELDS)),
});

const BRIDGE_PARTS = ['analytic', 'spread', 'queue', 'latency', 'fees', 'funding', 'other', 'total'] as const;

/** What the JSON of a routed report has beside (semantics §13, "Report"). */
export const routedSchema = z.object({
  fill: z.literal('routed'),
  orderLogHash: sha256,
  seed: z.number(),
  venue: z.enum(VENUE_MODELS),
  feeSchedule: z.string(),
  execution,
  instruments: z.array(instrument),
  routed: recordOf(BRIDGE_PARTS, z.number()),
  decisionFills: repriced,
});

/** What a routed trade has beside. */
export const routedTradeSchema = z.object({
  qty: z.number(),
  entryDecision: z.number(),
  exitDecision: z.number(),
  funding: z.number(),
  feesEntry: z.number(),
  feesExit: z.number(),
  entrySlippageBps: z.number(),
  exitSlippageBps: numberOrNaN,
});
