import { journalItems } from '../journal-steps.ts';
import type { JournalStore } from '../journal-store.ts';
import { StreamReader } from '../stream-reader.ts';
import { withoutSuspensions } from '../suspensions.ts';
import { headOf, type JournalHead } from './compare-settings.ts';
import type { StreamEnding } from './diff-result.ts';
import { createTally, type FrameStep, frameSteps } from './frame-steps.ts';

/** The engine's stream of one journal while it is read: its frames, and what its headers and its end tell. */
export class EngineStream {
  readonly tally = createTally();
  readonly steps: Iterator<FrameStep>;
  readonly reader: StreamReader;
  #head: JournalHead | null = null;

  constructor(store: JournalStore) {
    this.reader = new StreamReader(store, 'ENGINE');
    const items = journalItems(withoutSuspensions(this.reader.records(), true));
    this.steps = frameSteps(items, () => this.universe.length, this.tally);
  }

  /** Null of a stream without one whole segment. */
  get head(): JournalHead | null {
    if (this.#head === null && this.reader.header !== null) this.#head = headOf(this.reader.header);
    return this.#head;
  }

  get universe(): readonly string[] {
    return this.reader.header?.universe ?? [];
  }

  ending(): StreamEnding {
    const { frames, last, missing, end } = this.tally;
    const torn = this.reader.torn?.detail ?? null;
    return { frames, last, missing, reason: end?.reason ?? null, stateHash: end?.stateHash ?? new Uint8Array(), torn };
  }
}
