import { expect, test } from 'vitest';
import { LONG } from '../../../src/model/direction.ts';
import { TAKE_PROFIT } from '../../../src/model/exit-reason.ts';
import { dayFromDate, NS_PER_SECOND } from '../../../src/model/time.ts';
import { OpenPosition } from '../../../src/portfolio/open-position.ts';
import { TradeLog } from '../../../src/portfolio/trade-log.ts';

const DAY = dayFromDate('2026-01-05');

function openPosition(fields: Partial<OpenPosition> = {}): OpenPosition {
  return Object.assign(new OpenPosition(), {
    direction: LONG,
    assetIndex: 1,
    entryPrice: 100,
    notional: 5000,
    qty: 50,
    leverage: 1.5,
    bucket: 2,
    entryBar: 10,
    entryDay: DAY,
    entryNsOfDay: 50 * NS_PER_SECOND,
    ...fields,
  });
}

const CLOSE = {
  day: DAY + 1,
  nsOfDay: 5 * NS_PER_SECOND,
  lifetimeBar: 20,
  reason: TAKE_PROFIT,
  price: 101,
  fees: 1.5,
  feesExpected: 1.25,
  pnl: 48.5,
  capital: 25_048.5,
};

test('a trade keeps what opened it and what closed it; its date is that of the close', () => {
  const log = new TradeLog();
  const position = openPosition();
  position.tradeIndex = log.open();
  expect(log.length).toBe(0);
  expect(log.records(['A', 'B'])).toEqual([]);
  log.close(position, CLOSE);
  expect(log.records(['A', 'B'])).toEqual([
    {
      date: '2026-01-06',
      entryTs: '2026-01-05T00:00:50.000Z',
      exitTs: '2026-01-06T00:00:05.000Z',
      entryBar: 10,
      exitBar: 20,
      asset: 'B',
      assetIndex: 1,
      direction: 1,
      reason: 'TAKE_PROFIT',
      entry: 100,
      exit: 101,
      notional: 5000,
      leverage: 1.5,
      fees: 1.5,
      pnl: 48.5,
      bucket: 2,
      capital: 25_048.5,
      feesExpected: 1.25,
      entryNextBar: 100,
      exitNextBar: 101,
    },
  ]);
});

test('ten thousand trades: growing loses none', () => {
  const log = new TradeLog();
  for (let i = 0; i < 10_000; i++) {
    const position = openPosition({ entryBar: i });
    position.tradeIndex = log.open();
    log.close(position, { ...CLOSE, lifetimeBar: i + 1, pnl: i });
  }
  const trades = log.records(['A', 'B']);
  expect(log.length).toBe(10_000);
  expect(trades.map(({ entryBar }) => entryBar)).toEqual(Array.from({ length: 10_000 }, (_, i) => i));
  expect(trades.map(({ pnl }) => pnl)).toEqual(Array.from({ length: 10_000 }, (_, i) => i));
});

test('a change since entry is a gain when positive, for either side', () => {
  expect(openPosition().change(101)).toBeCloseTo(0.01, 15);
  expect(openPosition({ direction: -1 }).change(101)).toBeCloseTo(-0.01, 15);
});

test('a routed trade has its routing beside, and the day of its last fill in place of the day that it belongs to', () => {
  const log = new TradeLog(true);
  const position = openPosition();
  position.tradeIndex = log.open();
  log.close(position, { ...CLOSE, day: DAY });
  const decided = { decisionPrice: 99, exitDecision: 102, funding: 0.5 };
  log.setRouted(0, { exitDay: DAY + 1, qtyEntered: 50, feesEntry: 1, feesExit: 0.5, ...decided });
  expect(log.records(['A', 'B'])[0]).toMatchObject({
    date: '2026-01-05',
    exitTs: '2026-01-06T00:00:05.000Z',
    routed: { qty: 50, entryDecision: 99, exitDecision: 102, funding: 0.5, feesEntry: 1, feesExit: 0.5 },
  });
});

test('a row that is taken back leaves no trade, and its place to the next one', () => {
  const log = new TradeLog();
  expect(log.open()).toBe(0);
  log.setEntryNextBar(0, 5);
  log.abandon();
  const position = openPosition();
  position.tradeIndex = log.open();
  log.close(position, CLOSE);
  expect(log.records(['A', 'B'])).toMatchObject([{ entry: 100, entryNextBar: 100 }]);
});
