import { DolphinActor } from '../engine/actor.ts';
import { AlphaEngine } from '../engine/engine.ts';
import { PostureTable } from '../engine/posture-source.ts';
import type { RunParams } from '../engine/run-params.ts';
import { FRAME_BOOK, type FrameView } from '../model/frame.ts';
import { BarRingConsumer, BarRingProducer } from '../shm/bar-ring.ts';
import { EventRingConsumer } from '../shm/event-ring.ts';
import { DEFAULT_SLOTS } from '../shm/layout.ts';
import { IntentRingConsumer, IntentRingProducer } from '../shm/record-ring.ts';
import { createRegion, type Region } from '../shm/region.ts';
import { EngineAgent, RecordingCells } from './engine-agent.ts';
import { NO_EVENTS } from './engine-events.ts';
import { IntentOutlet } from './intent-outlet.ts';
import { RecordedEvents } from './recorded-events.ts';
import { RegionCells } from './region-cells.ts';

const SCRATCH_SLOTS = { barSlots: 16, tickBytes: 1024, engineEventBytes: 1 << 18 } as const;

/** The engine worker's whole job, from ring to ring, in a region of its own: for frames that nobody is to hear of. */
export class ScratchEngine {
  readonly region: Region;
  private readonly producer: BarRingProducer;
  private readonly agent: EngineAgent;
  private readonly events: EventRingConsumer;
  private readonly intents: IntentRingConsumer;

  /**
   * @param params - fills are analytic whatever it says: nobody would report what came of an order.
   * @param isRecording - also tells a journal, as the run does.
   */
  constructor(params: RunParams, isRecording: boolean) {
    const assets = params.universe.length;
    this.region = createRegion({ ...DEFAULT_SLOTS, ...SCRATCH_SLOTS, assets, hasAssetSignals: false });
    this.agent = agentOf(this.region, { ...params, fills: 'analytic' }, isRecording);
    this.producer = new BarRingProducer(this.region);
    this.events = new EventRingConsumer(this.region, 'engine');
    this.intents = new IntentRingConsumer(this.region);
  }

  /** Takes one frame; what comes of it is thrown away. */
  take(frame: FrameView): void {
    const { producer, events, intents } = this;
    producer.claim();
    copyFrame(producer.frame, frame);
    producer.commit();
    producer.publish();
    this.agent.doWork();
    while (events.poll());
    events.release();
    while (intents.poll());
    intents.release();
  }
}

function agentOf(region: Region, params: RunParams, isRecording: boolean): EngineAgent {
  const frames = new BarRingConsumer(region);
  const events = isRecording ? new RecordedEvents(region, 'gap', () => new Uint8Array()) : NO_EVENTS;
  const engine = new AlphaEngine(
    params,
    new IntentOutlet(region, new IntentRingProducer(region), frames.frame, events, 0),
  );
  const ports = {
    posture: new PostureTable([]),
    cells: new RecordingCells(new RegionCells(region), events),
    onDayEnd: () => undefined,
    onInterrupted: () => undefined,
  };
  const actor = new DolphinActor(engine, ports, 'replay');
  return new EngineAgent(region, { frames, engine, actor, events, journalledCells: null, lockstep: null });
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
  for (let i = 0; from.kind !== FRAME_BOOK && i < to.signals.length; i++) to.signals[i] = from.signals[i]!;
  for (let i = 0; i < to.payload.length; i++) to.payload[i] = from.payload[i]!;
}
