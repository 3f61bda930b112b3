import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FilePositionStore } from '../../../src/adapters/redis/position-store.ts';

const dir = mkdtempSync(join(tmpdir(), 'dolphin-position-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('FilePositionStore', () => {
  const path = join(dir, 'position.json');
  const position = { stream: 's', entryId: '5-1', signalId: '5000000-1' };

  it('has none before the first, and then the last that was saved', () => {
    const store = new FilePositionStore(path);
    expect(store.load('s')).toBeNull();
    store.save({ ...position, entryId: '4-0' });
    store.save(position);
    expect(new FilePositionStore(path).load('s')).toEqual(position);
    expect(readdirSync(dir)).toEqual(['position.json']);
  });

  it('refuses the position of another stream, and a damaged one: to begin anew would repeat signals', () => {
    expect(() => new FilePositionStore(path).load('t')).toThrow(/position in stream s, not in t/);
    for (const text of [
      '',
      '{"version":1',
      '{"version":2,"stream":"s","entryId":"1-1","signalId":null}',
      '{"version":1,"stream":"s","entryId":"x","signalId":null}',
    ]) {
      writeFileSync(path, text);
      expect(() => new FilePositionStore(path).load('s')).toThrow(/is no position of a stream/);
    }
  });
});
