import { setTimeout as sleep, setImmediate as yieldToEvents } from 'node:timers/promises';
import type { ReplayPlan } from '../../adapters/day-folder/plan.ts';
import type { MemoryPort } from '../../adapters/memory/memory-port.ts';
import { SystemMemory } from '../../adapters/memory/system-memory.ts';
import type { StrategyConfig } from '../../model/strategy.ts';
import { feedDays } from '../day-feed.ts';
import type { FramePublisher, PublisherContext } from './frame-publisher.ts';
import { type OfferCounts, OfferTally } from './offer-tally.ts';

/** A store that is there answers by then; one that is not may come later. */
const CONNECT_MS = 5000;
/** What is kept gets this long to be stored at the end. */
const DRAIN_MS = 5000;
const POLL_MS = 20;

export interface PublishRunOptions {
  /** Closed at the end. */
  readonly port: MemoryPort;
  readonly plan: ReplayPlan;
  readonly config: StrategyConfig;
  /** Event seconds per second; 0 is as fast as frames can be read. */
  readonly speed: number;
  readonly needsSignals: boolean;
  readonly openPublisher: (context: PublisherContext) => FramePublisher;
  readonly isStopped: () => boolean;
  readonly onFrame: () => void;
  /** A line for the operator. */
  readonly say: (line: string) => void;
}

export interface PublishResult extends OfferCounts {
  /** False when it was stopped. */
  readonly complete: boolean;
  /** Entries whose newest value is not known to be stored. */
  readonly pending: number;
}

/**
 * Feeds days to a publisher of the memory. An outage of the store delays what is published and ends nothing: per entry the
 * newest value is kept, and stored when the store is back. At the end, stopped or not, what is kept gets 5 s.
 * @throws InputError for a bad day; what `openPublisher` throws.
 */
export async function publishRun(options: PublishRunOptions): Promise<PublishResult> {
  const { port, plan, config, say } = options;
  const memory = new SystemMemory(port, 'blue'); // none of these maps is a deployment's
  const tally = new OfferTally(say);
  try {
    const { universe, barIntervalMs } = plan;
    const publisher = options.openPublisher({ memory, tally, universe, config, barIntervalMs, say });
    await sayUntilReady(memory, options);
    let instant = Number.NaN;
    const complete = await feedDays(options, async (frame) => {
      // At full speed nothing would be sent without this; what happened at one instant is sent together.
      if (frame.tsEventNsOfDay !== instant) await yieldToEvents();
      instant = frame.tsEventNsOfDay;
      publisher.onFrame(frame);
      options.onFrame();
    });
    publisher.onEnd();
    return { complete, ...(await drain(memory, tally)) };
  } finally {
    await memory.close();
  }
}

async function sayUntilReady(memory: SystemMemory, { say, isStopped }: PublishRunOptions): Promise<void> {
  const startMs = performance.now();
  while (!isStopped() && performance.now() - startMs < CONNECT_MS) if (await memory.ready(POLL_MS * 10)) return;
  const { where, notes } = memory.status();
  say(`${where} does not answer; what is published is kept until it does. ${notes.join(' ')}`.trimEnd());
}

async function drain(memory: SystemMemory, tally: OfferTally): Promise<OfferCounts & { readonly pending: number }> {
  const deadlineMs = performance.now() + DRAIN_MS;
  while (memory.status().pendingWrites > 0 && performance.now() < deadlineMs) await sleep(POLL_MS);
  await yieldToEvents(); // outcomes that are there are counted
  return { ...tally.counts, pending: memory.status().pendingWrites };
}
