import { describe, expect, it } from 'vitest';
import { differences } from '../support/golden-case.ts';
import { routedCases, runRoutedCase } from './routed-case.ts';

describe('routed life of a position, by hand', () => {
  for (const routedCase of routedCases()) {
    it(`${routedCase.name}: ${routedCase.story}`, () => {
      const actual = runRoutedCase(routedCase);
      expect((actual.sent as unknown[]).length).toBe((routedCase.expected.sent as unknown[]).length);
      expect(differences(actual, routedCase.expected)).toEqual([]);
    });
  }
});
