import { expect, test } from 'vitest';
import { APEX, HIBERNATE, STALKER, TURTLE } from '../../../src/model/posture.ts';
import { NS_PER_SECOND } from '../../../src/model/time.ts';
import { liveSafety, type SafetyReading, UNREADABLE_IN_REPLAY } from '../../../src/risk/safety-fallback.ts';

const apex: SafetyReading = { posture: APEX, rm: 1 };
const stalker: SafetyReading = { posture: STALKER, rm: 0.8 };
const turtle: SafetyReading = { posture: TURTLE, rm: 0.6 };

test.each([
  ['the store speaks', stalker, apex, 0, STALKER, 0.8, true],
  ['the store speaks, our own stack is silent', stalker, apex, 900, STALKER, 0.8, true],
  ['no store: the own stack', null, apex, 5, APEX, 1, true],
  ['a silence just short of 30 s', null, apex, 29.999, APEX, 1, true],
  ['30 s of silence', null, apex, 30, STALKER, 1, true],
  ['a silent stack that said TURTLE is not believed to be better', null, turtle, 30, TURTLE, 0.6, true],
  ['5 min of silence', null, apex, 300, STALKER, 1, false],
  ['5 min of silence in HIBERNATE', null, { posture: HIBERNATE, rm: 0.3 }, 300, HIBERNATE, 0.3, false],
  ['neither has ever spoken', null, null, 1, APEX, 1, false],
  ['neither has ever spoken, for long', null, null, 400, STALKER, 1, false],
  ['a silence that cannot be measured', null, apex, Number.NaN, STALKER, 1, false],
] as const)('%s', (_, stored, own, silentSeconds, posture, rm, canEnter) => {
  expect(liveSafety(stored, own, silentSeconds * NS_PER_SECOND)).toEqual({ posture, rm, canEnter });
});

test('replay and paper trade on without a posture, as spec 1.0 says', () => {
  expect(UNREADABLE_IN_REPLAY).toEqual({ posture: APEX, rm: 1, canEnter: true });
});
