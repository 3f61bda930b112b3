import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type MemoryConfig, parseMemoryUrl } from '../../../../src/adapters/memory/memory-config.ts';
import { memoryUrl } from '../../../../src/main/config/memory-place.ts';

const text = fc.string({ minLength: 1 });
const file = fc.option(text);
const member = fc.tuple(fc.constantFrom('a', '10.0.0.1', '[::1]'), fc.integer({ min: 1, max: 65_535 }));
const memory: fc.Arbitrary<MemoryConfig> = fc.oneof(
  fc.constant({ kind: 'none' as const }),
  fc.record({
    kind: fc.constant('embedded' as const),
    path: fc.oneof(
      text,
      text.map((path) => `//${path}`),
    ),
  }),
  fc.record({
    kind: fc.constant('hazelcast' as const),
    clusterName: text,
    members: fc.array(
      member.map(([host, port]) => `${host}:${port}`),
      { minLength: 1, maxLength: 3 },
    ),
    tls: fc.option(fc.record({ ca: file, cert: file, key: file })),
  }),
);

test('a memory written as --memory takes it is read back as the same', () => {
  fc.assert(
    fc.property(memory, (config) => {
      expect(parseMemoryUrl(memoryUrl(config))).toEqual(config);
    }),
  );
});
