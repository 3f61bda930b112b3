import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { JournalFolder } from '../adapters/journal/journal-folder.ts';
import { InputError } from '../model/input-error.ts';
import { Doorbell, PARK_TIMEOUT_MS } from '../shm/doorbell.ts';
import { runDutyCycle } from './duty-cycle.ts';
import { JournalAgent, JournalFailure, type ProvedSnapshot } from './journal-agent.ts';
import type { JournalWorkerOptions } from './messages.ts';
import { runWorker } from './worker-life.ts';

const options = workerData as JournalWorkerOptions;

await runWorker('JOURNAL', options.region, parentPort, async ({ region, heartbeat, ready, tell }) => {
  const { fsync, segmentBytes, engine, execution } = options;
  const streamOf = ({ identity, position }: JournalWorkerOptions['engine']) => ({
    stream: identity.machine === 'ENGINE' ? ('engine' as const) : ('execution' as const),
    writer: { identity, fsync, segmentBytes, position },
    onSegmentClosed: (segment: number) => tell({ kind: 'segmentClosed', machine: identity.machine, segment }),
  });
  const agent = new JournalAgent(
    region,
    JournalFolder.make(options.dir),
    streamOf(engine),
    streamOf(execution),
    // A parked thread hears no message, but may ask for one.
    () => (receiveMessageOnPort(parentPort!)?.message as ProvedSnapshot | undefined) ?? null,
  );
  try {
    agent.flush(Date.now());
  } catch (error) {
    throw error instanceof JournalFailure ? new InputError(`--record: ${error.message}`) : error;
  }
  const bell = new Doorbell(region, 'journalData');
  const idle = {
    idle: () => {
      const untilSyncMs = Math.max(0, agent.syncDueAtMs - Date.now());
      return bell.park(agent.isReady, Math.min(PARK_TIMEOUT_MS, untilSyncMs));
    },
  };
  ready();
  runDutyCycle(agent, idle, heartbeat);
  agent.close(Date.now());
  tell({ kind: 'journalDone', lastSequences: agent.lastSequences, lastSegment: agent.lastSegment });
});
