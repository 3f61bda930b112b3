import { describe, expect, it } from 'vitest';
import { COMMAND_FLATTEN, COMMAND_HALT } from '../../../src/model/command.ts';
import { REPORT_FILLED } from '../../../src/model/execution-report.ts';
import { createIntent, INTENT_EXIT } from '../../../src/model/intent.ts';
import { readCounters } from '../../../src/shm/counters.ts';
import { DEFAULT_SLOTS } from '../../../src/shm/layout.ts';
import {
  CommandRingConsumer,
  CommandRingProducer,
  INSUFFICIENT_CAPACITY,
  IntentRingConsumer,
  IntentRingProducer,
  ReportRingConsumer,
  ReportRingProducer,
} from '../../../src/shm/record-ring.ts';
import { createRegion } from '../../../src/shm/region.ts';

const region = (slots: number) =>
  createRegion({
    ...DEFAULT_SLOTS,
    assets: 2,
    hasAssetSignals: false,
    barSlots: 2,
    intentSlots: slots,
    reportSlots: slots,
    commandSlots: slots,
  });

/** A record whose every field has another value, so that a swapped pair shows. */
function distinct<R extends object>(record: R, from: number): R {
  for (const [i, field] of Object.keys(record).entries()) (record as Record<string, number>)[field] = from + i * 1.25;
  return record;
}

describe('record rings', () => {
  it.each([
    ['intent', () => [new IntentRingProducer(region(4)), IntentRingConsumer] as const],
    ['report', () => [new ReportRingProducer(region(4)), ReportRingConsumer] as const],
    ['command', () => [new CommandRingProducer(region(4)), CommandRingConsumer] as const],
  ])('a fresh %s ring is empty', (_ring, make) => {
    const [producer] = make();
    expect(producer.freeSlots()).toBe(4);
    expect(producer.published).toBe(0);
  });

  it('an intent keeps every field, its own number included', () => {
    const shared = region(4);
    const [producer, consumer] = [new IntentRingProducer(shared), new IntentRingConsumer(shared)];
    const intent = distinct(createIntent(), 100);
    intent.kind = INTENT_EXIT;
    expect(producer.offer(intent)).toBe(0);
    expect(consumer.poll()).toBe(true);
    expect(consumer.record).toEqual(intent);
  });

  it('a report keeps every field', () => {
    const shared = region(4);
    const [producer, consumer] = [new ReportRingProducer(shared), new ReportRingConsumer(shared)];
    distinct(producer.record, 7).kind = REPORT_FILLED;
    expect(producer.offer()).toBe(0);
    expect(consumer.poll()).toBe(true);
    expect(consumer.record).toEqual({ ...producer.record, sequence: 0 });
  });

  it('commands come once each and in order', () => {
    const shared = region(4);
    const [producer, consumer] = [new CommandRingProducer(shared), new CommandRingConsumer(shared)];
    producer.offer({ sequence: -1, kind: COMMAND_HALT, argument: 1 });
    producer.offer({ sequence: -1, kind: COMMAND_FLATTEN, argument: 2 });
    const seen = [];
    while (consumer.poll()) seen.push({ ...consumer.record });
    expect(seen).toEqual([
      { sequence: 0, kind: COMMAND_HALT, argument: 1 },
      { sequence: 1, kind: COMMAND_FLATTEN, argument: 2 },
    ]);
  });

  it('a full ring refuses by a number, counts, and changes nothing', () => {
    const shared = region(2);
    const [producer, consumer] = [new IntentRingProducer(shared), new IntentRingConsumer(shared)];
    producer.record.price = 1;
    producer.offer();
    producer.offer();
    producer.record.price = 99;
    expect(producer.offer()).toBe(INSUFFICIENT_CAPACITY);
    expect(INSUFFICIENT_CAPACITY).toBe(-2);
    expect(readCounters(shared).intentFull).toBe(1);
    expect(producer.published).toBe(2);
    consumer.poll();
    expect(producer.offer()).toBe(INSUFFICIENT_CAPACITY); // polled is not released
    consumer.release();
    expect(producer.offer()).toBe(2);
    expect(consumer.record.price).toBe(1);
    expect(consumer.available()).toBe(2);
    expect(consumer.released).toBe(1);
  });

  it('a full report or command ring counts for itself', () => {
    const shared = region(2);
    const [reports, commands] = [new ReportRingProducer(shared), new CommandRingProducer(shared)];
    for (let i = 0; i < 3; i++) reports.offer();
    for (let i = 0; i < 4; i++) commands.offer();
    expect(readCounters(shared)).toMatchObject({ reportFull: 1, commandFull: 2, intentFull: 0 });
  });
});
