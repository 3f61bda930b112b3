import { z } from 'zod';
import { METRIC_NAMES } from '../model/metric-alert.ts';
import { POSTURE_NAMES } from '../model/posture.ts';
import { SENSOR_NAMES } from '../model/survival-report.ts';

const count = z.int().min(0);
const share = z.number().min(0).max(1);
/** Null in JSON is a sensor without a full window. */
const sensor = share.nullable().transform((value) => value ?? Number.NaN);

/** What the survival stack did, and the result without it. */
export const survivalSchema = z.object({
  evaluations: count,
  postures: z.record(z.enum(POSTURE_NAMES), count),
  lowestRm: share,
  lowest: z.object({ ts: z.string(), rm: share, sensors: z.record(z.enum(SENSOR_NAMES), sensor) }).nullable(),
  days: z.array(
    z.object({
      date: z.string(),
      posture: z.enum(POSTURE_NAMES),
      rm: z.number(),
      source: z.enum(['safety.csv', 'stack']),
    }),
  ),
  without: z
    .object({
      roi: z.number(),
      profitFactor: z.number().nullable(),
      capital: z.number(),
      trades: count,
      decisionHash: z.string(),
    })
    .nullable(),
});

/** An alarm that begins or ends. A profit factor without losses is infinite, null in JSON. */
export const alertSchema = z.object({
  ts: z.string(),
  metric: z.enum(METRIC_NAMES),
  level: z.enum(['alarm', 'clear']),
  value: z
    .number()
    .nullable()
    .transform((value) => value ?? Number.POSITIVE_INFINITY),
  threshold: z.number(),
  samples: count,
});
