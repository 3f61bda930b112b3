import { MAX_COUNT, type Stateful, type StateWalk } from '../model/state-walk.ts';
import { isoFrom } from '../model/time.ts';

/** Event time of the bar that was stepped last; `nsOfDay` is NaN before the first. */
export interface EventMoment {
  readonly day: number;
  readonly nsOfDay: number;
}

/** No position opened after the bar of `from` until the bar of `to`, both in event time. */
interface Halt {
  readonly from: EventMoment;
  /** Null while it lasts. */
  to: EventMoment | null;
  /** True when an open position was ordered closed as well. */
  isFlatten: boolean;
}

const NEVER: EventMoment = { day: Number.NaN, nsOfDay: Number.NaN };
/** Least bytes of a halt in a walk: its beginning and two flags. */
const HALT_BYTES = 24;
/** A report names this many halts and counts the others. */
const HALTS_NAMED = 5;

/**
 * Whether the operator lets positions open, and when he did not: state of the machine, since a replay has to bar the same
 * entries and to say the same in its report. Exits are never barred.
 */
export class OperatorHalts implements Stateful {
  private readonly halts: Halt[] = [];

  get isHalted(): boolean {
    return this.halts.at(-1)?.to === null;
  }

  /** Bars entries from here on; nothing new while they are barred. */
  halt(at: EventMoment): void {
    if (!this.isHalted) this.halts.push({ from: at, to: null, isFlatten: false });
  }

  /** Notes that the halt that lasts has closed, or is to close, an open position. */
  markFlatten(): void {
    const last = this.halts.at(-1);
    if (last !== undefined) last.isFlatten = true;
  }

  /** Lets positions open again; nothing new while they may. */
  resume(at: EventMoment): void {
    const last = this.halts.at(-1);
    if (last !== undefined) last.to ??= at;
  }

  /** One sentence per halt, for reports. Allocates. */
  notes(): string[] {
    const named = this.halts.slice(0, HALTS_NAMED).map(noteOf);
    const others = this.halts.length - named.length;
    return others > 0 ? [...named, `Operator halts beside these: ${others}.`] : named;
  }

  walkState(walk: StateWalk): void {
    const count = walk.count('halts', this.halts.length, MAX_COUNT, HALT_BYTES);
    if (walk.isReading) this.halts.length = 0;
    for (let i = 0; i < count; i++) {
      walk.part(`halt ${i}`, { walkState: () => this.walkHalt(walk, i) });
    }
  }

  private walkHalt(walk: StateWalk, index: number): void {
    const halt = this.halts[index] ?? { from: NEVER, to: null, isFlatten: false };
    const walked = {
      from: walkMoment(walk, 'from', halt.from),
      isFlatten: walk.flag('isFlatten', halt.isFlatten),
      to: walk.flag('hasEnded', halt.to !== null) ? walkMoment(walk, 'to', halt.to ?? NEVER) : null,
    };
    if (walk.isReading) this.halts.push(walked);
  }
}

function walkMoment(walk: StateWalk, name: string, { day, nsOfDay }: EventMoment): EventMoment {
  return { day: walk.number(`${name}.day`, day), nsOfDay: walk.number(`${name}.nsOfDay`, nsOfDay) };
}

function noteOf({ from, to, isFlatten }: Halt): string {
  const begin = momentText(from) ?? 'the start';
  const end = to === null ? 'the end' : (momentText(to) ?? 'the start');
  return `Operator ${isFlatten ? 'flatten' : 'halt'}: no entries from ${begin} to ${end}.`;
}

/** `2026-01-05 10:00:00`, with fractions of a second where there are any; null before the first bar. */
function momentText({ day, nsOfDay }: EventMoment): string | null {
  if (Number.isNaN(nsOfDay)) return null;
  return isoFrom(day, nsOfDay)
    .replace('T', ' ')
    .replace(/(?:\.000)?Z$/, '');
}
