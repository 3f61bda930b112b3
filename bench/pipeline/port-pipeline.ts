import { once } from 'node:events';
import { type MessagePort, Worker } from 'node:worker_threads';
import { createPorts } from '../topology/thread-pair.ts';
import type { PipelineOutcome, PipelinePoint } from './outcome.ts';
import type { StageJob, StageOutcome } from './stage.worker.ts';

/** The two hops over MessagePort, each frame a structured clone of a Float64Array: what Node itself offers. */
export async function runPortPipeline(point: PipelinePoint): Promise<PipelineOutcome> {
  const [framesOut, framesIn] = createPorts();
  const [recordsOut, recordsIn] = createPorts();
  const [unusedIn, unusedOut] = createPorts();
  const [execution, engine, producer] = await Promise.all([
    runStage({ ...point, role: 'execution', from: recordsIn, to: unusedOut }),
    runStage({ ...point, role: 'engine', from: framesIn, to: recordsOut }),
    runStage({ ...point, role: 'producer', from: unusedIn, to: framesOut }),
  ]);
  const isPaced = point.rateHz > 0;
  const series = (ns: Float64Array) => (isPaced ? [...ns] : []);
  return {
    sum: execution.sum,
    wallNs: execution.lastNs - producer.firstNs,
    cpuNs: { producer: producer.cpuNs, engine: engine.cpuNs, execution: execution.cpuNs },
    lateNs: series(execution.lateNs),
    hopNs: series(engine.hopNs),
    intentNs: series(engine.intentNs),
    totalNs: series(execution.totalNs),
  };
}

async function runStage(job: StageJob): Promise<StageOutcome> {
  const transferList: MessagePort[] = [job.from, job.to];
  const worker = new Worker(new URL('./stage.worker.ts', import.meta.url), { workerData: job, transferList });
  const [outcome] = (await once(worker, 'message')) as [StageOutcome];
  return outcome;
}
