// Prints decision and state hash of one golden case by direct call: for the test that runs it in processes of their own.
import { decisionHash } from '../../src/report/decision-hash.ts';
import { DirectReplay } from '../../src/workers/direct-replay.ts';
import { goldenCases, planOf } from '../support/golden-case.ts';
import { framesOf } from './golden-frames.ts';

const name = process.argv[2];
const goldenCase = goldenCases().find((candidate) => candidate.name === name);
if (goldenCase === undefined) throw new Error(`no golden case is named "${name}"`);
const plan = await planOf(goldenCase);
const replay = new DirectReplay({ ...plan, config: goldenCase.config });
for (const frame of await framesOf(plan, goldenCase.config)) replay.take(frame);
const { trades } = replay.finish();
console.log(JSON.stringify({ decisionHash: decisionHash(trades), stateHash: replay.stateHash() }));
