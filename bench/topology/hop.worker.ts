import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { createTemplates, TEMPLATES } from './frames.ts';
import { pinThread } from './pin-thread.ts';
import { type ChannelMemory, loadTransport, type Receiver, type Sender, type TransportName } from './transport.ts';

/** What one end of a ping-pong needs; `port` instead of memory for MessagePort. */
export interface HopJob {
  readonly transport: TransportName | 'message-port';
  readonly role: 'ping' | 'echo';
  readonly there?: ChannelMemory;
  readonly back?: ChannelMemory;
  readonly port?: MessagePort;
  readonly doubles: number;
  readonly isParking: boolean;
  /** Hops that spin on `warmUpCore`, until V8 has compiled both ends; then the thread moves to `core`. */
  readonly warmUp: number;
  /** Hops on `core` before the first that counts. */
  readonly settle: number;
  readonly samples: number;
  readonly warmUpCore: number;
  readonly core: number;
}

/** What an end reports: what it read, and the ping its hops (half a round trip each). */
export interface HopOutcome {
  readonly sum: number;
  readonly hopNs: Float64Array;
}

const job = workerData as HopJob;
const firstSample = job.warmUp + job.settle;
const total = firstSample + job.samples;
const hopNs = new Float64Array(job.role === 'ping' ? job.samples : 0);

pinThread(job.warmUpCore);
if (job.transport === 'message-port') runOverPort(job.port!);
else parentPort!.postMessage(await runOverMemory(job.transport));

async function runOverMemory(name: TransportName): Promise<HopOutcome> {
  const transport = await loadTransport(name);
  const isPing = job.role === 'ping';
  const sender = transport.createSender(isPing ? job.there! : job.back!);
  const receiver = transport.createReceiver(isPing ? job.back! : job.there!, 'ends');
  const run = isPing ? ping : echo;
  let sum = run(sender, receiver, 0, job.warmUp);
  receiver.isParking = job.isParking;
  pinThread(job.core);
  sum += run(sender, receiver, job.warmUp, total);
  return { sum, hopNs };
}

function ping(sender: Sender, receiver: Receiver, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) {
    const fromMs = performance.now();
    sender.send(i);
    sender.flush();
    sum += receiver.receive();
    const elapsedMs = performance.now() - fromMs;
    if (i >= firstSample) hopNs[i - firstSample] = elapsedMs * 5e5;
  }
  return sum;
}

function echo(sender: Sender, receiver: Receiver, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) {
    sum += receiver.receive();
    sender.send(i);
    sender.flush();
  }
  return sum;
}

function runOverPort(port: MessagePort): void {
  const templates = createTemplates(job.doubles);
  let sum = 0;
  let count = 0;
  let fromMs = 0;
  const send = (): void => {
    const frame = templates[count % TEMPLATES]!;
    frame[0] = count;
    fromMs = performance.now();
    port.postMessage(frame);
  };
  port.on('message', (frame: Float64Array) => {
    if (job.role === 'ping' && count >= firstSample) hopNs[count - firstSample] = (performance.now() - fromMs) * 5e5;
    sum += frame[0]! + frame[frame.length - 1]!;
    if (job.role === 'echo') send();
    count++;
    if (count === job.warmUp) pinThread(job.core);
    if (count < total) {
      if (job.role === 'ping') send();
      return;
    }
    port.close();
    parentPort!.postMessage({ sum, hopNs } satisfies HopOutcome);
  });
  if (job.role === 'ping') send();
}
