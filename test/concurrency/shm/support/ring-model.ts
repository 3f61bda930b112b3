/**
 * A model of the bar ring and its two doorbells, small enough to try every interleaving: two threads as lists of
 * atomic steps, a shared state, and a depth-first search over who goes next. There are no time-outs: who sleeps,
 * sleeps until a ring, so a lost wake-up is a state in which nobody can take a step and not all is done.
 */

/** One thing done wrong. */
export type Bug =
  | 'sleeps without asking again'
  | 'reads the bell after asking'
  | 'asks before raising the flag'
  | 'notifies without counting the ring'
  | 'looks for a sleeper before the store'
  | 'never rings when it releases'
  | 'rings for room at exactly a quarter'
  | 'sleeps on frames it has not published'
  | 'publishes before it writes'
  | 'writes a slot that is not released'
  | 'releases before it reads'
  | 'takes the newest frame only';

export interface Model {
  readonly slots: number;
  readonly frames: number;
  /** Frames per publish; the last may be fewer. */
  readonly batch: number;
  /** Whether the consumer releases each frame, or only when it has drained what it saw. */
  readonly release: 'each' | 'drained';
  readonly bug?: Bug;
}

type Role = 'producer' | 'consumer';
type BellName = 'data' | 'space';

interface Bell {
  rings: number;
  sleeping: number;
  /** Someone is inside wait. */
  isWaiting: boolean;
}

interface Thread {
  /** Name of its next step. */
  at: string;
  /** Frames written, or taken. */
  done: number;
  /** Frames published, or released. */
  shown: number;
  /** The other side's index as last loaded. */
  cached: number;
  /** The bell as it was before sleeping. */
  seen: number;
  /** What was read in one step for use in a later one; -1 when nothing. */
  register: number;
}

interface State {
  tail: number;
  head: number;
  /** Two halves per slot: a frame is whole when both hold its number. */
  halves: number[];
  data: Bell;
  space: Bell;
  producer: Thread;
  consumer: Thread;
  /** Frames taken, counted by the search and not by the consumer. */
  taken: number;
}

/** Changes the state by one atomic step; the name of the thread's next step, or a broken promise as `!sentence`. */
type Step = (state: State, model: Model) => string;

/**
 * Searches every reachable state.
 * @returns how many there are, and the first broken promise, if any.
 */
export function explore(model: Model): { states: number; violation: string | undefined } {
  const seen = new Set<string>();
  const stack = [initialState(model)];
  while (stack.length > 0) {
    const state = stack.pop()!;
    const key = JSON.stringify(state);
    if (seen.has(key)) continue;
    seen.add(key);
    const successors = [];
    for (const role of ['producer', 'consumer'] as const) {
      if (!canStep(state, role)) continue;
      const next = copyOf(state);
      const at = (role === 'producer' ? PRODUCER : CONSUMER)[next[role].at]!(next, model);
      if (at.startsWith('!')) return { states: seen.size, violation: at.slice(1) };
      next[role].at = at;
      successors.push(next);
    }
    if (successors.length === 0 && !isOver(state)) return { states: seen.size, violation: asleep(state) };
    stack.push(...successors);
  }
  return { states: seen.size, violation: undefined };
}

function initialState({ slots }: Model): State {
  const bell = (): Bell => ({ rings: 0, sleeping: 0, isWaiting: false });
  const thread = (at: string): Thread => ({ at, done: 0, shown: 0, cached: 0, seen: 0, register: -1 });
  return {
    tail: 0,
    head: 0,
    halves: new Array(2 * slots).fill(-1),
    data: bell(),
    space: bell(),
    producer: thread('claim'),
    consumer: thread('poll'),
    taken: 0,
  };
}

function copyOf(state: State): State {
  return {
    tail: state.tail,
    head: state.head,
    halves: [...state.halves],
    data: { ...state.data },
    space: { ...state.space },
    producer: { ...state.producer },
    consumer: { ...state.consumer },
    taken: state.taken,
  };
}

function canStep(state: State, role: Role): boolean {
  const bell = role === 'producer' ? state.space : state.data;
  return state[role].at !== 'done' && !bell.isWaiting;
}

function isOver(state: State): boolean {
  return state.producer.at === 'done' && state.consumer.at === 'done';
}

function asleep({ producer, consumer, tail, head }: State): string {
  return `asleep for ever: producer at ${producer.at}, consumer at ${consumer.at}, tail ${tail}, head ${head}`;
}

const threshold = (slots: number): number => Math.max(1, slots >> 2);
const afterPublish = (state: State, model: Model): string => (state.producer.shown === model.frames ? 'done' : 'claim');
const afterRelease = (state: State, model: Model): string => (state.consumer.shown === model.frames ? 'done' : 'poll');

