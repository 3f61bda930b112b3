import type { Rules } from '../../engine/actor.ts';
import { createFrame, FRAME_SCAN, type FrameView } from '../../model/frame.ts';
import { MS_PER_DAY, NS_PER_MS } from '../../model/time.ts';
import type { FrameSource } from '../frame-publisher.ts';
import type { InboxOrder } from './inbox-order.ts';
import type { MarketInbox } from './market-inbox.ts';

export interface InboxFramesParts {
  readonly inbox: MarketInbox;
  readonly order: InboxOrder;
  readonly assets: number;
  /** Live, a frame is stamped with the clock, by which the engine judges its age; in a replay its age means nothing. */
  readonly rules: Rules;
  /** UNIX ms. */
  readonly nowMs: () => number;
}

/** Frames of what the memory worker hands on, what is no news left out. */
export class InboxFrames implements FrameSource {
  readonly #parts: InboxFramesParts;
  readonly #frame: FrameView;
  #isHolding = false;

  constructor(parts: InboxFramesParts) {
    this.#parts = parts;
    this.#frame = createFrame(parts.assets);
  }

  /** Looks into the inbox where nothing is held. */
  get hasNext(): boolean {
    const { inbox, order } = this.#parts;
    while (!this.#isHolding && inbox.take(this.#frame)) this.#isHolding = order.accepts(this.#frame);
    return this.#isHolding;
  }

  /** Of the frame that is held. */
  get nextNsOfDay(): number {
    return this.#frame.tsEventNsOfDay;
  }

  /** The same, its UTC day. */
  get nextDay(): number {
    return this.#frame.tsEventDay;
  }

  fill(to: FrameView): void {
    const from = this.#frame;
    to.kind = from.kind;
    to.flags = 0;
    to.assetIndex = from.assetIndex;
    to.scanNumber = from.scanNumber;
    to.tsEventDay = from.tsEventDay;
    to.tsEventNsOfDay = from.tsEventNsOfDay;
    if (from.kind === FRAME_SCAN) to.signals.set(from.signals);
    for (let i = 0; i < from.payload.length; i++) to.payload[i] = from.payload[i]!;
    this.#stamp(to);
    this.#isHolding = false;
  }

  #stamp(to: FrameView): void {
    const { rules, nowMs } = this.#parts;
    const isLive = rules === 'live';
    const now = isLive ? nowMs() : 0;
    to.tsRecvDay = isLive ? Math.floor(now / MS_PER_DAY) : to.tsEventDay;
    to.tsRecvNsOfDay = isLive ? (now % MS_PER_DAY) * NS_PER_MS : to.tsEventNsOfDay;
    to.tsTakeDay = to.tsRecvDay;
    to.tsTakeNsOfDay = to.tsRecvNsOfDay;
  }
}
