import { FRAME_SCAN, type FrameView } from '../../../../src/model/frame.ts';
import { TICK_TRADE, type Tick, type TickSource } from '../../../../src/model/tick.ts';
import type { FrameSource } from '../../../../src/workers/frame-publisher.ts';

/** UTC day of the script. */
export const SCRIPT_DAY = 20_000;
/** Longest run of ticks between two frames; many rings are smaller. */
const TICKS_MOST = 60;

/** One thing of a script: frame or tick number, and when it happens. */
export interface Scripted {
  readonly kind: 'frame' | 'tick';
  readonly number: number;
  readonly nsOfDay: number;
}

/** Frames and ticks in the one order in which they are to be heard: ticks up to a frame's time before it. Seeded. */
export function tickScript(seed: number, frames: number): Scripted[] {
  const events: Scripted[] = [];
  let state = seed | 1;
  const below = (bound: number): number => {
    // xorshift32, Marsaglia 2003
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
  let [nsOfDay, ticks] = [1, 0];
  for (let frame = 0; frame < frames; frame++) {
    const between = below(4) === 0 ? below(TICKS_MOST) : below(3);
    for (let i = 0; i < between; i++) {
      nsOfDay += below(3);
      events.push({ kind: 'tick', number: ticks++, nsOfDay });
    }
    nsOfDay += events.at(-1)?.kind === 'frame' ? 1 + below(2) : below(2);
    events.push({ kind: 'frame', number: frame, nsOfDay });
    nsOfDay += 1; // a tick of a frame's own instant comes before it
  }
  return events;
}

/** The frames of a script, as a publisher takes them. */
export class ScriptedFrames implements FrameSource {
  private readonly frames: readonly Scripted[];
  private next = 0;

  constructor(script: readonly Scripted[]) {
    this.frames = script.filter(({ kind }) => kind === 'frame');
  }

  get hasNext(): boolean {
    return this.next < this.frames.length;
  }

  get nextNsOfDay(): number {
    return this.frames[this.next]?.nsOfDay as number;
  }

  fill(frame: FrameView): void {
    frame.kind = FRAME_SCAN;
    frame.flags = 0;
    frame.tsEventDay = SCRIPT_DAY;
    frame.tsEventNsOfDay = this.nextNsOfDay;
    frame.scanNumber = this.next++;
  }
}

/** The ticks of a script. */
export class ScriptedTicks implements TickSource {
  private readonly ticks: readonly Scripted[];
  private next = 0;

  constructor(script: readonly Scripted[]) {
    this.ticks = script.filter(({ kind }) => kind === 'tick');
  }

  get nextDay(): number {
    return this.next < this.ticks.length ? SCRIPT_DAY : Number.POSITIVE_INFINITY;
  }

  get nextNsOfDay(): number {
    return this.ticks[this.next]?.nsOfDay ?? Number.POSITIVE_INFINITY;
  }

  take(out: Tick): void {
    out.kind = TICK_TRADE;
    out.assetIndex = 0;
    out.tsEventDay = SCRIPT_DAY;
    out.tsEventNsOfDay = this.nextNsOfDay;
    out.valueCount = 1 + (this.next % 5);
    out.values.fill(this.next++);
  }
}
