import { z } from 'zod';
import type { HeartbeatValue, SafetyValue } from '../../model/memory-values.ts';
import { POSTURE_NAMES } from '../../model/posture.ts';
import { canonicalJson } from './canonical-json.ts';
import { type Codec, decodeWith, mapDecoded } from './codec.ts';
import { isoOfMs, unixMsOf } from './timestamp.ts';

const share = z.number().min(0).max(1);

const safetySchema = z.object({
  posture: z.enum(POSTURE_NAMES),
  Rm: share,
  sensors: z.record(z.string(), share).nullish(),
  ts: z.unknown().optional(),
});

/** `{posture, Rm, sensors, ts}`. Spec 1.0 §7, §10. */
export const safetyCodec: Codec<SafetyValue> = {
  decode: (text) =>
    mapDecoded(decodeWith(safetySchema, text), ({ posture, Rm, sensors, ts }) => ({
      posture,
      rm: Rm,
      sensors: sensors ?? null,
      tsMs: unixMsOf(ts),
    })),
  encode: ({ posture, rm, sensors, tsMs }) =>
    canonicalJson({ posture, Rm: rm, sensors: sensors ?? undefined, ts: isoOfMs(tsMs) }),
  orderOf: ({ tsMs }) => tsMs,
};

const heartbeatSchema = z.object({
  ts: z.unknown().optional(),
  phase: z.string().min(1),
  date: z.string().nullish(),
  run_id: z.string().nullish(),
});

/** `{ts, phase, date, run_id}`. Spec 1.0 §10. */
export const heartbeatCodec: Codec<HeartbeatValue> = {
  decode: (text) =>
    mapDecoded(decodeWith(heartbeatSchema, text), ({ ts, phase, date, run_id }) => ({
      tsMs: unixMsOf(ts),
      phase,
      date: date ?? null,
      runId: run_id ?? null,
    })),
  encode: ({ tsMs, phase, date, runId }) =>
    canonicalJson({ ts: isoOfMs(tsMs), phase, date: date ?? undefined, run_id: runId ?? undefined }),
  orderOf: ({ tsMs }) => tsMs,
};
