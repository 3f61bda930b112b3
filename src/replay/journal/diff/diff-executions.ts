import { withoutExecutionStops } from '../execution-stops.ts';
import type { JournalStore } from '../journal-store.ts';
import { decodeIntent } from '../payloads.ts';
import { RECORD_KINDS } from '../record-kind.ts';
import { isRoutedStream } from '../routed-stream.ts';
import { StreamReader } from '../stream-reader.ts';
import { areSameDecisions, type NamedDecision } from './compare-decisions.ts';
import type { Both } from './diff-result.ts';
import { diffTapes, type TapeEntryDifference } from './diff-tapes.ts';

/** How what two execution machines took, and with routed fills did, differs. */
export interface ExecutionDiff {
  readonly isEqual: boolean;
  /** Intents taken. */
  readonly intents: Both<number>;
  /** Place among them, from 0, of the first that differs, and the two; null when there is none. */
  readonly first: { readonly place: number; readonly intent: Both<NamedDecision | null> } | null;
  /** Where at least one of the runs was routed: entries of the tapes, and the first that differs. Null else. */
  readonly tape: { readonly entries: Both<number>; readonly first: TapeEntryDifference | null } | null;
}

/**
 * Compares the execution streams of two journals.
 * @throws JournalCorruption at the first record of either that is not as it was written.
 */
export function diffExecutions(a: JournalStore, b: JournalStore): ExecutionDiff {
  const left = intentsTaken(a);
  const right = intentsTaken(b);
  let place = 0;
  let first: ExecutionDiff['first'] = null;
  const intents = { a: 0, b: 0 };
  for (;;) {
    const ofA = left.next();
    const ofB = right.next();
    if (ofA.done === true && ofB.done === true) break;
    const inA = ofA.done === true ? null : ofA.value;
    const inB = ofB.done === true ? null : ofB.value;
    if (inA !== null) intents.a += 1;
    if (inB !== null) intents.b += 1;
    const isSame = inA !== null && inB !== null && areSameDecisions([inA], [inB]);
    if (!isSame) first ??= { place, intent: { a: inA, b: inB } };
    place += 1;
  }
  const tape = [a, b].some(isRoutedStream) ? diffTapes(a, b) : null;
  return { isEqual: first === null && (tape === null || tape.first === null), intents, first, tape };
}

function* intentsTaken(store: JournalStore): Generator<NamedDecision, void> {
  const reader = new StreamReader(store, 'EXECUTION');
  for (const { kind, payload } of withoutExecutionStops(reader.records(), true)) {
    if (kind !== RECORD_KINDS.INTENT) continue;
    const decision = decodeIntent(payload);
    yield { ...decision, asset: reader.header?.universe[decision.assetIndex] ?? `asset ${decision.assetIndex}` };
  }
}
