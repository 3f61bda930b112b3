import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { addEnds, addUp, createTemplates, type Reads, TEMPLATES } from './frames.ts';
import { pinThread } from './pin-thread.ts';
import { type ChannelMemory, loadTransport, type TransportName } from './transport.ts';

/** What one end of a stream needs; `port` instead of memory for MessagePort. */
export interface StreamJob {
  readonly transport: TransportName | 'message-port';
  readonly role: 'produce' | 'consume';
  readonly memory?: ChannelMemory;
  readonly port?: MessagePort;
  /** Of a message on its way. */
  readonly bytes: number;
  readonly doubles: number;
  readonly batch: number;
  readonly frames: number;
  /** Frames among them that pass before the clock starts. */
  readonly warmUp: number;
  readonly reads: Reads;
  readonly core: number;
}

/** From the first frame after the warm-up to the last one, and the sum of what was read; zeros from the producer. */
export interface StreamOutcome {
  readonly ns: number;
  readonly sum: number;
  readonly copySum: number;
}

const NOTHING_READ: StreamOutcome = { ns: 0, sum: 0, copySum: 0 };
const job = workerData as StreamJob;
pinThread(job.core);
if (job.transport === 'message-port') runOverPort(job.port!);
else parentPort!.postMessage(job.role === 'produce' ? await produce(job.transport) : await consume(job.transport));

async function produce(name: TransportName): Promise<StreamOutcome> {
  const sender = (await loadTransport(name)).createSender(job.memory!);
  for (let i = 0; i < job.frames; i++) {
    sender.send(i);
    if ((i + 1) % job.batch === 0) sender.flush();
  }
  sender.flush();
  return NOTHING_READ;
}

async function consume(name: TransportName): Promise<StreamOutcome> {
  const receiver = (await loadTransport(name)).createReceiver(job.memory!, job.reads);
  let read = 0;
  while (read < job.warmUp) read += receiver.drain(Math.min(job.batch, job.warmUp - read));
  const fromMs = performance.now();
  while (read < job.frames) read += receiver.drain(job.batch);
  return { ns: (performance.now() - fromMs) * 1e6, sum: receiver.sum, copySum: receiver.copySum() };
}

function runOverPort(port: MessagePort): void {
  if (job.role === 'produce') {
    const templates = createTemplates(job.doubles);
    for (let i = 0; i < job.frames; i++) {
      const frame = templates[i % TEMPLATES]!;
      frame[0] = i;
      port.postMessage(frame);
    }
    port.close();
    parentPort!.postMessage(NOTHING_READ);
    return;
  }
  let [read, sum, fromMs] = [0, 0, 0];
  port.on('message', (frame: Float64Array) => {
    if (read === job.warmUp) fromMs = performance.now();
    sum += job.reads === 'all' ? addUp(frame) : addEnds(frame);
    if (++read < job.frames) return;
    port.close();
    parentPort!.postMessage({ ns: (performance.now() - fromMs) * 1e6, sum, copySum: 0 } satisfies StreamOutcome);
  });
}
