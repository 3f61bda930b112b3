import { buildDisruptor } from '../support/java-peer.ts';
import { buildPeer, runPeer } from '../support/peers.ts';
import { addUp, createTemplates, TEMPLATES } from '../topology/frames.ts';
import type { PipelineOutcome, PipelinePoint } from './outcome.ts';
import { runPortPipeline } from './port-pipeline.ts';

/*
 * One peer at one point, for `dolphin bench latency`, which starts this in a process of its own:
 *
 *   node bench/pipeline/run-peer.ts c|disruptor|port '{"rateHz":10,"assets":400,"wait":"park","warmUp":…,"frames":…}'
 *
 * Prints the outcome as one line of JSON, or `null` when the peer cannot be built here.
 */
const [peer, json] = process.argv.slice(2);
const point = JSON.parse(json ?? '') as PipelinePoint;
const outcome = await run(peer ?? '');
if (outcome !== null) checkSum(outcome);
console.log(JSON.stringify(outcome));

async function run(name: string): Promise<PipelineOutcome | null> {
  if (name === 'port') return await runPortPipeline(point);
  if (name === 'disruptor') return buildDisruptor()?.run<PipelineOutcome>('Pipeline', flags()) ?? null;
  if (name === 'c') return runC();
  throw new Error(`peer must be c, disruptor or port, was "${name}"`);
}

function runC(): PipelineOutcome | null {
  let program: string;
  try {
    program = buildPeer('pipeline');
  } catch (error) {
    console.error(`SKIPPED C11 pipeline: ${(error as Error).message.split('\n')[0]}`);
    return null;
  }
  return runPeer<PipelineOutcome>(program, flags());
}

function flags(): string[] {
  const { rateHz, assets, wait, warmUp, frames } = point;
  return ['--rate', rateHz, '--assets', assets, '--wait', wait, '--warm-up', warmUp, '--frames', frames].map(String);
}

/** A frame that was lost, doubled or torn changes the sum; then there is no number. */
function checkSum({ sum }: PipelineOutcome): void {
  const sums = createTemplates(point.assets).map(sumOf);
  let expected = 0;
  for (let i = 0; i < point.warmUp + point.frames; i++) expected += sums[i % TEMPLATES]!;
  if (sum !== expected) throw new Error(`sum over the frames of ${peer} must be ${expected}, was ${sum}`);
}

/** Whole numbers: any order of adding them gives the same. */
function sumOf(prices: Float64Array): number {
  const even = prices.length - (prices.length % 4);
  return addUp(prices.subarray(0, even)) + prices.subarray(even).reduce((sum, price) => sum + price, 0);
}
