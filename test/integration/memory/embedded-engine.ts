// One engine of embedded-processes.test.ts: claims the supervisor's state in a memory file, says what happens in lines of
// JSON, and writes a state every 50 ms. `node embedded-engine.ts FILE TTL_MS`.
import { heldMessage } from '../../../src/adapters/memory/leases.ts';
import { openMemory } from '../../../src/adapters/memory/open-memory.ts';
import { SystemMemory } from '../../../src/adapters/memory/system-memory.ts';
import { state } from './sample-values.ts';

const [path, ttlMs] = [process.argv[2] as string, Number(process.argv[3])];
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

const memory = new SystemMemory(openMemory({ kind: 'embedded', path }, {}), 'blue');
const outcome = await memory.nautilus.claim(ttlMs, ({ epoch }) => say({ lostTo: epoch }));
if (outcome.kind === 'held') {
  say({ held: heldMessage(memory.nautilus.leaseName, outcome) });
  await memory.close();
} else if (outcome.kind === 'ok') {
  say({ claimed: outcome.ownership.lease.epoch });
  setInterval(async () => {
    const written = await memory.nautilus.writeState(outcome.ownership, state(process.pid));
    if (written.kind !== 'ok') say({ refused: written.kind });
  }, 50);
} else {
  say({ failed: outcome.reason });
}
