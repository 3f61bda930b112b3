import { memoryAndGcBench } from './memory/memory-and-gc.bench.ts';
import { alphaStepBench } from './micro/alpha-step.bench.ts';
import { scannerBench } from './micro/scanner.bench.ts';
import { latencyBench } from './pipeline/latency.bench.ts';
import { memoryLatencyBench } from './pipeline/memory-latency.bench.ts';
import { replayVsNumbaBench } from './replay/replay-vs-numba.bench.ts';
import { routedReplayBench } from './replay/routed-replay.bench.ts';
import type { Bench } from './support/result.ts';
import { ringHopBench } from './topology/ring-hop.bench.ts';
import { ringThroughputBench } from './topology/ring-throughput.bench.ts';

/** Every benchmark, in the order in which `npm run bench` runs them. */
export const BENCHES: readonly Bench[] = [
  alphaStepBench,
  scannerBench,
  ringHopBench,
  ringThroughputBench,
  latencyBench,
  memoryLatencyBench,
  replayVsNumbaBench,
  routedReplayBench,
  memoryAndGcBench,
];
