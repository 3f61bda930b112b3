import type { BridgeCounts, SignalSink } from '../adapters/redis/signal-bridge.ts';
import type { SignalMessage } from '../adapters/redis/signal-message.ts';
import type { FramePublisher } from './frame-publisher.ts';
import type { SignalFrames } from './signal-frames.ts';
import type { StreamStanding } from './stream-standing.ts';

export interface SignalIntakeParts {
  readonly publisher: FramePublisher;
  readonly frames: SignalFrames;
  /** Where an earlier life of the run ended; one without frames where there was none. */
  readonly standing: StreamStanding;
  readonly stream: string;
  /** A line for the operator. */
  readonly say: (line: string) => void;
}

/** The engine's side of a bridge: each signal a frame of the bar ring, those left out that the run's journal has. */
export class SignalIntake implements SignalSink {
  readonly #parts: SignalIntakeParts;
  /** Told by the bridge, and no signals of this life: what the journal has, and the publisher's end. */
  #leftOut = 0;
  #leftOutStale = 0;
  /** A stop met a full ring: what came behind the signal that found no room would leave a hole in the journal. */
  #isCut = false;
  #lastDay = 0;
  #hasTold = false;

  constructor(parts: SignalIntakeParts) {
    this.#parts = parts;
  }

  /** @throws ScanRefusal as {@link SignalFrames.set}; InputError as {@link StreamStanding.leavesOut}. */
  take(message: SignalMessage, isStale: boolean): void {
    const { frames, standing, publisher } = this.#parts;
    if (this.#isCut) {
      this.#leaveOut(isStale);
      return;
    }
    if (message.kind === 'end') {
      standing.miss();
      this.#tellOfLoss();
      this.#leaveOut(isStale);
      return;
    }
    frames.set(message, isStale);
    if (standing.leavesOut(message.id, frames)) {
      this.#leaveOut(isStale);
      return;
    }
    this.#tellOfLoss();
    this.#lastDay = frames.nextDay;
    this.#isCut = !publisher.publishDay(frames, frames.nextDay);
    if (this.#isCut && frames.hasNext) this.#leaveOut(isStale); // it comes again to the life that goes on
  }

  /** Publishes what happens behind the last signal on its day, be it one of an earlier life; false on a stop. */
  publishLastTicks(): boolean {
    const { publisher, standing } = this.#parts;
    return publisher.publishTicksUntil(Math.max(this.#lastDay, standing.lastDay), Number.POSITIVE_INFINITY);
  }

  /** What became of the signals: those left out are none of this life's, and what the stream has lost is a gap. */
  counts(counts: BridgeCounts): BridgeCounts {
    const gaps = counts.gaps + (this.#parts.standing.hasLost ? 1 : 0);
    return { ...counts, taken: counts.taken - this.#leftOut, stale: counts.stale - this.#leftOutStale, gaps };
  }

  #leaveOut(isStale: boolean): void {
    this.#leftOut++;
    if (isStale) this.#leftOutStale++;
  }

  #tellOfLoss(): void {
    const { standing, stream, say } = this.#parts;
    if (this.#hasTold || !standing.hasLost) return;
    this.#hasTold = true;
    say(
      `stream ${stream}: has lost the last signal of the journal, and may have lost some behind it (trimmed?); ` +
        'the run goes on with what is there',
    );
  }
}
