import { measureAll } from '../../src/main/commands/bench-latency.ts';
import { latencyPlan } from '../../src/main/commands/bench-latency-plan.ts';
import type { Bench } from '../support/result.ts';

/*
 *  source ── bar ring ──► engine ── intent ring ──► execution
 *     └ planned time                                    └ here every latency ends
 */

/** `dolphin bench latency`, as one of the benchmarks: its default plan, which takes five minutes. */
export const latencyBench: Bench = {
  name: 'latency',
  async run() {
    return await measureAll(latencyPlan(false), true, new AbortController().signal);
  },
};
