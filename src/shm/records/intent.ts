import { createIntent, type Intent } from '../../model/intent.ts';
import type { RecordCodec } from './codec.ts';

/** All fields as doubles, in the order of model/intent.ts; 96 bytes of a stride of 128. */
export const INTENT_CODEC: RecordCodec<Intent> = {
  blank: createIntent,
  write(doubles, base, record, sequence) {
    doubles[base] = sequence;
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
  },
};
