import { describe, expect, it } from 'vitest';
import {
  DEFAULT_SLOTS,
  HEADER_ASSETS,
  HEADER_BYTES,
  HEADER_MAGIC,
  HEADER_VERSION,
  LAYOUT_VERSION,
  type RegionShape,
  regionBytes,
  wordIndex,
} from '../../../src/shm/layout.ts';
import { attachRegion, createRegion } from '../../../src/shm/region.ts';

const SHAPE: RegionShape = { ...DEFAULT_SLOTS, barSlots: 8, assets: 48, hasAssetSignals: true };

function createdWith(byteOffset: number, value: number): SharedArrayBuffer {
  const region = createRegion(SHAPE);
  region.words[wordIndex(byteOffset)] = value;
  return region.buffer;
}

function lengthened(): SharedArrayBuffer {
  const { buffer } = createRegion(SHAPE);
  const longer = new SharedArrayBuffer(buffer.byteLength + 128);
  new Uint8Array(longer).set(new Uint8Array(buffer));
  return longer;
}

describe('attachRegion', () => {
  it('reads the shape back from the header', () => {
    const created = createRegion(SHAPE);
    const attached = attachRegion(created.buffer);
    expect(attached.shape).toEqual(SHAPE);
    expect(attached.layout).toEqual(created.layout);
    expect(attached.buffer.byteLength).toBe(regionBytes(SHAPE));
  });

  it.each([
    ['another magic', createdWith(HEADER_MAGIC, 1), /no shared region: magic must be 0x444f4c50, was 0x00000001/],
    ['a buffer too small for a header', new SharedArrayBuffer(16), /no shared region: magic must be/],
    [
      'another layout version',
      createdWith(HEADER_VERSION, LAYOUT_VERSION + 1),
      new RegExp(`layout version ${LAYOUT_VERSION + 1}, this program reads version ${LAYOUT_VERSION} only`),
    ],
    ['a size in the header that is not its shape', createdWith(HEADER_BYTES, 4096), /header says 4096/],
    ['a buffer longer than its header says', lengthened(), /buffer has \d+/],
    ['a shape that needs another size', createdWith(HEADER_ASSETS, 400), /size of shared region must be/],
  ])('refuses %s', (_situation, buffer, message) => {
    expect(() => attachRegion(buffer)).toThrow(message);
  });
});

describe('createRegion', () => {
  it.each([
    ['no asset', { assets: 0 }, 'assets must be a whole number from 1 to 400, was 0'],
    ['401 assets', { assets: 401 }, 'assets must be a whole number from 1 to 400, was 401'],
    ['1000 slots', { barSlots: 1000 }, 'barSlots must be a power of two from 2 to 2^30, was 1000'],
    ['a tick ring below its least', { tickBytes: 512 }, 'tickBytes must be a power of two from 1024 to 2^30, was 512'],
    ['an intent ring of one', { intentSlots: 1 }, 'intentSlots must be a power of two from 2 to 2^30, was 1'],
    ['2^30 bars', { barSlots: 2 ** 30 }, /region must stay below 2147483520 bytes/],
  ])('refuses %s', (_situation, change, message) => {
    expect(() => createRegion({ ...SHAPE, ...change })).toThrow(message);
  });
});
