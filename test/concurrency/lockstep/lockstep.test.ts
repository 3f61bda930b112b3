import { expect, it } from 'vitest';
import { FRAME_BOOK, FRAME_END, FRAME_SCAN } from '../../../src/model/frame.ts';
import { createIntent, INTENT_ENTRY } from '../../../src/model/intent.ts';
import { BarRingConsumer, BarRingProducer } from '../../../src/shm/bar-ring.ts';
import { readCounters } from '../../../src/shm/counters.ts';
import { readWorkerState } from '../../../src/shm/heartbeats.ts';
import { DEFAULT_SLOTS } from '../../../src/shm/layout.ts';
import { IntentRingProducer } from '../../../src/shm/record-ring.ts';
import { createRegion, type Region } from '../../../src/shm/region.ts';
import { NO_EVENTS } from '../../../src/workers/engine-events.ts';
import { EngineLockstep, isLockstepFrame } from '../../../src/workers/engine-lockstep.ts';
import { IntentOutlet } from '../../../src/workers/intent-outlet.ts';
import { describeOnTwoCores } from '../shm/support/two-cores.ts';
import { intentsOfFrame, type LockstepPlan, startExecution } from './script.ts';

const ROUNDS = process.env['DOLPHIN_NIGHTLY'] === '1' ? 300_000 : 20_000;
const SMALLEST = { barSlots: 2, intentSlots: 2, reportSlots: 2 };

const regionOf = (slots: object) => createRegion({ ...DEFAULT_SLOTS, ...slots, assets: 1, hasAssetSignals: false });

/** Waits for execution's thread to come up: a thread that is not there yet is no execution that has gone. */
async function running(region: Region): Promise<void> {
  while (readWorkerState(region, 'EXECUTION') === 'ABSENT') await new Promise((resolve) => setImmediate(resolve));
}

/** The engine's half, on this thread, over made-up frames: every fifth frame is a book, on which nobody waits. */
class Engine {
  /** Numbers of the reports in the order in which they were handed out, and the step of each. */
  readonly heard: number[] = [];
  readonly heardAt: number[] = [];
  decided = 0;
  private readonly region: Region;
  private readonly plan: LockstepPlan;
  private readonly producer: BarRingProducer;
  private readonly frames: BarRingConsumer;
  private readonly outlet: IntentOutlet;
  private readonly lockstep: EngineLockstep;
  private readonly intent = createIntent();

  constructor(region: Region, plan: LockstepPlan) {
    this.region = region;
    this.plan = plan;
    this.producer = new BarRingProducer(region);
    this.frames = new BarRingConsumer(region);
    const intents = new IntentRingProducer(region);
    this.outlet = new IntentOutlet(region, intents, this.frames.frame, NO_EVENTS, 0);
    this.lockstep = new EngineLockstep(region, intents);
  }

  step(kind: number): void {
    const { frames, lockstep } = this;
    this.publish(kind);
    frames.poll();
    const { frame } = frames;
    if (isLockstepFrame(frame.kind)) {
      lockstep.begin(frame, frames.slotOffset);
      for (let i = 0; i < lockstep.reportCount; i++) {
        this.heard.push(lockstep.reportAt(i).clientOrderSeq);
        this.heardAt.push(frame.sequence);
      }
      for (let i = 0; i < intentsOfFrame(this.plan, frame.sequence) && kind !== FRAME_END; i++) this.decide();
      lockstep.done(frame);
    }
    frames.release();
  }

  private decide(): void {
    this.intent.kind = INTENT_ENTRY;
    this.intent.sequence = this.decided++;
    this.outlet.emit(this.intent);
  }

  private publish(kind: number): void {
    this.producer.claim();
    this.producer.frame.kind = kind as typeof FRAME_SCAN;
    this.producer.frame.flags = 0;
    this.producer.commit();
    this.producer.publish();
  }

  get lostWakes(): number {
    return readCounters(this.region).lostWakes;
  }
}

async function play(slots: object, plan: LockstepPlan, rounds: number) {
  const region = regionOf(slots);
  const execution = startExecution({ buffer: region.buffer, plan });
  await running(region);
  const engine = new Engine(region, plan);
  for (let i = 0; i < rounds; i++) engine.step(i % 5 === 4 ? FRAME_BOOK : FRAME_SCAN);
  engine.step(FRAME_END);
  return { engine, execution: await execution, counters: readCounters(region) };
}

describeOnTwoCores('engine and execution in lockstep', () => {
  it('400 reports in one frame, 400 intents on one, through rings of two: no deadlock, none lost, in order', async () => {
    const plan = { reports: [400, 0, 1], intents: [0, 0, 400, 1] };
    const { engine, execution, counters } = await play(SMALLEST, plan, 30);
    expect(execution.failure).toBe('');
    expect(counters.reportFull).toBeGreaterThan(0);
    expect(counters.intentFull).toBeGreaterThan(0);
    expect(execution.intents).toEqual(Array.from({ length: engine.decided }, (_, i) => i));
    // What came of the intents is told with the frame behind them; what stopping told, with the END.
    expect(engine.heard).toEqual(Array.from({ length: execution.told }, (_, i) => i));
    expect(engine.decided).toBeGreaterThan(800);
    expect(counters.lostWakes).toBe(0);
  });

  it(`steps ${ROUNDS} times, whoever is faster, and loses no report, intent or wake-up`, async () => {
    const plan = { reports: [0, 3, 0, 0, 1], intents: [1, 0, 0, 2, 0, 0, 0] };
    const { engine, execution, counters } = await play({}, plan, ROUNDS);
    expect(execution.failure).toBe('');
    expect(execution.frames).toHaveLength(ROUNDS - ROUNDS / 5);
    expect(execution.intents).toHaveLength(engine.decided);
    expect(engine.heard).toEqual(Array.from({ length: execution.told }, (_, i) => i));
    expect(counters.lostWakes).toBe(0);
  });

  it('an engine that says nothing for 5 s ends execution with both numbers', async () => {
    const plan = { reports: [0], intents: [0] };
    const region = regionOf({});
    const execution = startExecution({ buffer: region.buffer, plan });
    await running(region);
    const intents = new IntentRingProducer(region);
    const [producer, frames] = [new BarRingProducer(region), new BarRingConsumer(region)];
    producer.claim();
    producer.frame.kind = FRAME_SCAN;
    producer.commit();
    producer.publish();
    frames.poll();
    new EngineLockstep(region, intents).begin(frames.frame, frames.slotOffset);
    expect((await execution).failure).toBe(
      'no progress in lockstep for 5000 ms: execution waits for the engine in step 1, the engine has stepped 0 frames',
    );
  });

  it('an execution that says nothing for 5 s ends the engine with both numbers', () => {
    const region = regionOf({});
    const engine = new Engine(region, { reports: [0], intents: [0] });
    expect(() => engine.step(FRAME_SCAN)).toThrow(
      'no progress in lockstep for 5000 ms: engine waits for execution at step 0, execution is done with 0 steps',
    );
  });
});
