import { describe, expect, it } from 'vitest';
import { routedBridge } from '../../../src/report/routed/bridge.ts';
import { ROUTED_RUN } from './routed-case.ts';

type Decided = Parameters<typeof routedBridge>[0];

/** Costs over all fills of the two trades: latency 0.18 - 0.1, queue -0.32 - 0.7, spread 0.14 + 0.3. */
const COSTS = { latency: 0.08, queue: -1.02, spread: 0.44 };
const trades = ROUTED_RUN.trades as Decided;

const addUp = ({ total: _, ...parts }: ReturnType<typeof routedBridge>) =>
  Object.values(parts).reduce((sum, part) => sum + part, 0);

describe('from analytic to routed', () => {
  const bridge = routedBridge(trades, COSTS);

  it('begins with the trades at their decision prices and expected fees', () => {
    // SHORT -(98 - 100) * 10 - 0.3, LONG (0.52 - 0.5) * 2000 - 0.6
    expect(bridge.analytic).toBeCloseTo(19.7 + 39.4, 9);
  });

  it('turns costs into what they did to the pnl', () => {
    expect(bridge).toMatchObject({ spread: -0.44, queue: 1.02, latency: -0.08 });
    expect(bridge.fees).toBeCloseTo(0.3 - 0.69029 + 0.6 - 0.7083, 12);
    expect(bridge.funding).toBeCloseTo(-0.05, 12);
  });

  it('ends at the pnl of the trades, nothing being left', () => {
    expect(bridge.total).toBeCloseTo(18.90971 + 40.1417, 9);
    expect(bridge.other).toBe(0);
    expect(Math.abs(addUp(bridge) - bridge.total)).toBeLessThan(1e-6);
  });

  it('shows the fills of a position that is in no trade as what is left', () => {
    // an entry of a position still open paid 2.5 of spread
    const open = routedBridge(trades, { ...COSTS, spread: COSTS.spread + 2.5 });
    expect(open.other).toBeCloseTo(2.5, 9);
    expect(Math.abs(addUp(open) - open.total)).toBeLessThan(1e-6);
  });

  it('adds nothing for what was marked at the end of the data', () => {
    // 6 of 10 left at 98.05 (decided 98), 4 marked at 97: exit 97.63, decided (6 * 98 + 4 * 97) / 10 = 97.6
    const [short] = trades as [Decided[number]];
    const feesExit = 6 * 98.05 * 0.0005; // 0.29415
    const marked: Decided[number] = {
      ...short,
      reason: 'UNFILLED_END',
      exit: 97.63,
      fees: 0.20004 + feesExit,
      pnl: 10 * (100.02 - 97.63) - 0.20004 - feesExit - 0.1,
      routed: { ...short.routed, exitDecision: 97.6, feesExit },
    };
    // entry as above: latency 0.1, queue -0.4, spread 0.1; exit 6 * 0.05 = 0.3: latency 0.06, queue 0.18, spread 0.06
    const result = routedBridge([marked], { latency: 0.16, queue: -0.22, spread: 0.16 });
    expect(result.analytic).toBeCloseTo(10 * (100 - 97.6) - 0.3, 9);
    expect(result.other).toBe(0);
  });

  it('of no trades is nothing', () => {
    const none = routedBridge([], { latency: 0, queue: 0, spread: 0 });
    expect(Object.values(none).every((part) => Math.abs(part) === 0)).toBe(true);
  });
});
