import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HIBERNATE } from '../../../src/model/posture.ts';
import { postureOfRm, SurvivalStack } from '../../../src/risk/survival-stack.ts';

/** An Rm near one of the thresholds more often than not: that is where postures chatter. */
const anyRm = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.constantFrom(0.5, 0.52, 0.521, 0.75, 0.77, 0.771, 0.9, 0.92, 0.921, 1),
);
const anyRms = fc.array(
  fc.tuple(anyRm, fc.integer({ min: 1, max: 20 })).map(([rm, times]) => new Array<number>(times).fill(rm)),
  { maxLength: 30 },
);

test('the posture is never better than Rm allows, and rises only after 12 evaluations that were good enough', () => {
  fc.assert(
    fc.property(anyRms, (runs) => {
      const stack = new SurvivalStack();
      const seen: number[] = [];
      let wasHibernating = false;
      for (const rm of runs.flat()) {
        const before = stack.posture;
        const after = stack.evaluate([rm, 1, 1, 1, 1]);
        seen.push(rm);
        expect(after).toBeGreaterThanOrEqual(postureOfRm(rm));
        wasHibernating ||= after === HIBERNATE;
        if (wasHibernating) expect(after).toBe(HIBERNATE);
        if (after >= before) continue;
        const threshold = [0.9, 0.75, 0.5][after]! + 0.02;
        expect(seen.length).toBeGreaterThanOrEqual(12);
        for (const earlier of seen.slice(-12)) expect(earlier).toBeGreaterThan(threshold);
      }
    }),
    { numRuns: 500 },
  );
});

test('between two rises of the posture lie at least 12 evaluations', () => {
  fc.assert(
    fc.property(anyRms, (runs) => {
      const stack = new SurvivalStack();
      let lastFall = Number.NEGATIVE_INFINITY;
      runs.flat().forEach((rm, index) => {
        const before = stack.posture;
        const after = stack.evaluate([rm, 1, 1, 1, 1]);
        if (after > before) lastFall = index;
        if (after < before) expect(index - lastFall).toBeGreaterThanOrEqual(12);
      });
    }),
    { numRuns: 500 },
  );
});
