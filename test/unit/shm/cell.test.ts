import { describe, expect, it } from 'vitest';
import { ACB_BETA, ACB_BOOST, CellReader, CellWriter, POSTURE_CODE } from '../../../src/shm/cell.ts';
import { DEFAULT_SLOTS } from '../../../src/shm/layout.ts';
import { createRegion } from '../../../src/shm/region.ts';

const region = () => createRegion({ ...DEFAULT_SLOTS, barSlots: 2, assets: 1, hasAssetSignals: false });

describe('cells', () => {
  it('are at version 0 with zeros before the first value', () => {
    const reader = new CellReader(region(), 'acb');
    expect(reader.hasNewer()).toBe(false);
    expect(reader.refresh()).toBe(false);
    expect(reader.version).toBe(0);
    expect([...reader.values]).toEqual([0, 0, 0, 0]);
  });

  it('give the newest value, once, with a version that only grows', () => {
    const shared = region();
    const [writer, reader] = [new CellWriter(shared, 'acb'), new CellReader(shared, 'acb')];
    for (let update = 1; update <= 5; update++) {
      writer.values[ACB_BOOST] = update;
      writer.values[ACB_BETA] = update / 2;
      writer.publish();
    }
    expect(reader.hasNewer()).toBe(true);
    expect(reader.version).toBe(0); // not taken yet
    expect(reader.refresh()).toBe(true);
    expect(reader.version).toBe(5);
    expect(reader.values[ACB_BOOST]).toBe(5);
    expect(reader.values[ACB_BETA]).toBe(2.5);
    expect(reader.refresh()).toBe(false);
  });

  it('say after a step that a value was published during it', () => {
    const shared = region();
    const [writer, reader] = [new CellWriter(shared, 'posture'), new CellReader(shared, 'posture')];
    writer.publish();
    reader.refresh();
    expect(reader.hasNewer()).toBe(false);
    writer.values[POSTURE_CODE] = 3;
    writer.publish();
    expect(reader.hasNewer()).toBe(true);
    expect(reader.values[POSTURE_CODE]).toBe(0); // what the step took stays what it took
  });

  it('keep a dead writer’s last value for a reader that comes later', () => {
    const shared = region();
    const writer = new CellWriter(shared, 'mc');
    writer.values.set([2, 0.5]);
    writer.publish();
    writer.values.set([9, 9]); // dies before publish()
    const reader = new CellReader(shared, 'mc');
    expect(reader.refresh()).toBe(true);
    expect([...reader.values]).toEqual([2, 0.5]);
    expect([...new CellReader(shared, 'mc').values]).toEqual([2, 0.5]);
  });

  it('let a successor of the writer go on while the reader holds a value', () => {
    const shared = region();
    const reader = new CellReader(shared, 'acb');
    for (let round = 1; round <= 12; round++) {
      const writer = new CellWriter(shared, 'acb'); // a new one each time
      writer.values.fill(round);
      writer.publish();
      if (round % 3 === 0) {
        expect(reader.refresh()).toBe(true);
        expect(reader.version).toBe(round);
        expect([...reader.values]).toEqual([round, round, round, round]);
      } else if (round > 3) {
        // The buffer that the reader holds still has what it took: a successor of the reader finds it there.
        expect(new CellReader(shared, 'acb').version).toBe(reader.version);
      }
    }
  });

  it('do not touch each other', () => {
    const shared = region();
    const writer = new CellWriter(shared, 'posture');
    writer.values.fill(7);
    writer.publish();
    expect(new CellReader(shared, 'acb').hasNewer()).toBe(false);
    expect(new CellReader(shared, 'mc').hasNewer()).toBe(false);
  });
});
