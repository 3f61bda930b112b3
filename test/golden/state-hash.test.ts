import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ReplayPlan } from '../../src/adapters/day-folder/plan.ts';
import { Mt19937 } from '../../src/alpha/kernels/mt19937.ts';
import { FRAME_BOOK, type FrameView } from '../../src/model/frame.ts';
import { HIBERNATE } from '../../src/model/posture.ts';
import type { StrategyConfig } from '../../src/model/strategy.ts';
import type { EngineRun } from '../../src/model/trade.ts';
import { decisionHash } from '../../src/report/decision-hash.ts';
import { DirectReplay } from '../../src/workers/direct-replay.ts';
import { stateHash } from '../../src/workers/state-hash.ts';
import { type GoldenCase, goldenCases, planOf } from '../support/golden-case.ts';
import { REPOSITORY } from '../support/run-dolphin.ts';
import { framesOf } from './golden-frames.ts';

const RANDOM_CUTS = 3;
const RELAY_FRAMES = 157; // prime to every interval in the sets

interface Ending {
  readonly run: EngineRun;
  readonly decisionHash: string;
  readonly stateHash: string;
}

/** One golden case with its frames, and machines for it. */
class Subject {
  readonly frames: readonly FrameView[];
  private readonly plan: ReplayPlan;
  private readonly config: StrategyConfig;

  static async of({ config, ...goldenCase }: GoldenCase, overrides: Partial<StrategyConfig> = {}): Promise<Subject> {
    const plan = await planOf({ config, ...goldenCase });
    const changed = { ...config, ...overrides };
    return new Subject(plan, changed, await framesOf(plan, changed));
  }

  private constructor(plan: ReplayPlan, config: StrategyConfig, frames: readonly FrameView[]) {
    this.plan = plan;
    this.config = config;
    this.frames = frames;
  }

  machine(): DirectReplay {
    return new DirectReplay({ ...this.plan, config: this.config });
  }

  /** Feeds a machine the frames from one number to another. */
  feed(machine: DirectReplay, from: number, to = this.frames.length): DirectReplay {
    for (let i = from; i < to; i++) machine.take(this.frames[i]!);
    return machine;
  }

  whole(): Ending {
    return endingOf(this.feed(this.machine(), 0));
  }

  /** Snapshots of one whole run before these frames. */
  snapshotsBefore(cuts: ReadonlySet<number>): Map<number, Uint8Array> {
    const snapshots = new Map<number, Uint8Array>();
    const machine = this.machine();
    this.frames.forEach((frame, i) => {
      if (cuts.has(i)) snapshots.set(i, machine.snapshot());
      machine.take(frame);
    });
    return snapshots;
  }

  /** Numbers of frames that are worth a cut: the first of each kind of moment, and some at random. */
  cuts(): Map<string, number> {
    const { frames } = this;
    const cuts = new Map<string, number>([['last frame', frames.length - 1]]);
    const note = (what: string, i: number, isSo: boolean) => isSo && !cuts.has(what) && cuts.set(what, i);
    const machine = this.machine();
    for (let i = 0; i < frames.length; i++) {
      const { engine } = machine;
      const isNewDay = i > 0 && frames[i]!.tsEventDay !== frames[i - 1]!.tsEventDay;
      note('day boundary', i, isNewDay);
      note('first frame of a day taken', i, i > 0 && cuts.get('day boundary') === i - 1);
      note('position open', i, engine.position.isOpen && engine.position.barsHeld > 3);
      note('position open over midnight', i, engine.position.isOpen && isNewDay);
      note('order book', i, frames[i]!.kind === FRAME_BOOK && engine.barsToday > 200);
      note('hibernating', i, engine.regime.posture === HIBERNATE && engine.barsToday > 20);
      note('rings full', i, engine.barsToday > 1100);
      machine.take(frames[i]!);
    }
    const random = new Mt19937(frames.length);
    for (let k = 0; k < RANDOM_CUTS; k++) cuts.set(`random ${k}`, Math.floor(random.randomSample() * frames.length));
    return cuts;
  }
}

function endingOf(machine: DirectReplay): Ending {
  const run = machine.finish();
  return { run, decisionHash: decisionHash(run.trades), stateHash: machine.stateHash() };
}

/** Hashes first: a list of all that differs is long in the making. */
function expectSame(actual: Ending, expected: Ending, when: string): void {
  expect(actual.decisionHash, when).toBe(expected.decisionHash);
  expect(actual.stateHash, when).toBe(expected.stateHash);
  expect(actual.run, when).toEqual(expected.run);
}

const cases = goldenCases().map((goldenCase) => [goldenCase.name, goldenCase] as const);
const named = (name: string): GoldenCase => new Map(cases).get(name)!;

const splitCases: readonly (readonly [string, GoldenCase, Partial<StrategyConfig>])[] = [
  ...cases.map(([name, goldenCase]) => [name, goldenCase, {}] as const),
  ['faults with the percentile detector', named('faults/champion'), { vol_detector: 'percentile' }],
  ['edges carried on both sides', named('edges/long-carry'), { direction: 'both', boost_mode: 'proxyB' }],
];

const moments = new Set<string>();
describe.each(splitCases)('%s: ends as the whole replay', (_, goldenCase, overrides) => {
  let subject: Subject;
  let expected: Ending;
  beforeAll(async () => {
    subject = await Subject.of(goldenCase, overrides);
    expected = subject.whole();
  });

  test('cut, and gone on with in another machine', () => {
    const cuts = subject.cuts();
    const snapshots = subject.snapshotsBefore(new Set(cuts.values()));
    for (const [what, cut] of cuts) {
      const machine = subject.machine();
      machine.restore(snapshots.get(cut)!);
      expect(machine.stateHash(), `${what}: before frame ${cut}`).toBe(stateHash(snapshots.get(cut)!));
      expectSame(endingOf(subject.feed(machine, cut)), expected, `${what}: from frame ${cut} on`);
      moments.add(what.replace(/ \d+$/, ''));
    }
  });

  test('handed from machine to machine', () => {
    let machine = subject.machine();
    for (let from = 0; from < subject.frames.length; from += RELAY_FRAMES) {
      const next = subject.machine();
      next.restore(machine.snapshot());
      machine = subject.feed(next, from, Math.min(from + RELAY_FRAMES, subject.frames.length));
    }
    expectSame(endingOf(machine), expected, 'relay');
  });
});

test('the sets had every moment that is worth a cut', () => {
  expect([...moments].sort()).toEqual([
    'day boundary',
    'first frame of a day taken',
    'hibernating',
    'last frame',
    'order book',
    'position open',
    'position open over midnight',
    'random',
    'rings full',
  ]);
});

test('the optimising compiler changes no bit of the state', () => {
  const hashes = [[], ['--no-opt'], ['--always-sparkplug', '--no-opt']].map((flags) => {
    const args = [...flags, 'test/golden/print-state-hash.ts', 'faults/both-proxy-expected'];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: REPOSITORY, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    return JSON.parse(stdout);
  });
  expect(hashes[0].stateHash).toMatch(/^[0-9a-f]{64}$/);
  expect(hashes[0].decisionHash).toBe(named('faults/both-proxy-expected').expected.decisionHash);
  expect(hashes[1]).toEqual(hashes[0]);
  expect(hashes[2]).toEqual(hashes[0]);
});
