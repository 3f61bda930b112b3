import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExecutionMachinePorts } from '../../../src/exec/execution-machine.ts';
import { TapeReplay, type TapeVerdict } from '../../../src/exec/tape-replay.ts';
import { TapedMachine } from '../../../src/exec/taped-machine.ts';
import type { ExecutionReport } from '../../../src/model/execution-report.ts';
import { NO_TAPE, TAPE_REPORT, TAPE_SUBMIT, type TapeKind } from '../../../src/model/execution-tape.ts';
import { OrderLogHash } from '../../../src/workers/routed/order-log-hash.ts';
import { executionSettingsOf } from '../../../src/workers/routed/routed-session-options.ts';
import { BAR_INTERVAL_MS, INSTRUMENTS, RandomSession, RUN_EPOCH } from './random-session.ts';

const RUNS = 300;

interface TapeRecord {
  readonly kind: TapeKind;
  readonly values: Float64Array;
}

/** A machine that lives from its tape has no surroundings. */
const NOBODY: ExecutionMachinePorts = {
  venue: { submit: refuse, cancel: refuse, query: refuse },
  reports: { report: refuse },
  irregularities: { irregular: refuse },
  check: { check: refuse },
  touches: { readInto: refuse },
};

function refuse(): never {
  throw new Error('a replayed machine asked or told its surroundings');
}

interface Recorded {
  readonly session: RandomSession['session'];
  readonly tape: TapeRecord[];
  readonly reports: ExecutionReport[];
}

function record(seed: number): Recorded {
  const tape: TapeRecord[] = [];
  const reports: ExecutionReport[] = [];
  const random = new RandomSession(seed, {
    reports: { report: (report) => void reports.push({ ...report }) },
    tape: { write: (kind, values) => void tape.push({ kind, values: values.slice() }) },
  });
  random.run();
  return { session: random.session, tape, reports };
}

function replay(
  tape: readonly TapeRecord[],
  reports: ExecutionReport[] = [],
): { verdict: TapeVerdict; taped: TapedMachine } {
  const options = {
    runEpoch: RUN_EPOCH,
    settings: executionSettingsOf({ venue: 'bars', barIntervalMs: BAR_INTERVAL_MS }),
    instruments: INSTRUMENTS,
  };
  const taped = new TapedMachine(options, NOBODY, NO_TAPE);
  const replayed = new TapeReplay(taped, { report: (report) => void reports.push({ ...report }) });
  for (const { kind, values } of tape) replayed.write(kind, values);
  return { verdict: replayed.finish(), taped };
}

const hashOf = (tape: readonly TapeRecord[]): string => {
  const hash = new OrderLogHash();
  for (const { kind, values } of tape) hash.write(kind, values);
  return hash.digest();
};

describe('the tape of a session with every fault', () => {
  it('makes the machine again: it does the same, reports the same and counts the same', () => {
    let orders = 0;
    let records = 0;
    fc.assert(
      fc.property(fc.nat(1_000_000), (seed) => {
        const { session, tape, reports } = record(seed);
        const heard: ExecutionReport[] = [];
        const { verdict, taped } = replay(tape, heard);
        expect(verdict).toEqual({ records: tape.length, difference: null, beyondEnd: 0 });
        expect(heard).toEqual(reports);
        expect(taped.machine.metrics).toEqual(session.taped.machine.metrics);
        expect(taped.machine.isIdle).toBe(true);
        orders += taped.machine.desk.table.nextSeq;
        records += tape.length;
      }),
      { numRuns: RUNS },
    );
    console.info(`tapes: ${RUNS} sessions with every fault, ${orders} orders, ${records} records, 0 differences`);
    expect(orders).toBeGreaterThan(RUNS * 5);
  });

  it('is found wrong where a value of something done was changed, at that record and field', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.nat(), fc.nat(), (seed, at, valueAt) => {
        const { tape } = record(seed);
        const done = tape.flatMap(({ kind }, i) => (kind >= TAPE_SUBMIT ? [i] : []));
        fc.pre(done.length > 0);
        const i = done[at % done.length]!;
        const lengths: Partial<Record<TapeKind, number>> = { [TAPE_SUBMIT]: 11, [TAPE_REPORT]: 13 };
        const value = valueAt % (lengths[tape[i]!.kind] ?? 4);
        const { values } = tape[i]!;
        const got = values[value]!;
        values[value] = Number.isNaN(got) ? 1 : got + 1;
        const { difference } = replay(tape).verdict;
        expect(difference).toMatchObject({ record: i, kind: tape[i]!.kind, expected: values[value], got });
      }),
      { numRuns: 100 },
    );
  });

  it('is found wrong where a record is missing, or is there twice', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.nat(), fc.boolean(), (seed, at, isTwice) => {
        const { tape } = record(seed);
        const done = tape.flatMap(({ kind }, i) => (kind >= TAPE_SUBMIT && i < tape.length - 1 ? [i] : []));
        fc.pre(done.length > 0);
        const i = done[at % done.length]!;
        const changed = isTwice ? tape.toSpliced(i, 0, tape[i]!) : tape.toSpliced(i, 1);
        expect(replay(changed).verdict.difference?.record).toBe(isTwice ? i + 1 : i);
      }),
      { numRuns: 100 },
    );
  });

  it('gives the same order log hash each time, and another one for another seed', () => {
    const [one, again, other] = [record(7), record(7), record(8)].map(({ tape }) => hashOf(tape));
    expect(again).toBe(one);
    expect(other).not.toBe(one);
    expect(one).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('the cost of fills', () => {
  it('is split without a rest: latency, queue and spread add up to what was paid against the decision', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (seed) => {
        const { session, reports, tape } = record(seed);
        const decisions = new Map<number, { price: number; isEntry: boolean }>();
        for (const { kind, values } of tape) {
          if (kind === 1) decisions.set(values[0]!, { price: values[7]!, isEntry: values[1] === 1 });
        }
        const paid = { entries: 0, exits: 0 };
        for (const { lastQty, lastPx, side, intentSequence } of reports) {
          const decision = decisions.get(intentSequence);
          if (decision === undefined || !(lastQty > 0)) continue;
          paid[decision.isEntry ? 'entries' : 'exits'] += side * (lastPx - decision.price) * lastQty;
        }
        const { entries, exits } = session.outcome().execution;
        const sum = (of: typeof entries): number => of.latencyCost + of.queueCost + of.spreadCost;
        expect(sum(entries)).toBeCloseTo(paid.entries, 9);
        expect(sum(exits)).toBeCloseTo(paid.exits, 9);
      }),
      { numRuns: 100 },
    );
  });
});
