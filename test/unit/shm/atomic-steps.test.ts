import { afterEach, describe, expect, it, vi } from 'vitest';
import { BarRingConsumer, BarRingProducer } from '../../../src/shm/bar-ring.ts';
import { Doorbell } from '../../../src/shm/doorbell.ts';
import {
  BELL_NAMES,
  type BellName,
  bellOffset,
  DEFAULT_SLOTS,
  headOffset,
  sleepingOffset,
  tailOffset,
} from '../../../src/shm/layout.ts';
import { CommandRingProducer, IntentRingProducer, ReportRingProducer } from '../../../src/shm/record-ring.ts';
import { createRegion, type Region } from '../../../src/shm/region.ts';
import { TickRingProducer } from '../../../src/shm/tick-ring.ts';

/*
 * The order of atomic steps is what the model of interleavings.test.ts proves right. Here it is read off the
 * production code, so that a change of the code that the model does not know turns red.
 */
const WATCHED = ['load', 'store', 'add', 'exchange', 'wait', 'notify'] as const;

afterEach(() => void vi.restoreAllMocks());

function setUp() {
  const region = createRegion({ ...DEFAULT_SLOTS, barSlots: 2, assets: 1, hasAssetSignals: false });
  return { region, producer: new BarRingProducer(region), consumer: new BarRingConsumer(region) };
}

/** Runs `act` and lists its atomic steps as `operation word`, with the value stored where that matters. */
function stepsOf(region: Region, act: () => void): string[] {
  const names = wordNames(region);
  const steps: string[] = [];
  for (const operation of WATCHED) {
    const original = Atomics[operation] as (...args: unknown[]) => unknown;
    vi.spyOn(Atomics, operation).mockImplementation(((...args: [Int32Array, number, number]) => {
      const value = operation === 'store' || operation === 'wait' ? ` ${args[2]}` : '';
      steps.push(`${operation} ${names.get(args[1]) ?? args[1]}${value}`);
      return original(...args);
    }) as never);
  }
  act();
  vi.restoreAllMocks();
  return steps;
}

function wordNames({ layout }: Region): Map<number, string> {
  const names = new Map<number, string>([
    [tailOffset(layout, 'bar') >> 2, 'tail'],
    [headOffset(layout, 'bar') >> 2, 'head'],
    [layout.barClaim >> 2, 'claim'],
  ]);
  for (const bell of BELL_NAMES) {
    names.set(bellOffset(layout, bell) >> 2, `${bell}.bell`);
    names.set(sleepingOffset(layout, bell) >> 2, `${bell}.sleeping`);
  }
  return names;
}

function raiseFlag(region: Region, bell: BellName): void {
  Atomics.store(region.words, sleepingOffset(region.layout, bell) >> 2, 1);
}

describe('atomic steps', () => {
  it('of a publish: tail, then a look for the sleeper', () => {
    const { region, producer } = setUp();
    producer.claim();
    producer.commit();
    expect(stepsOf(region, () => producer.publish())).toEqual(['store tail 1', 'load barData.sleeping']);
  });

  it('of a publish to a sleeper: count the ring, then notify', () => {
    const { region, producer } = setUp();
    raiseFlag(region, 'barData');
    producer.claim();
    producer.commit();
    expect(stepsOf(region, () => producer.publish())).toEqual([
      'store tail 1',
      'load barData.sleeping',
      'add barData.bell',
      'notify barData.bell',
    ]);
  });

  it('of a claim: none while the cached head leaves room, one load when it does not', () => {
    const { region, producer } = setUp();
    producer.claim();
    producer.commit();
    expect(stepsOf(region, () => producer.claim())).toEqual(['exchange claim']);
    producer.commit();
    producer.publish();
    expect(stepsOf(region, () => expect(producer.claim()).toBe(false))).toEqual(['load head']);
  });

  it('of a commit: none', () => {
    const { region, producer } = setUp();
    producer.claim();
    expect(stepsOf(region, () => producer.commit())).toEqual([]);
  });

  it('of polls and a release: one load a batch, one store, a look for the sleeper', () => {
    const { region, producer, consumer } = setUp();
    for (let i = 0; i < 2; i++) {
      producer.claim();
      producer.commit();
    }
    producer.publish();
    raiseFlag(region, 'barSpace');
    const steps = stepsOf(region, () => {
      consumer.poll();
      consumer.poll();
      consumer.release();
    });
    expect(steps).toEqual([
      'load tail',
      'store head 2',
      'load barSpace.sleeping',
      'add barSpace.bell',
      'notify barSpace.bell',
    ]);
  });

  it('of a release in a larger ring: rings for room from a quarter on', () => {
    const region = createRegion({ ...DEFAULT_SLOTS, barSlots: 8, assets: 1, hasAssetSignals: false });
    const [producer, consumer] = [new BarRingProducer(region), new BarRingConsumer(region)];
    while (producer.claim()) producer.commit();
    producer.publish();
    raiseFlag(region, 'barSpace');
    const release = () => {
      consumer.poll();
      consumer.release();
    };
    expect(stepsOf(region, release)).toEqual(['load tail', 'store head 1']);
    expect(stepsOf(region, release)).toEqual([
      'store head 2',
      'load barSpace.sleeping',
      'add barSpace.bell',
      'notify barSpace.bell',
    ]);
  });

  it.each([
    ['intent', 'intentData', IntentRingProducer],
    ['report', 'reportData', ReportRingProducer],
    ['command', 'barData', CommandRingProducer],
    ['tick', 'tick', TickRingProducer],
  ] as const)('of an offer to the %s ring: tail, look, count, notify', (ring, bell, Producer) => {
    const { region } = setUp();
    const producer = new Producer(region);
    raiseFlag(region, bell);
    const [tail, ...rest] = stepsOf(region, () => producer.offer());
    expect(tail).toMatch(new RegExp(`^store ${tailOffset(region.layout, ring) >> 2} `));
    expect(rest).toEqual([`load ${bell}.sleeping`, `add ${bell}.bell`, `notify ${bell}.bell`]);
  });

  it('of a park: bell, flag, question, wait on the bell as it was, flag', () => {
    const { region, consumer } = setUp();
    const bell = new Doorbell(region, 'barData');
    const ringer = new Doorbell(region, 'barData');
    raiseFlag(region, 'barData');
    ringer.ring(); // the bell stands at 1
    expect(stepsOf(region, () => bell.park(consumer.isDataReady, 1))).toEqual([
      'load barData.bell',
      'store barData.sleeping 1',
      'load tail',
      'wait barData.bell 1',
      'load tail', // timed out: is it a lost wake-up?
      'store barData.sleeping 0',
    ]);
  });

  it('of a park that finds data: no wait', () => {
    const { region, producer, consumer } = setUp();
    producer.claim();
    producer.commit();
    producer.publish();
    const bell = new Doorbell(region, 'barData');
    expect(stepsOf(region, () => bell.park(consumer.isDataReady, 1))).toEqual([
      'load barData.bell',
      'store barData.sleeping 1',
      'load tail',
      'store barData.sleeping 0',
    ]);
  });
});
