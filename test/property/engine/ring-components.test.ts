import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RollingOrder } from '../../../src/alpha/kernels/rolling-order.ts';
import { ProxyBoost } from '../../../src/alpha/layers/proxy-boost.ts';
import { OrderBookFeatures } from '../../../src/alpha/order-book.ts';
import { SnapshotReader, SnapshotWriter } from '../../../src/engine/snapshot-bytes.ts';
import { BOOK_VALUES } from '../../../src/model/frame.ts';
import type { Stateful } from '../../../src/model/state-walk.ts';
import { stateHash } from '../../../src/workers/state-hash.ts';

/** A counterexample is made smaller for no longer than this. */
const LIMIT = { interruptAfterTimeLimit: 10_000 };

function bytesOf(component: Stateful): Uint8Array {
  const writer = new SnapshotWriter();
  component.walkState(writer);
  return writer.bytes();
}

function fill<Component extends Stateful>(component: Component, bytes: Uint8Array): Component {
  const reader = new SnapshotReader(bytes);
  component.walkState(reader);
  expect(reader.remaining).toBe(0);
  return component;
}

/** What a component answers after each of `values`, and its bytes at the end: whole, and cut before value `cut`. */
function expectSplitSame<Component extends Stateful>(
  create: () => Component,
  take: (component: Component, value: number) => unknown,
  values: readonly number[],
  cut: number,
): void {
  const whole = create();
  const expected = values.map((value) => take(whole, value));
  const first = create();
  for (const value of values.slice(0, cut)) take(first, value);
  // A machine that has been elsewhere: what it held must not come through.
  const other = create();
  for (const value of values.toReversed()) take(other, value * 3);
  for (const second of [fill(create(), bytesOf(first)), fill(other, bytesOf(first))]) {
    expect(stateHash(bytesOf(second))).toBe(stateHash(bytesOf(first)));
    const answers = values.slice(cut).map((value) => take(second, value));
    expect(JSON.stringify(answers) === JSON.stringify(expected.slice(cut)), `answers from value ${cut} on`).toBe(true);
    expect(stateHash(bytesOf(second))).toBe(stateHash(bytesOf(whole)));
  }
}

const values = (maxLength: number, minLength = 0) =>
  fc.array(fc.double({ min: 1, max: 2, noNaN: true }), { minLength, maxLength });

test('a rolling order, through and beyond its window', () => {
  const window = 5;
  class Series implements Stateful {
    readonly order = new RollingOrder(2, window);
    walkState(walk: Parameters<Stateful['walkState']>[0]): void {
      this.order.walkSeries(walk, 'a', 0);
      this.order.walkSeries(walk, 'b', 1);
    }
  }
  const take = ({ order }: Series, value: number) => {
    order.push(1, value);
    if (value > 1.5) order.push(0, -value);
    return [order.median(0), order.median(1), order.quantile(0, 0.6), order.quantile(1, 0.25)];
  };
  fc.assert(
    fc.property(values(3 * window), fc.nat(3 * window), (list, cut) => {
      expectSplitSame(() => new Series(), take, list, cut);
    }),
    LIMIT,
  );
});

test('the proxy boost, through and beyond its window of 500', () => {
  const take = (boost: ProxyBoost, value: number) => {
    boost.onBar(value, value > 1.99 ? Number.NaN : 0.5);
    return boost.factor;
  };
  fc.assert(
    fc.property(values(1300, 400), fc.nat(1300), (list, cut) => {
      expectSplitSame(() => new ProxyBoost(), take, list, cut);
    }),
    { ...LIMIT, numRuns: 20 },
  );
});

test('order books, through and beyond their rings and the window of 120', () => {
  const snapshot = new Float64Array(BOOK_VALUES);
  const take = (book: OrderBookFeatures, value: number) => {
    const asset = value > 1.9 ? 2 : 0;
    for (let i = 0; i < BOOK_VALUES; i++) {
      const isBid = i < BOOK_VALUES / 2;
      const notional = isBid ? 1000 * value : 3000 - 1000 * value;
      snapshot[i] = i % 10 < 5 ? notional : notional / (isBid ? 99.5 : 100.5 + value);
    }
    book.apply(asset, 20_000, value * 1e9, snapshot);
    book.refreshMarket(20_000, 3e9);
    return [
      book.fillProbability[asset],
      book.imbalancePersistence[asset],
      book.withdrawalVelocity[asset],
      book.macroImbalance[asset],
      book.agreementPct,
      book.regimeSignal,
    ];
  };
  fc.assert(
    fc.property(values(300), fc.nat(300), (list, cut) => {
      expectSplitSame(() => new OrderBookFeatures(3, Uint8Array.of(0, 1, 0)), take, list, cut);
    }),
    LIMIT,
  );
});
