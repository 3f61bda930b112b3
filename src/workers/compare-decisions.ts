import { INTENT_FIELDS } from '../model/execution-tape.ts';
import type { CommandItem, FrameItem, InputItem, ReportItem } from '../replay/journal/journal-item.ts';
import type { DayEndRecord, decodeEnd } from '../replay/journal/payloads.ts';
import { doublesOf, firstDifference } from '../replay/journal/record-fields.ts';

/** What a machine decided while it took one frame, order or report. */
export interface Decided {
  /** Payloads as the journal has them. */
  readonly intents: Uint8Array[];
  readonly dayEnds: (DayEndRecord & { readonly stateHash: string })[];
}

/** The first place at which a machine did not decide what the journal says. */
export interface Mismatch {
  /** Of the record of the input, or of the END. */
  readonly sequence: number;
  readonly frameSequence: number;
  /** For people: what is recorded, and what it should have been. */
  readonly difference: string;
}

/**
 * Why what is recorded of a frame is not what a machine decided on it; null when it is. Of a frame whose records may be
 * cut off, only what is there is compared.
 *
 * @param lifetimeBar - of the engine, behind the frame.
 * @param intentsBefore - decided on the reports in front of it: its STEP counts them too.
 */
export function compareFrame(
  item: FrameItem,
  frameSequence: number,
  decided: Decided,
  lifetimeBar: number,
  intentsBefore: number,
): string | null {
  return (
    compareIntents(item, decided.intents) ??
    compareDayEnds(item, decided) ??
    compareStep(item, frameSequence, intentsBefore + decided.intents.length, lifetimeBar)
  );
}

/** The same for an order of the operator, or a report of execution: none of them ends a day. */
export function compareTold(item: CommandItem | ReportItem, { intents, dayEnds }: Decided): string | null {
  if (dayEnds.length > 0) return differs('ends of days', 0, dayEnds.length);
  return compareIntents(item, intents);
}

/** The same for the record at the end of a stream. A hash that was not recorded is not compared. */
export function compareEnd({ stateHash }: ReturnType<typeof decodeEnd>, replayedHash: string): string | null {
  return compareHash('END', stateHash, replayedHash);
}

function compareIntents({ intents, isWhole }: InputItem, decided: readonly Uint8Array[]): string | null {
  if (isWhole ? intents.length !== decided.length : intents.length > decided.length) {
    return differs('intents', intents.length, decided.length);
  }
  for (const [index, payload] of intents.entries()) {
    const difference = compareIntent(payload, decided[index]!);
    if (difference !== null) return difference;
  }
  return null;
}

/** Field by field, every NaN the same, and -0 not 0. */
function compareIntent(recorded: Uint8Array, decided: Uint8Array): string | null {
  const values = doublesOf(decided);
  const difference = firstDifference(INTENT_FIELDS, doublesOf(recorded), values);
  if (difference === null) return null;
  return differs(`intent ${values[0]} ${difference.field}`, difference.a, difference.b);
}

function compareDayEnds({ dayEnds, isWhole }: FrameItem, { dayEnds: decided }: Decided): string | null {
  if (isWhole ? dayEnds.length !== decided.length : dayEnds.length > decided.length) {
    return differs('ends of days', dayEnds.length, decided.length);
  }
  for (const [index, recorded] of dayEnds.entries()) {
    const replayed = decided[index]!;
    const field = (['day', 'bars', 'trades'] as const).find((name) => recorded[name] !== replayed[name]);
    if (field !== undefined) return differs(`DAY_END ${field}`, recorded[field], replayed[field]);
    const difference = compareHash(`DAY_END of day ${recorded.day}`, recorded.stateHash, replayed.stateHash);
    if (difference !== null) return difference;
  }
  return null;
}

function compareStep({ step }: FrameItem, frameSequence: number, intents: number, lifetimeBar: number): string | null {
  if (step === null) return null;
  if (step.frameSequence !== frameSequence) return differs('STEP frameSequence', step.frameSequence, frameSequence);
  if (step.intents !== intents) return differs('STEP intents', step.intents, intents);
  return step.lifetimeBar === lifetimeBar ? null : differs('STEP lifetimeBar', step.lifetimeBar, lifetimeBar);
}

function compareHash(what: string, recorded: Uint8Array, replayed: string): string | null {
  const hex = Buffer.from(recorded).toString('hex');
  return recorded.length === 0 || hex === replayed ? null : differs(`${what} stateHash`, hex, replayed);
}

function differs(what: string, recorded: unknown, replayed: unknown): string {
  return `${what}: recorded ${recorded}, replayed ${replayed}`;
}
