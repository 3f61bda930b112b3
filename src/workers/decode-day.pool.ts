import { decodeAnyDay } from '../adapters/day-folder/decode.ts';
import type { DecodeDayRequest, DecodedDay } from '../adapters/parquet/read-day.ts';

/** Answer of the pool: errors travel as values, for a clone of an error loses its class. */
export type DecodeDayAnswer =
  | { readonly ok: true; readonly day: DecodedDay }
  | { readonly ok: false; readonly error: { readonly name: string; readonly message: string } };

/** Task of the decoding pool (piscina): one day into a block of shared memory. Never throws. */
export default async function decodeDayTask(request: DecodeDayRequest): Promise<DecodeDayAnswer> {
  try {
    return { ok: true, day: await decodeAnyDay(request) };
  } catch (cause) {
    const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
    return { ok: false, error: { name, message } };
  }
}
