import { expect, test } from 'vitest';
import { InputError } from '../../../../src/model/input-error.ts';
import type { RoutedSessionOptions } from '../../../../src/workers/routed/routed-session-options.ts';
import { SessionStage } from './session-stage.ts';

const missing = undefined as unknown as number;

test.each<[Partial<RoutedSessionOptions>, string]>([
  [{ barIntervalMs: missing }, 'barIntervalMs must be positive and finite, was undefined'],
  [{ barIntervalMs: Number.NaN }, 'barIntervalMs must be positive and finite, was NaN'],
  [{ barIntervalMs: 0 }, 'barIntervalMs must be positive and finite, was 0'],
  [{ initialCapital: -1 }, 'initialCapital must be positive and finite, was -1'],
  [{ seed: 1.5 }, `seed must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, was 1.5`],
  [{ seed: 2 ** 53 }, `seed must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, was ${2 ** 53}`],
  [{ seed: -1 }, `seed must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, was -1`],
  [{ latency: { minMs: -1, meanExtraMs: 0 } }, 'latency.minMs must be finite and not negative, was -1'],
  [{ latency: { minMs: 0, meanExtraMs: Number.NaN } }, 'latency.meanExtraMs must be finite and not negative, was NaN'],
])('a session with %o is refused', (changes, rule) => {
  const make = () => new SessionStage(changes);
  expect(make).toThrow(InputError);
  expect(make).toThrow(`routed session: ${rule}`);
});

test.each([0, Number.MAX_SAFE_INTEGER])('a session with seed %d is made', (seed) => {
  expect(new SessionStage({ seed }).session.outcome().seed).toBe(seed);
});
