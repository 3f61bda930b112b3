import { readFileSync } from 'node:fs';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { monotonicNs } from '../../src/workers/monotonic-clock.ts';
import { createTemplates, TEMPLATES } from '../topology/frames.ts';
import {
  HEADER_DOUBLES,
  type PipelinePoint,
  PLANNED,
  PUBLISHED,
  RECORD_DOUBLES,
  SETTLE_NS,
  SUM,
  TAKEN,
  WARM_UP_PERIOD_NS,
} from './outcome.ts';

/** One thread of the pipeline over message ports. */
export interface StageJob extends PipelinePoint {
  readonly role: 'producer' | 'engine' | 'execution';
  /** Where frames or records come from; the producer's is not used. */
  readonly from: MessagePort;
  /** Where they go; that of execution is not used. */
  readonly to: MessagePort;
}

/** What a thread has to say at its end; fields that are another thread's stay empty. */
export interface StageOutcome {
  readonly sum: number;
  readonly firstNs: number;
  readonly lastNs: number;
  readonly cpuNs: number;
  readonly lateNs: Float64Array;
  readonly hopNs: Float64Array;
  readonly intentNs: Float64Array;
  readonly totalNs: Float64Array;
}

const job = workerData as StageJob;
const count = job.warmUp + job.frames;
const samples = () => new Float64Array(job.frames);
const [lateNs, hopNs, intentNs, totalNs] = [samples(), samples(), samples(), samples()];
let [sum, seen, firstNs, cpuFromNs] = [0, 0, 0, 0];

if (job.role === 'producer') produce();
else job.from.on('message', job.role === 'engine' ? decide : execute);

function produce(): void {
  const templates = createTemplates(job.assets);
  const frame = new Float64Array(HEADER_DOUBLES + job.assets);
  const nap = new Int32Array(new SharedArrayBuffer(4));
  let startNs = monotonicNs();
  let periodNs = job.rateHz === 0 ? 0 : WARM_UP_PERIOD_NS;
  for (let i = 0, k = 0; i < count; i++, k++) {
    if (i === job.warmUp) {
      startNs = monotonicNs() + SETTLE_NS;
      periodNs = job.rateHz === 0 ? 0 : 1e9 / job.rateHz;
      k = 0;
      beginMeasuring();
    }
    const plannedNs = startNs + periodNs * k;
    for (let now = monotonicNs(); periodNs > 0 && now < plannedNs; now = monotonicNs()) {
      Atomics.wait(nap, 0, 0, (plannedNs - now) / 1e6);
    }
    frame.set(templates[i % TEMPLATES]!, HEADER_DOUBLES);
    frame[PUBLISHED] = monotonicNs();
    frame[PLANNED] = periodNs > 0 ? plannedNs : frame[PUBLISHED];
    job.to.postMessage(frame); // a structured clone: one copy here, one in the other thread
  }
  end();
}

function decide(frame: Float64Array): void {
  if (seen === job.warmUp) beginMeasuring();
  const takenNs = monotonicNs();
  const record = new Float64Array(RECORD_DOUBLES);
  record[PLANNED] = frame[PLANNED]!;
  record[PUBLISHED] = frame[PUBLISHED]!;
  record[TAKEN] = takenNs;
  for (let i = HEADER_DOUBLES; i < frame.length; i++) record[SUM]! += frame[i]!;
  const sample = seen - job.warmUp;
  if (sample >= 0) {
    hopNs[sample] = takenNs - frame[PUBLISHED]!;
    intentNs[sample] = monotonicNs() - frame[PUBLISHED]!; // postMessage clones and wakes in one
  }
  job.to.postMessage(record);
  if (++seen === count) end();
}

function execute(record: Float64Array): void {
  if (seen === job.warmUp) beginMeasuring();
  sum += record[SUM]!;
  const sample = seen - job.warmUp;
  if (sample >= 0) {
    totalNs[sample] = monotonicNs() - record[PLANNED]!;
    lateNs[sample] = record[PUBLISHED]! - record[PLANNED]!;
  }
  if (++seen === count) end();
}

function beginMeasuring(): void {
  firstNs = monotonicNs();
  cpuFromNs = cpuNs();
}

function end(): void {
  const lastNs = monotonicNs();
  const outcome: StageOutcome = {
    sum,
    firstNs,
    lastNs,
    cpuNs: cpuNs() - cpuFromNs,
    lateNs,
    hopNs,
    intentNs,
    totalNs,
  };
  parentPort!.postMessage(outcome);
  job.from.close();
}

/** CPU time of this thread, ns; NaN without /proc. */
function cpuNs(): number {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]);
  } catch {
    return Number.NaN;
  }
}
