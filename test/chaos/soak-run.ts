// Scans of 400 assets through the worker threads of a recorded run, from a source that allocates nothing. Arguments: rate
// in Hz (0: as fast as they are taken), frames.
import { measureLatency } from '../../src/main/commands/bench-latency-run.ts';

const [rateHz, frames] = process.argv.slice(2).map(Number) as [number, number];
const point = {
  rateHz,
  assets: 400,
  wait: 'park',
  fills: 'analytic',
  hasJournal: true,
  frames,
  hasPeers: false,
} as const;
await measureLatency(point, new AbortController().signal);
