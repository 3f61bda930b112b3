import type { Redis } from 'ioredis';
import { ScanRefusal } from '../json-scans/scan-json.ts';
import { decodeSignal, type SignalMessage } from './signal-message.ts';
import { SIGNAL_FIELD } from './signal-publisher.ts';

const BLOCK_MS = 1000;
const BATCH_ENTRIES = 64;

/** A message that is a scan. */
export type ScanMessage = Extract<SignalMessage, { kind: 'scan' }>;

/**
 * The first scan of a stream: its symbols, in their order, are the universe of whoever reads it. Waits for one as long as
 * that takes; entries that are none are passed over.
 * @throws Error when the connection is closed meanwhile.
 */
export async function firstScan(redis: Redis, stream: string): Promise<ScanMessage> {
  let position = '0-0';
  for (;;) {
    const answer = await redis.xread('COUNT', BATCH_ENTRIES, 'BLOCK', BLOCK_MS, 'STREAMS', stream, position);
    for (const [entryId, fields] of answer?.[0]?.[1] ?? []) {
      position = entryId;
      const message = messageOfEntry(fields);
      if (message?.kind === 'scan') return message;
    }
  }
}

/** The message of a stream's entry, or null when nobody understands it. */
export function messageOfEntry(fields: readonly string[]): SignalMessage | null {
  try {
    return decodeSignal(fields[fields.indexOf(SIGNAL_FIELD) + 1] ?? '');
  } catch (error) {
    if (error instanceof ScanRefusal) return null;
    throw error;
  }
}
