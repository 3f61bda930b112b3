import { describe, expect, test } from 'vitest';
import { CircuitBreakerManager } from '../../../src/risk/circuit-breaker.ts';
import { isMcGateOpen, NULL_FOREWARNER } from '../../../src/risk/forewarner.ts';

function breaker(maxConsecutiveLosses: number | null = null): CircuitBreakerManager {
  const manager = new CircuitBreakerManager({ dailyLossFrac: 0.1, maxConsecutiveLosses });
  manager.beginDay(1000);
  return manager;
}

describe('daily loss', () => {
  test.each([
    ['above the limit', 900.01, false],
    ['at the limit', 900, true],
    ['below it', 800, true],
    ['a gain', 1200, false],
  ])('%s', (_, equity, isHit) => {
    const manager = breaker();
    expect(manager.onEquity(equity)).toBe(isHit);
    expect([manager.isTripped, manager.canOpen()]).toEqual([isHit, !isHit]);
    expect(manager.status).toBe(isHit ? 'dailyLoss' : null);
  });

  test('once tripped it stays so, though the equity recovers, until the next day', () => {
    const manager = breaker();
    manager.onEquity(850);
    expect(manager.onEquity(990)).toBe(false);
    expect(manager.canOpen()).toBe(false);
    manager.beginDay(850); // the limit of the new day counts from its own start
    expect(manager.canOpen()).toBe(true);
    expect(manager.onEquity(790)).toBe(false);
  });

  test('a close is asked, too', () => {
    const manager = breaker();
    manager.onTradeClosed(-150, 850);
    expect(manager.status).toBe('dailyLoss');
  });
});

describe('losses in a row', () => {
  test('trip at the limit; a gain and a trade of zero start anew', () => {
    const manager = breaker(3);
    const pnls = [-1, -1, 5, -1, -1, 0, -1, -1];
    for (const pnl of pnls) manager.onTradeClosed(pnl, 1000);
    expect(manager.isTripped).toBe(false);
    manager.onTradeClosed(-1, 1000);
    expect(manager.status).toBe('consecutiveLosses');
  });

  test('are not counted by default, nor over midnight', () => {
    const manager = breaker(null);
    for (let i = 0; i < 50; i++) manager.onTradeClosed(-1, 999);
    expect(manager.isTripped).toBe(false);
    const strict = breaker(2);
    strict.onTradeClosed(-1, 999);
    strict.beginDay(999);
    strict.onTradeClosed(-1, 998);
    expect(strict.isTripped).toBe(false);
  });
});

describe('by hand', () => {
  test('trips, names the first reason, and resets', () => {
    const manager = breaker();
    manager.trip('manual');
    manager.onEquity(100);
    expect(manager.status).toBe('manual');
    manager.reset();
    expect([manager.canOpen(), manager.status]).toEqual([true, null]);
    manager.onEquity(100);
    expect(manager.status).toBe('dailyLoss');
  });
});

test('the forewarner: RED alone closes the gate, none at all is OFF at scale 1', () => {
  const open = (['OFF', 'GREEN', 'ORANGE', 'RED'] as const).map((status) => isMcGateOpen({ status, scale: 1 }));
  expect(open).toEqual([true, true, true, false]);
  expect(NULL_FOREWARNER.assess(1)).toEqual({ status: 'OFF', scale: 1 });
});
