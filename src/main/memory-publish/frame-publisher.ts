import type { SystemMemory } from '../../adapters/memory/system-memory.ts';
import type { FrameView } from '../../model/frame.ts';
import type { StrategyConfig } from '../../model/strategy.ts';
import type { OfferTally } from './offer-tally.ts';

/** Turns the frames of days into values of the memory. Offers are not waited for: the newest of each entry wins. */
export interface FramePublisher {
  /** The frame is used again and not kept. */
  onFrame(frame: FrameView): void;
  /** No frame comes any more. */
  onEnd(): void;
}

/** What a publisher is made from. */
export interface PublisherContext {
  readonly memory: SystemMemory;
  readonly tally: OfferTally;
  readonly universe: readonly string[];
  readonly config: StrategyConfig;
  readonly barIntervalMs: number;
  /** A line for the operator. */
  readonly say: (line: string) => void;
}
