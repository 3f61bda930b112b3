import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../src/exec/venue/seeded-random.ts';
import { TAPE_INTENT, TAPE_SUBMIT } from '../../src/model/execution-tape.ts';
import { type CrashPoint, MortalExecution, type TapeRecord } from './mortal-execution.ts';

const POINTS = 1000;
/** A tenth of a lot. */
const QTY_TOLERANCE = 1e-4;

/** Records from an intent to the order that is sent for it, both included: the stretch in which nothing may be lost. */
function betweenIntentAndSend(disk: readonly TapeRecord[]): number[] {
  const stretch: number[] = [];
  let from = -1;
  for (const [i, { kind }] of disk.entries()) {
    if (kind === TAPE_INTENT) from = i;
    if (kind !== TAPE_SUBMIT || from < 0) continue;
    for (let at = from; at <= i; at++) stretch.push(at);
    from = -1;
  }
  return stretch;
}

/** Three of four points lie between an intent and its order, the rest anywhere. */
function crashPoint(seed: number, disk: readonly TapeRecord[]): CrashPoint {
  const random = new SeededRandom(seed, 78);
  const stretch = seed % 4 === 0 ? disk.map((_, i) => i) : betweenIntentAndSend(disk);
  const write = stretch[Math.floor(random.uniform() * stretch.length)] ?? 0;
  return { write, isWritten: random.happens(0.5) };
}

function whatIsWrong(run: MortalExecution): string[] {
  const faults = [...run.faults];
  for (const { sequence, qty } of run.outstanding()) faults.push(`intent ${sequence} of ${qty} did not end`);
  const difference = run.retrace();
  if (difference !== null) faults.push(`the tape of both lives does not replay: ${JSON.stringify(difference)}`);
  const done = run.doneSequences();
  if (new Set(done).size !== done.length) faults.push('an intent ended twice');
  for (const { sequence, qty } of run.intents) {
    const [filled, reported] = [run.filledFor(sequence), run.reportedFor(sequence)];
    if (filled > qty + QTY_TOLERANCE) faults.push(`intent ${sequence} of ${qty} filled ${filled}`);
    if (Math.abs(filled - reported) > QTY_TOLERANCE) faults.push(`${sequence} filled ${filled}, reported ${reported}`);
  }
  run.venue.visitOpenOrders(({ clientOrderSeq }) => void faults.push(`order ${clientOrderSeq} is still open`));
  return faults;
}

describe('an execution process that dies between a decision and its order', () => {
  it(`loses nothing at ${POINTS} seeded points`, () => {
    const wrong: string[] = [];
    const tally = { died: 0, orders: 0, neverSent: 0, intents: 0 };
    for (let seed = 1; seed <= POINTS; seed++) {
      const whole = new MortalExecution(seed, null);
      whole.run();
      const point = crashPoint(seed, whole.disk);
      const run = new MortalExecution(seed, point);
      run.run();
      for (const fault of whatIsWrong(run)) wrong.push(`seed ${seed}, ${JSON.stringify(point)}: ${fault}`);
      const recorded = run.disk.filter(({ kind }) => kind === TAPE_SUBMIT).length;
      if (run.hasDied) tally.died++;
      tally.orders += run.sent.size;
      tally.neverSent += recorded - run.sent.size;
      tally.intents += run.intents.length;
    }
    console.info(
      `execution crash points: ${POINTS} tried, ${tally.died} deaths, ${tally.intents} intents, ${tally.orders} orders sent, ` +
        `${tally.neverSent} recorded and never sent, lost ${wrong.length}`,
    );
    expect(wrong).toEqual([]);
    expect(tally.died).toBe(POINTS);
    expect(tally.neverSent).toBeGreaterThan(POINTS / 10);
  });
});
