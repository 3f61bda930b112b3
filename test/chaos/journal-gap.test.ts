import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { JournalFolder } from '../../src/adapters/journal/journal-folder.ts';
import { INTENT_ENTRY } from '../../src/model/intent.ts';
import { gapSpan } from '../../src/replay/journal/gap.ts';
import { journalItems } from '../../src/replay/journal/journal-steps.ts';
import { decodeIntent, decodeStep } from '../../src/replay/journal/payloads.ts';
import { RECORD_KINDS, recordKindName } from '../../src/replay/journal/record-kind.ts';
import type { Machine } from '../../src/replay/journal/segment-name.ts';
import { type JournalRecord, StreamReader } from '../../src/replay/journal/stream-reader.ts';
import { Gauge } from '../../src/shm/counters.ts';
import { JournalMachine } from '../../src/workers/journal-machine.ts';
import { OneThreadLife } from './one-thread-life.ts';
import { makeDays, openJournalOf, type RecordedRun, recordRun } from './recorded-run.ts';

const TIMEOUT_MS = 60_000;
/** Frames during which the journal's thread gets no turn, twice; many more than its ring holds. */
const STALLS = [
  [2000, 2600],
  [3600, 4400],
] as const;
const root = mkdtempSync(join(tmpdir(), 'dolphin-gap-'));
let whole: RecordedRun;
let dir: string;
let stateHash: string;
let records: readonly JournalRecord[];
/** Exits that execution had let out, as seen before each turn of a stall. */
const letOut = STALLS.map(() => new Set<number>());

beforeAll(async () => {
  whole = await recordRun(await makeDays(join(root, 'data')), join(root, 'whole'), { withOrders: false });
  dir = join(root, 'gap');
  const life: OneThreadLife = new OneThreadLife(whole, openJournalOf(whole.source, dir, false), {
    overflow: 'gap',
    engineEventBytes: 1 << 17,
    framesPerTurn: 8,
    isJournalStalled: (frame) => {
      const stall = STALLS.findIndex(([from, to]) => frame >= from && frame < to);
      if (stall >= 0) letOut[stall]?.add(new Gauge(life.region, 'exitsAccounted').value);
      return stall >= 0;
    },
  });
  stateHash = life.toTheEnd().stateHash;
  records = recordsOf(dir, 'ENGINE');
}, TIMEOUT_MS);
afterAll(() => rmSync(root, { recursive: true, force: true }));

function recordsOf(folder: string, machine: Machine): JournalRecord[] {
  const reader = new StreamReader(JournalFolder.open(folder), machine);
  return [...reader.records()].map((record) => ({ ...record, payload: new Uint8Array(record.payload) }));
}

type Decided = ReturnType<typeof decodeIntent>;

function intentsOf(folder: string): Decided[] {
  return recordsOf(folder, 'EXECUTION').flatMap(({ kind, payload }) =>
    kind === RECORD_KINDS.INTENT ? [decodeIntent(payload)] : [],
  );
}

/** A gap, with the last step in front of it and the first one behind. */
interface FoundGap {
  readonly index: number;
  readonly missing: number;
  readonly before: { readonly frameSequence: number; readonly lifetimeBar: number };
  readonly behind: { readonly frameSequence: number; readonly lifetimeBar: number };
}

function gaps(): FoundGap[] {
  return records.flatMap(({ kind, payload }, index) => {
    if (kind !== RECORD_KINDS.GAP) return [];
    const isStep = (record: JournalRecord) => record.kind === RECORD_KINDS.STEP;
    const before = decodeStep((records.slice(0, index).findLast(isStep) as JournalRecord).payload);
    const behind = decodeStep((records.slice(index).find(isStep) as JournalRecord).payload);
    return [{ index, missing: gapSpan(payload), before, behind }];
  });
}

describe('a journal that takes nothing while a live machine goes on', () => {
  test('has one GAP per stall, with exactly the sequences that are missing, and a SNAPSHOT behind it', () => {
    expect(gaps()).toHaveLength(STALLS.length);
    const decided = intentsOf(dir);
    for (const { index, missing, before, behind } of gaps()) {
      // All frames here are scans: of each a FRAME and a STEP, and the exits that were decided meanwhile.
      const frames = behind.frameSequence - before.frameSequence - 1;
      const exits = decided.filter(
        ({ lifetimeBar }) => lifetimeBar > before.lifetimeBar && lifetimeBar < behind.lifetimeBar,
      );
      expect(missing).toBe(2 * frames + exits.length);
      expect(records[index + 1]?.sequence).toBe((records[index] as JournalRecord).sequence + missing);
      expect(records.slice(index + 1, index + 3).map(({ kind }) => recordKindName(kind))).toEqual([
        'SNAPSHOT',
        'FRAME',
      ]);
    }
  });

  test('bars entries while the gap is open, and no longer', () => {
    const isInGap = ({ lifetimeBar }: Decided) =>
      gaps().some(({ before, behind }) => lifetimeBar > before.lifetimeBar && lifetimeBar < behind.lifetimeBar);
    const entries = (intents: Decided[]) => intents.filter(({ kind }) => kind === INTENT_ENTRY);
    const lastBar = gaps().at(-1)?.behind.lifetimeBar as number;
    expect(entries(intentsOf(whole.dir)).filter(isInGap).length).toBeGreaterThan(5);
    expect(entries(intentsOf(dir)).filter(isInGap)).toEqual([]);
    expect(intentsOf(dir).filter(isInGap).length).toBeGreaterThan(0); // an exit is decided all the same
    expect(entries(intentsOf(dir)).some(({ lifetimeBar }) => lifetimeBar > lastBar)).toBe(true);
    expect(intentsOf(dir).map(({ sequence }) => sequence)).toEqual(intentsOf(dir).map((_, i) => i));
  });

  test('lets nothing out while it stands still', () => {
    expect(letOut.map(({ size }) => size)).toEqual([1, 1]);
  });

  test('replays from the snapshot to the end, every step that it has', () => {
    const reader = new StreamReader(JournalFolder.open(dir), 'ENGINE');
    let machine: JournalMachine | null = null;
    for (const item of journalItems(reader.records())) {
      machine ??= new JournalMachine(reader.header!);
      machine.take(item);
    }
    const { steps, agreeing, unverified, firstMismatch } = machine!.verdict;
    expect(firstMismatch).toBeNull();
    expect([agreeing, unverified]).toEqual([steps, 0]);
    expect(machine!.machine.stateHash()).toBe(stateHash);
    console.log(
      `gap: ${gaps().length} of ${gaps()
        .map(({ missing }) => missing)
        .join(' and ')} records, ${steps} steps replayed around them, 0 otherwise`,
    );
  });
});
