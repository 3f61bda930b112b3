import type { Redis } from 'ioredis';
import { ScanRefusal } from '../adapters/json-scans/scan-json.ts';
import { messageOfEntry } from '../adapters/redis/first-scan.ts';
import { NO_POSITIONS, type PositionStore } from '../adapters/redis/position-store.ts';
import { compareSignalIds, entryIdOf, type SignalId, SignalIds, signalIdText } from '../adapters/redis/signal-id.ts';
import { createFrame, type FrameView } from '../model/frame.ts';
import { InputError } from '../model/input-error.ts';
import type { FrameSource } from './frame-publisher.ts';
import { isSameFrame, requireSameFrame } from './resume-point.ts';
import type { SignalFrames } from './signal-frames.ts';

/**
 * How far a run that goes on has come in its stream, told by the frames of its journal and by nothing else: the position can
 * never be ahead of the journal or behind it.
 *
 * Ids only go forward and their time is that of the latest signal so far. So the frames say of the last one its time, and
 * how many of that time they are; which numbers a publisher gave to those does not matter.
 */
export class StreamStanding {
  readonly #assets: number;
  readonly #ids = new SignalIds();
  readonly #last: FrameView;
  readonly #found: FrameView;
  #lastId: SignalId | null = null;
  /** Frames of the last id's time that are still to be found in the stream. */
  #remaining = 0;
  #hasLost = false;

  constructor(assets: number) {
    this.#assets = assets;
    this.#last = createFrame(assets);
    this.#found = createFrame(assets);
  }

  /** Told of every frame of the journal, in order; copied. */
  note(frame: FrameView): void {
    this.#lastId = this.#ids.next(frame.tsEventDay, frame.tsEventNsOfDay);
    this.#remaining = this.#lastId.ordinal + 1;
    this.#last.sequence = frame.sequence;
    this.#last.kind = frame.kind;
    this.#last.tsEventDay = frame.tsEventDay;
    this.#last.tsEventNsOfDay = frame.tsEventNsOfDay;
    this.#last.payload.set(frame.payload);
  }

  /** Id of the last frame's signal in a stream of our own publisher; null where the journal has no frame. */
  get signalId(): SignalId | null {
    return this.#lastId;
  }

  /** UTC day of the last frame; 0 where the journal has none. */
  get lastDay(): number {
    return this.#last.tsEventDay;
  }

  /** True once the last frame was found, or is known to be lost. */
  get isReached(): boolean {
    return this.#remaining === 0;
  }

  /** The stream had lost the last frame, and may have lost some behind it. */
  get hasLost(): boolean {
    return this.#hasLost;
  }

  /** Takes a signal out of `source` and answers whether it is the last frame; then that is reached. */
  isAt(source: FrameSource): boolean {
    source.fill(this.#found);
    if (!isSameFrame(this.#found, this.#last, this.#assets)) return false;
    this.#remaining = 0;
    return true;
  }

  /**
   * True for a signal whose frame the journal has: it is taken out of `source` and left at that.
   * @throws InputError when the stream has another signal in the place of the last frame.
   */
  leavesOut({ unixNs }: SignalId, source: FrameSource): boolean {
    if (this.isReached || this.#lastId === null) return false;
    if (unixNs > this.#lastId.unixNs) {
      this.miss();
      return false;
    }
    source.fill(this.#found);
    if (unixNs < this.#lastId.unixNs) return true;
    this.#remaining--;
    if (this.#remaining === 0) requireSameFrame(this.#found, this.#last, this.#assets);
    return true;
  }

  /** Nothing more comes at which the last frame could be found. */
  miss(): void {
    if (this.isReached) return;
    this.#remaining = 0;
    this.#hasLost = true;
  }
}

/**
 * Where to begin to read: behind the last frame's signal where the stream has it under the id that our own publisher gives
 * it, and else with the first entry, of which {@link StreamStanding.leavesOut} leaves out what the journal has.
 * @throws InputError when the signal there is one of another universe.
 */
export async function positionOf(
  standing: StreamStanding,
  stream: string,
  commands: Redis,
  frames: SignalFrames,
): Promise<PositionStore> {
  const { signalId: id } = standing;
  if (id === null) return NO_POSITIONS;
  const entryId = entryIdOf(id);
  const [entry] = await commands.xrange(stream, entryId, entryId);
  const message = entry === undefined ? null : messageOfEntry(entry[1]);
  if (message === null || message.kind === 'end' || compareSignalIds(message.id, id) !== 0) return NO_POSITIONS;
  try {
    frames.set(message, false);
  } catch (error) {
    if (!(error instanceof ScanRefusal)) throw error;
    throw new InputError(`stream ${stream}: it must be the one that the journal was recorded from: ${error.message}`);
  }
  if (!standing.isAt(frames)) return NO_POSITIONS;
  return { load: () => ({ stream, entryId, signalId: signalIdText(id) }), save: () => undefined };
}
