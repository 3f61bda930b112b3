import { parentPort, workerData } from 'node:worker_threads';
import { JournalFolder } from '../../../src/adapters/journal/journal-folder.ts';
import { isIoFailure, type JournalStore } from '../../../src/replay/journal/journal-store.ts';
import { Doorbell, PARK_TIMEOUT_MS } from '../../../src/shm/doorbell.ts';
import { runDutyCycle } from '../../../src/workers/duty-cycle.ts';
import { JournalAgent } from '../../../src/workers/journal-agent.ts';
import type { JournalWorkerOptions } from '../../../src/workers/messages.ts';
import { runWorker } from '../../../src/workers/worker-life.ts';

/** `napMs`: how long every write takes. */
const options = workerData as JournalWorkerOptions & { napMs: number };
const nap = new Int32Array(new SharedArrayBuffer(4));

/** A folder on a disk that takes its time for every write. */
function slowFolder(dir: string): JournalStore {
  const folder = JournalFolder.make(dir);
  return {
    path: folder.path,
    list: () => folder.list(),
    read: (name, limitBytes) => folder.read(name, limitBytes),
    replace: (name, bytes) => folder.replace(name, bytes),
    truncate: (name, bytes) => folder.truncate(name, bytes),
    remove: (name) => folder.remove(name),
    compress: (name) => folder.compress(name),
    create: (name, bytes) => {
      const file = folder.create(name, bytes);
      if (isIoFailure(file)) return file;
      return {
        append: (more) => {
          Atomics.wait(nap, 0, 0, options.napMs);
          return file.append(more);
        },
        sync: () => file.sync(),
        close: () => file.close(),
      };
    },
  };
}

/** The journal worker on a slow disk. */
await runWorker('JOURNAL', options.region, parentPort, async ({ region, heartbeat, ready, tell }) => {
  const { fsync, segmentBytes, engine, execution } = options;
  const onSegmentClosed = () => undefined;
  const agent = new JournalAgent(
    region,
    slowFolder(options.dir),
    { stream: 'engine', writer: { ...engine, fsync, segmentBytes }, onSegmentClosed },
    { stream: 'execution', writer: { ...execution, fsync, segmentBytes }, onSegmentClosed },
    () => null,
  );
  agent.flush(Date.now());
  const bell = new Doorbell(region, 'journalData');
  ready();
  runDutyCycle(agent, { idle: () => bell.park(agent.isReady, PARK_TIMEOUT_MS) }, heartbeat);
  agent.close(Date.now());
  tell({ kind: 'journalDone', lastSequences: agent.lastSequences, lastSegment: agent.lastSegment });
});
