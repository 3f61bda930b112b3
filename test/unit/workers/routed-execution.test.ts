import { expect, test } from 'vitest';
import { FRAME_END, FRAME_SCAN } from '../../../src/model/frame.ts';
import {
  createIntent,
  INTENT_EXIT,
  INTENT_STEP_BEGIN,
  INTENT_STEP_DONE,
  type Intent,
} from '../../../src/model/intent.ts';
import { BarRingConsumer, BarRingProducer } from '../../../src/shm/bar-ring.ts';
import { requestStop } from '../../../src/shm/control.ts';
import { Heartbeat } from '../../../src/shm/heartbeats.ts';
import { DEFAULT_SLOTS } from '../../../src/shm/layout.ts';
import { IntentRingProducer } from '../../../src/shm/record-ring.ts';
import { createRegion } from '../../../src/shm/region.ts';
import { WatermarkReader, WatermarkWriter } from '../../../src/shm/watermarks.ts';
import { ReportOutbox, RoutedExecution } from '../../../src/workers/routed-execution.ts';

/** Execution on one thread with an engine that is this test, and a session that writes down what it is given. */
class Stage {
  readonly heard: string[] = [];
  readonly execution: RoutedExecution;
  readonly region = createRegion({ assets: 1, hasAssetSignals: false, ...DEFAULT_SLOTS });
  private readonly bars: BarRingProducer;
  private readonly frames: BarRingConsumer;
  private readonly intents: IntentRingProducer;

  /** @param isRecorded - decisions wait for a journal, which is not there yet. */
  constructor(isRecorded = false) {
    const { region } = this;
    this.bars = new BarRingProducer(region);
    this.frames = new BarRingConsumer(region);
    this.intents = new IntentRingProducer(region);
    const session = {
      onFrame: () => void this.heard.push('frame'),
      onIntent: ({ sequence }: Intent) => void this.heard.push(`intent ${sequence}`),
      stopWorking: () => void this.heard.push('stop'),
    };
    const watermark = isRecorded ? new WatermarkReader(region, 'engine', 'written') : null;
    const parts = { session, outbox: new ReportOutbox(), watermark, ticks: null, flush: () => undefined };
    this.execution = new RoutedExecution(region, parts);
  }

  /** A step of the engine with one decision to leave. */
  step(kind: typeof FRAME_SCAN | typeof FRAME_END, sequence: number): void {
    this.bars.claim();
    this.bars.frame.kind = kind;
    this.bars.commit();
    this.bars.publish();
    this.frames.poll();
    this.write({ kind: INTENT_STEP_BEGIN, eventSequence: this.frames.slotOffset });
    this.write({ kind: INTENT_EXIT, sequence });
    this.write({ kind: INTENT_STEP_DONE });
    this.execution.doWork();
  }

  private write(fields: Partial<Intent>): void {
    this.intents.write({ ...createIntent(), ...fields });
  }
}

test('what is decided on the reports of the stop is accounted for, and worked no more', () => {
  const stage = new Stage();
  stage.step(FRAME_SCAN, 0);
  expect([stage.heard, stage.execution.isDone()]).toEqual([['frame', 'intent 0'], false]);
  stage.step(FRAME_END, 1);
  expect(stage.heard).toEqual(['frame', 'intent 0', 'stop']);
  expect([stage.execution.exits, stage.execution.isDone()]).toEqual([2, true]);
});

test('while its decisions wait for the journal, a frame that the engine shows meanwhile keeps no thread awake', () => {
  const stage = new Stage(true);
  stage.step(FRAME_SCAN, 0);
  stage.step(FRAME_SCAN, 1);
  expect([stage.heard, stage.execution.isReady()]).toEqual([['frame'], false]);
  new WatermarkWriter(stage.region, 'engine').advance(1, 1);
  expect(stage.execution.isReady()).toBe(true);
  stage.execution.doWork();
  stage.execution.doWork();
  expect(stage.heard).toEqual(['frame', 'intent 0', 'frame', 'intent 1']);
});

test('it does not outlive a journal that failed with its decisions', () => {
  const stage = new Stage(true);
  stage.step(FRAME_SCAN, 0);
  new Heartbeat(stage.region, 'JOURNAL').setState('FAILED');
  expect(stage.execution.isDone()).toBe(false); // until the run is to end
  requestStop(stage.region);
  expect([stage.execution.isDone(), stage.heard]).toEqual([true, ['frame']]);
});
