import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createIntent, INTENT_ENTRY, INTENT_EXIT, type Intent } from '../../../src/model/intent.ts';
import { requestStop } from '../../../src/shm/control.ts';
import { Heartbeat } from '../../../src/shm/heartbeats.ts';
import { DEFAULT_SLOTS } from '../../../src/shm/layout.ts';
import { INSUFFICIENT_CAPACITY, IntentRingProducer } from '../../../src/shm/record-ring.ts';
import { createRegion } from '../../../src/shm/region.ts';
import { readStages } from '../../../src/shm/stage-histogram.ts';
import { WatermarkWriter } from '../../../src/shm/watermarks.ts';
import { IntentAccount } from '../../../src/workers/intent-account.ts';

const NOTHING = { entries: 0, exits: 0 };

/** An account over a region of its own, the engine's end of the intent ring, and the journal's watermarks. */
function desk(watermark: 'written' | 'durable' | null, firstEvent = 0) {
  const region = createRegion({ ...DEFAULT_SLOTS, intentSlots: 4, assets: 1, hasAssetSignals: false });
  const ring = new IntentRingProducer(region);
  const marks = new WatermarkWriter(region, 'engine');
  marks.advance(firstEvent, firstEvent);
  const out: Intent[] = [];
  const events = { intent: (intent: Intent) => void out.push({ ...intent }), end: () => undefined };
  const account = new IntentAccount(region, { watermark, accounted: NOTHING, events });
  const offer = (sequence: number, eventSequence: number) =>
    ring.offer({
      ...createIntent(),
      sequence,
      kind: sequence % 2 === 0 ? INTENT_ENTRY : INTENT_EXIT,
      eventSequence,
      receivedNs: 1,
      publishedNs: 1,
      decidedNs: 1,
    }) !== INSUFFICIENT_CAPACITY;
  return { region, marks, account, out, offer };
}

type Step = { readonly events: number } | { readonly written: number } | { readonly synced: number } | 'poll';
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 4 }).map((events) => ({ events })) },
  { weight: 2, arbitrary: fc.nat(6).map((written) => ({ written })) },
  { weight: 2, arbitrary: fc.nat(6).map((synced) => ({ synced })) },
  { weight: 3, arbitrary: fc.constant<Step>('poll') },
);

test.each(['written', 'durable'] as const)(
  'no intent is let out before the %s watermark covers its record, all are once it does, in order',
  (which) => {
    fc.assert(
      fc.property(fc.constantFrom(0, 2 ** 31 - 7), fc.array(step, { maxLength: 80 }), (firstEvent, steps) => {
        const { account, marks, out, offer } = desk(which, firstEvent);
        // Counts of events: decided by the engine, in the file, on the disk.
        let [told, written, durable] = [firstEvent, firstEvent, firstEvent];
        const offered: number[] = []; // event of each intent
        const covered = () => (which === 'written' ? written : durable);
        for (const what of steps) {
          if (what === 'poll') account.doWork();
          else if ('events' in what) {
            // Some events of a step, the last of them an intent, where its ring has room.
            if (offer(offered.length, told + what.events)) offered.push(told + what.events);
            told += what.events + 1;
          } else if ('written' in what) {
            written = Math.min(told, written + what.written);
            marks.advance(written, durable);
          } else {
            durable = Math.min(written, durable + what.synced);
            marks.advance(written, durable);
          }
          expect(out.every(({ eventSequence }) => eventSequence < covered())).toBe(true);
          if (what !== 'poll') continue;
          const due = offered.filter((event) => event < covered()).length;
          expect(out.map(({ sequence }) => sequence)).toEqual(Array.from({ length: due }, (_, i) => i));
          expect(account.entries + account.exits).toBe(due);
          expect(account.isReady()).toBe(false); // nothing is left that could be done
        }
      }),
      { numRuns: 500 },
    );
  },
);

describe('execution', () => {
  test('of a run without a journal lets everything out at once', () => {
    const { account, out, offer, region } = desk(null);
    offer(0, 1000);
    expect([account.isReady(), account.doWork(), out.length]).toEqual([true, 1, 1]);
    expect(readStages(region).map(({ stage }) => stage)).toEqual(['handover', 'total']); // and nothing to commit
  });

  test('sleeps on a held intent, and is ready when its watermark comes', () => {
    const { account, marks, offer } = desk('written');
    offer(0, 2);
    expect([account.doWork(), account.isReady()]).toEqual([0, false]);
    marks.advance(3, 0);
    expect([account.isReady(), account.doWork(), account.isReady()]).toEqual([true, 1, false]);
  });

  test('does not end while an intent waits for the journal', () => {
    const { account, marks, offer, region } = desk('written');
    offer(0, 0);
    account.doWork();
    requestStop(region);
    new Heartbeat(region, 'ENGINE').setState('STOPPED');
    expect(account.isDone()).toBe(false);
    marks.advance(1, 0);
    account.doWork();
    expect(account.isDone()).toBe(true);
  });

  test('ends with an intent in its hands, which it never lets out, when the journal has failed', () => {
    const { account, out, offer, region } = desk('written');
    offer(0, 0);
    account.doWork();
    requestStop(region);
    new Heartbeat(region, 'ENGINE').setState('STOPPED');
    new Heartbeat(region, 'JOURNAL').setState('FAILED');
    expect([account.isDone(), account.doWork(), out]).toEqual([true, 0, []]);
  });
});
