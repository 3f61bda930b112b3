import { decodeScanDay } from '../json-scans/read-scan-day.ts';
import { type DecodeDayRequest, type DecodedDay, decodeDay } from '../parquet/read-day.ts';

/**
 * Decodes a day of either format: a Parquet file by its ending, else a folder of JSON scans.
 * @throws InputError as the format's reader.
 */
export async function decodeAnyDay(request: DecodeDayRequest): Promise<DecodedDay> {
  return request.path.endsWith('.parquet') ? await decodeDay(request) : decodeScanDay(request);
}
