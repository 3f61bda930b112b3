import { createIntent, type Intent } from '../../model/intent.ts';
import type { RecordCodec } from './codec.ts';

/**
 * All fields as doubles, in the order of model/intent.ts; they fill the stride of 128. The sequence is the intent's own,
 * which a run that goes on after a crash does not begin anew.
 */
export const INTENT_CODEC: RecordCodec<Intent> = {
  blank: createIntent,
  write(doubles, base, record) {
    doubles[base] = record.sequence;
    doubles[base + 1] = record.kind;
    doubles[base + 2] = record.direction;
    doubles[base + 3] = record.reason;
    doubles[base + 4] = record.assetIndex;
    doubles[base + 5] = record.tsEventDay;
    doubles[base + 6] = record.tsEventNsOfDay;
    doubles[base + 7] = record.price;
    doubles[base + 8] = record.qty;
    doubles[base + 9] = record.notional;
    doubles[base + 10] = record.leverage;
    doubles[base + 11] = record.lifetimeBar;
    doubles[base + 12] = record.eventSequence;
    doubles[base + 13] = record.receivedNs;
    doubles[base + 14] = record.publishedNs;
    doubles[base + 15] = record.decidedNs;
  },
  read(doubles, base, record) {
    record.sequence = doubles[base]!;
    record.kind = doubles[base + 1]!;
    record.direction = doubles[base + 2]!;
    record.reason = doubles[base + 3]!;
    record.assetIndex = doubles[base + 4]!;
    record.tsEventDay = doubles[base + 5]!;
    record.tsEventNsOfDay = doubles[base + 6]!;
    record.price = doubles[base + 7]!;
    record.qty = doubles[base + 8]!;
    record.notional = doubles[base + 9]!;
    record.leverage = doubles[base + 10]!;
    record.lifetimeBar = doubles[base + 11]!;
    record.eventSequence = doubles[base + 12]!;
    record.receivedNs = doubles[base + 13]!;
    record.publishedNs = doubles[base + 14]!;
    record.decidedNs = doubles[base + 15]!;
  },
};
