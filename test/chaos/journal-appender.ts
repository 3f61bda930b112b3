// Appends records to a journal as fast as it can until it is killed; tells standard output, a line per flush, what is
// written. Arguments: folder.
import { writeSync } from 'node:fs';
import { JournalFolder } from '../../src/adapters/journal/journal-folder.ts';
import { JournalWriter } from '../../src/replay/journal/journal-writer.ts';
import { RECORD_KINDS } from '../../src/replay/journal/record-kind.ts';
import { recoverStream } from '../../src/replay/journal/recover.ts';
import { identityOf } from '../property/journal/journal-builder.ts';
import { payloadOf } from './journal-payload.ts';

const store = JournalFolder.open(process.argv[2] as string);
const identity = identityOf();
const { position } = recoverStream(store, 'ENGINE', identity);
const writer = new JournalWriter(store, { identity, fsync: 'interval', segmentBytes: 4 << 20, position });
for (;;) {
  for (let i = 0; i < 64; i++) writer.add(RECORD_KINDS.FRAME, payloadOf(writer.nextSequence));
  const { written, failure } = writer.flush(Date.now());
  if (failure !== null) throw new Error(JSON.stringify(failure));
  writeSync(1, `${written}\n`);
}
