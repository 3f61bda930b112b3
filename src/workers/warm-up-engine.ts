import { DolphinActor, PostureTable } from '../engine/actor.ts';
import { AlphaEngine } from '../engine/engine.ts';
import type { RunParams } from '../engine/run-params.ts';
import { eachMadeUpFrame, eager } from '../engine/warm-up.ts';
import { FRAME_BOOK, type FrameView } from '../model/frame.ts';
import { BarRingConsumer, BarRingProducer } from '../shm/bar-ring.ts';
import { Doorbell } from '../shm/doorbell.ts';
import { EventRingConsumer } from '../shm/event-ring.ts';
import { DEFAULT_SLOTS, sleepingOffset, wordIndex } from '../shm/layout.ts';
import { IntentRingConsumer } from '../shm/record-ring.ts';
import { createRegion, type Region } from '../shm/region.ts';
import { EngineAgent, RecordingCells } from './engine-agent.ts';
import { NO_EVENTS, RecordedEvents } from './engine-events.ts';
import { IntentOutlet } from './intent-outlet.ts';
import { RegionCells } from './region-cells.ts';

/** V8 compiles a branch after some thousands of turns. */
const WARM_UP_SLEEPS = 6000;
const WARM_UP_SLOTS = { barSlots: 16, tickBytes: 1024, engineEventBytes: 1 << 18 } as const;

/**
 * Runs the engine worker's whole job, from ring to ring, over made-up frames in a region of its own, so that the first
 * real frame meets compiled code. Nothing is left behind but that code. Takes some 20 ms, in which the market-data worker
 * decodes the first file.
 *
 * @param isRecording - also tells a journal, as the run will.
 */
export function warmUpEngine(params: RunParams, isRecording: boolean): void {
  const region = createRegion({
    ...DEFAULT_SLOTS,
    ...WARM_UP_SLOTS,
    assets: params.universe.length,
    hasAssetSignals: false,
  });
  const agent = agentOf(region, params, isRecording);
  warmBells(region);
  const producer = new BarRingProducer(region);
  const drains = [new EventRingConsumer(region, 'engine'), new IntentRingConsumer(region)];
  eachMadeUpFrame(params, (frame) => {
    producer.claim();
    copyFrame(producer.frame, frame);
    producer.commit();
    producer.publish();
    agent.doWork();
    for (const ring of drains) {
      while (ring.poll());
      ring.release();
    }
  });
}

/** Sleeping and waking as well: at 10 Hz these branches would run uncompiled for minutes. */
function warmBells(region: Region): void {
  const { layout, words } = region;
  const bell = new Doorbell(region, 'barData');
  const sleeping = wordIndex(sleepingOffset(layout, 'barData'));
  for (let i = 0; i < WARM_UP_SLEEPS; i++) {
    bell.park(isNeverReady, 0);
    Atomics.store(words, sleeping, 1); // as if somebody slept, whom it wakes
    bell.ring();
  }
}

function isNeverReady(): boolean {
  return false;
}

function agentOf(region: Region, params: RunParams, isRecording: boolean): EngineAgent {
  const frames = new BarRingConsumer(region);
  const events = isRecording ? new RecordedEvents(region, 'gap', () => new Uint8Array()) : NO_EVENTS;
  const engine = new AlphaEngine(eager(params), new IntentOutlet(region, frames.frame, events, 0));
  const ports = {
    posture: new PostureTable([]),
    cells: new RecordingCells(new RegionCells(region), events),
    onDayEnd: () => undefined,
    onInterrupted: () => undefined,
  };
  return new EngineAgent(region, {
    frames,
    engine,
    actor: new DolphinActor(engine, ports, 'replay'),
    events,
    journalledCells: null,
  });
}

function copyFrame(to: FrameView, from: FrameView): void {
  to.kind = from.kind;
  to.flags = from.flags;
  to.assetIndex = from.assetIndex;
  to.tsEventDay = from.tsEventDay;
  to.tsEventNsOfDay = from.tsEventNsOfDay;
  to.tsTakeDay = from.tsEventDay;
  to.tsTakeNsOfDay = from.tsEventNsOfDay;
  to.scanNumber = from.scanNumber;
  to.receivedNs = 0;
  to.publishedNs = 0;
  if (from.kind !== FRAME_BOOK) to.signals.set(from.signals);
  to.payload.set(from.payload.subarray(0, to.payload.length));
}
