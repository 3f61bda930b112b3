import { z } from 'zod';
import type {
  CapitalState,
  PnlDay,
  PnlPart,
  PnlResult,
  StampedCapital,
  WriteStamp,
} from '../../model/memory-values.ts';
import { dayFromDate } from '../../model/time.ts';
import { canonicalJson, type JsonValue } from './canonical-json.ts';
import { type Decoded, decodeWith, mapDecoded, nullIfNaN, numberOrNaN } from './codec.ts';
import type { Track } from './maps.ts';

/** Put beside `stale_state: true`; readers that do not know the field see the words. Spec 1.0 §17.4. */
const DO_NOT_USE = 'DO-NOT-USE';

const date = z.string().refine((text) => !Number.isNaN(dayFromDate(text)), 'must be YYYY-MM-DD');
const stamped = {
  owner: z.string().optional(),
  epoch: z.int().min(0).optional(),
  seq: z.int().min(0).optional(),
  param_hash: z.string().nullish(),
  stale_state: z.boolean().nullish(),
  flag: z.string().nullish(),
};

const partSchema = z.object({
  ...stamped,
  date: date.nullish(),
  pnl: z.number(),
  trades: numberOrNaN,
  capital: z.number(),
});
const loose = z.record(z.string(), z.unknown());
const stateSchema = z.object({
  ...stamped,
  date: date.nullish(),
  pnl: numberOrNaN,
  capital: z.number().min(0),
  strategy: z.string().nullish(),
});

/** A PNL value: flat fields of the paper flow, the supervisor's under `nautilus`. */
export function decodePnl(text: string): Decoded<PnlDay> {
  const fields = decodeWith(loose, text);
  if (!fields.ok) return fields;
  const { nautilus, ...flat } = fields.value;
  const paper = Object.keys(flat).length === 0 ? null : decodePart(flat, '');
  const supervisor = nautilus === undefined || nautilus === null ? null : decodePart(nautilus, 'nautilus.');
  if (paper?.ok === false) return paper;
  if (supervisor?.ok === false) return supervisor;
  return { ok: true, value: { paper: paper?.value ?? null, nautilus: supervisor?.value ?? null } };
}

/**
 * The PNL value with one track's result put in and the other's fields as they were.
 * @param current - the value that is there, null or not JSON: nothing to keep.
 */
export function mergePnl(current: string | null, track: Track, result: PnlResult, stamp: WriteStamp): string {
  const there = current === null ? null : decodeWith(loose, current);
  const { nautilus, ...flat } = there?.ok === true ? (there.value as Record<string, JsonValue>) : {};
  const own = resultFields(result, stamp);
  return canonicalJson(track === 'paper' ? { ...own, nautilus } : { ...flat, nautilus: own });
}

/** A capital state of either track. */
export function decodeState(text: string): Decoded<StampedCapital> {
  return mapDecoded(decodeWith(stateSchema, text), (state) => ({
    capital: state.capital,
    date: state.date ?? null,
    pnl: state.pnl,
    strategy: state.strategy ?? null,
    paramHash: state.param_hash ?? null,
    ...markOf(state),
  }));
}

/** `{capital, date, pnl, strategy, param_hash, owner, epoch, seq, stale_state}`. Spec 1.0 §10; `strategy` is ours. */
export function encodeState(state: CapitalState, stamp: WriteStamp): string {
  return canonicalJson({
    capital: state.capital,
    date: state.date ?? undefined,
    pnl: nullIfNaN(state.pnl),
    strategy: state.strategy ?? undefined,
    param_hash: state.paramHash ?? undefined,
    ...staleFields(state.isStale),
    ...stamp,
  });
}

function decodePart(fields: unknown, path: string): Decoded<PnlPart> {
  const checked = partSchema.safeParse(fields);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    return { ok: false, reason: `${path}${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}` };
  }
  const part = checked.data;
  return {
    ok: true,
    value: {
      date: part.date ?? null,
      pnl: part.pnl,
      trades: part.trades,
      capital: part.capital,
      paramHash: part.param_hash ?? null,
      ...markOf(part),
    },
  };
}

function markOf(fields: z.infer<z.ZodObject<typeof stamped>>): { isStale: boolean; stamp: WriteStamp } {
  return {
    isStale: fields.stale_state === true || fields.flag === DO_NOT_USE,
    stamp: { owner: fields.owner ?? '', epoch: fields.epoch ?? 0, seq: fields.seq ?? 0 },
  };
}

function staleFields(isStale: boolean) {
  return { stale_state: isStale, flag: isStale ? DO_NOT_USE : undefined };
}

function resultFields(result: PnlResult, stamp: WriteStamp) {
  return {
    date: result.date,
    pnl: result.pnl,
    trades: result.trades,
    capital: result.capital,
    bars: result.bars,
    boost: result.boost,
    beta: result.beta,
    posture: result.posture,
    mc_status: result.mcStatus,
    param_hash: result.paramHash,
    ...staleFields(result.staleState),
    ...stamp,
  };
}
