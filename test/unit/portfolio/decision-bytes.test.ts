import { describe, expect, it } from 'vitest';
import { DECISION_BYTES, decisionBytes } from '../../../src/portfolio/decision-bytes.ts';
import { decisionHash } from '../../../src/report/decision-hash.ts';
import { goldenRun, readGoldens } from '../../support/golden-report.ts';

describe('decision hash', () => {
  it.each(readGoldens().map((golden) => [golden.name, golden] as const))('%s', (_, golden) => {
    expect(decisionHash(goldenRun(golden).trades)).toBe(golden.decisionHash);
  });

  it('of no trades is the hash of no bytes', () => {
    expect(decisionHash([])).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });
});

describe('decision bytes', () => {
  const [first, second] = goldenRun(readGoldens().find((golden) => golden.name === 'plain/champion')!).trades;

  it('hold one record per trade, little-endian', () => {
    const bytes = decisionBytes([first!, second!]);
    expect(bytes.length).toBe(2 * DECISION_BYTES);
    // entryBar 372 = 0x0174, exitBar 492 = 0x01ec, asset 21, short -1, MAX_HOLD 3
    expect([...bytes.subarray(0, 12)]).toEqual([0x74, 1, 0, 0, 0xec, 1, 0, 0, 21, 0, 0xff, 3]);
    expect(new DataView(bytes.buffer).getFloat64(12, true)).toBe(7.13935);
  });

  it('do not depend on sizes and fees', () => {
    expect(decisionBytes([{ ...first!, notional: 1, fees: 9, pnl: 0, leverage: 2 }])).toEqual(decisionBytes([first!]));
  });
});
