import { type Client, ClientOfflineError, UnsupportedOperationError } from 'hazelcast-client';
import { expect, test } from 'vitest';
import { Registers } from '../../../src/adapters/hazelcast/registers.ts';
import { LEASE_MAP, SAFETY_KEY, SAFETY_MAP } from '../../../src/adapters/memory/maps.ts';

/** A client with one entry in every map, and a CP subsystem that answers as told. */
function clientWith(askCp: () => Promise<unknown>): Client {
  const map = { get: async () => 'of the map' };
  return { getMap: async () => map, getCPSubsystem: () => ({ getAtomicReference: askCp }) } as unknown as Client;
}

const reference = () => ({ get: async () => 'of the reference', toData: (value: unknown) => value });

test('an outage while CP is asked for decides nothing; the next answer does', async () => {
  let fails = 1;
  const registers = new Registers(
    clientWith(async () => {
      if (fails-- > 0) throw new ClientOfflineError();
      return reference();
    }),
  );
  await expect(registers.registerOf(SAFETY_MAP, SAFETY_KEY)).rejects.toThrow(ClientOfflineError);
  expect(registers.guarantee).toBe('undecided');
  expect(await (await registers.registerOf(SAFETY_MAP, SAFETY_KEY)).get()).toBe('of the reference');
  expect(registers.guarantee).toBe('cp');
});

test('without CP safety and leases are map entries, decided once per connection', async () => {
  let asked = 0;
  const registers = new Registers(
    clientWith(async () => {
      asked += 1;
      throw new UnsupportedOperationError('CP subsystem is an Enterprise feature');
    }),
  );
  for (const [map, key] of [
    [SAFETY_MAP, SAFETY_KEY],
    [LEASE_MAP, 'x'],
  ] as const) {
    expect(await (await registers.registerOf(map, key)).get()).toBe('of the map');
  }
  expect([registers.guarantee, asked]).toEqual(['map', 1]);
  registers.forgetGuarantee();
  expect(registers.guarantee).toBe('undecided');
});

test('other entries are in their maps whatever CP says', async () => {
  const registers = new Registers(clientWith(async () => reference()));
  expect(await (await registers.registerOf('DOLPHIN_STATE_BLUE', 'latest')).get()).toBe('of the map');
});