const PRODUCER: Record<string, Step> = {
  ...ringSteps('producer', 'data', afterPublish),
  ...parkSteps('producer', 'space', 'claim', isSpaceReady),
  claim({ producer }, { slots, bug }) {
    if (bug === 'writes a slot that is not released') return 'writeFirst';
    if (producer.done - producer.cached >= slots) return 'loadHead';
    return bug === 'publishes before it writes' ? 'publish' : 'writeFirst';
  },
  loadHead({ producer, head }, { slots, bug }) {
    producer.cached = head;
    if (producer.done - head < slots) return 'claim';
    const hasShownAll = producer.shown === producer.done || bug === 'sleeps on frames it has not published';
    return hasShownAll ? 'loadBell' : 'publish';
  },
  writeFirst({ halves, producer }, { slots }) {
    halves[2 * (producer.done % slots)] = producer.done;
    return 'writeSecond';
  },
  writeSecond({ halves, producer }, { slots, frames, batch, bug }) {
    halves[2 * (producer.done % slots) + 1] = producer.done;
    producer.done += 1;
    if (bug === 'publishes before it writes') return 'lookForSleeper';
    if (producer.done - producer.shown < batch && producer.done < frames) return 'claim';
    return bug === 'looks for a sleeper before the store' ? 'lookEarly' : 'publish';
  },
  lookEarly({ producer, data }) {
    producer.register = data.sleeping;
    return 'publish';
  },
  publish(state, { bug }) {
    const { producer } = state;
    const isEarly = bug === 'publishes before it writes';
    state.tail = producer.done + (isEarly ? 1 : 0);
    producer.shown = state.tail;
    return isEarly ? 'writeFirst' : 'lookForSleeper';
  },
};

function isSpaceReady({ producer, head }: State, { slots }: Model): boolean {
  return slots - (producer.done - head) >= threshold(slots);
}

const CONSUMER: Record<string, Step> = {
  ...ringSteps('consumer', 'space', afterRelease),
  ...parkSteps('consumer', 'data', 'poll', (state) => state.tail !== state.consumer.done),
  poll({ consumer }, { bug }) {
    if (consumer.done === consumer.cached) return 'loadTail';
    return bug === 'releases before it reads' ? 'release' : 'readFirst';
  },
  loadTail({ consumer, tail }, { bug }) {
    const hasMore = tail !== consumer.done;
    consumer.cached = tail;
    if (hasMore && bug === 'takes the newest frame only') consumer.done = tail - 1;
    if (hasMore) return 'poll';
    return consumer.shown === consumer.done ? 'loadBell' : 'release';
  },
  readFirst({ consumer, halves }, { slots }) {
    consumer.register = halves[2 * (consumer.done % slots)]!;
    return 'readSecond';
  },
  readSecond(state, { slots, frames, release, bug }) {
    const { consumer, halves } = state;
    const [first, second] = [consumer.register, halves[2 * (consumer.done % slots) + 1]!];
    consumer.register = -1;
    if (first !== second) return `!torn frame: halves ${first} and ${second}`;
    // A frame lost or doubled shows as a wrong frame in its place.
    if (first !== state.taken) return `!wrong frame: expected ${state.taken}, took ${first}`;
    state.taken += 1;
    consumer.done += 1;
    if (bug === 'releases before it reads') return 'lookForSleeper';
    return release === 'each' || consumer.done === frames ? 'release' : 'poll';
  },
  release(state, model) {
    const { consumer } = state;
    const isEarly = model.bug === 'releases before it reads';
    state.head = consumer.done + (isEarly ? 1 : 0);
    consumer.shown = state.head;
    if (isEarly) return 'readFirst';
    const free = model.slots - (consumer.cached - consumer.done);
    const isExact = model.bug === 'rings for room at exactly a quarter';
    const isDue = isExact ? free === threshold(model.slots) : free >= threshold(model.slots);
    if (!isDue || model.bug === 'never rings when it releases') return afterRelease(state, model);
    return 'lookForSleeper';
  },
};

/** Steps of the ringing side, after the store that made its work visible. */
function ringSteps(role: Role, which: BellName, next: (state: State, model: Model) => string): Record<string, Step> {
  return {
    lookForSleeper(state, model) {
      const isEarly = model.bug === 'looks for a sleeper before the store' && role === 'producer';
      const flag = isEarly && state[role].register >= 0 ? state[role].register : state[which].sleeping;
      state[role].register = -1;
      return flag === 1 ? 'addBell' : next(state, model);
    },
    addBell(state, { bug }) {
      if (bug !== 'notifies without counting the ring') state[which].rings += 1;
      return 'notify';
    },
    notify(state, model) {
      state[which].isWaiting = false;
      return next(state, model);
    },
  };
}

/** Steps of the sleeping side, from a look that found nothing to the next look. */
function parkSteps(
  role: Role,
  which: BellName,
  retry: string,
  isReady: (state: State, model: Model) => boolean,
): Record<string, Step> {
  return {
    loadBell(state, { bug }) {
      state[role].seen = state[which].rings;
      return bug === 'asks before raising the flag' ? 'ask' : 'raiseFlag';
    },
    raiseFlag(state, { bug }) {
      state[which].sleeping = 1;
      return bug === 'sleeps without asking again' || bug === 'asks before raising the flag' ? 'wait' : 'ask';
    },
    ask(state, model) {
      if (isReady(state, model)) return 'clearFlag';
      if (model.bug === 'asks before raising the flag') return 'raiseFlag';
      return model.bug === 'reads the bell after asking' ? 'loadBellLate' : 'wait';
    },
    loadBellLate(state) {
      state[role].seen = state[which].rings;
      return 'wait';
    },
    wait(state) {
      // Compares and falls asleep in one atomic step, as Atomics.wait does.
      state[which].isWaiting = state[which].rings === state[role].seen;
      return 'clearFlag';
    },
    clearFlag(state) {
      state[which].sleeping = 0;
      return retry;
    },
  };
}
