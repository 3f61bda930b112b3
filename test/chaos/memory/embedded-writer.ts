// Writes batches of numbered values into a memory file until it is killed; prints the last number of each batch once its
// transaction is acknowledged. Run by embedded-kill.test.ts: `node embedded-writer.ts FILE`.
import { EmbeddedStore } from '../../../src/adapters/embedded/embedded-store.ts';

const BATCH = 16;
const KEYS = 40;

const store = EmbeddedStore.open(process.argv[2] as string);
const stored = await store.get('KILL', 'newest');
let number = stored.kind === 'ok' && stored.text !== null ? Number(stored.text) : 0;
for (;;) {
  const writes = [];
  for (let i = 0; i < BATCH; i++) {
    number += 1;
    writes.push(store.put('KILL', `k${number % KEYS}`, JSON.stringify({ number, filler: 'x'.repeat(number % 500) })));
  }
  writes.push(store.put('KILL', 'newest', String(number)));
  const outcomes = await Promise.all(writes);
  if (outcomes.every(({ kind }) => kind === 'ok')) process.stdout.write(`${number}\n`);
}
