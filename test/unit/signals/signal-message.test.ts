import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSignal, encodeSignal, type SignalMessage } from '../../../src/adapters/redis/signal-message.ts';
import { NS_PER_DAY } from '../../../src/model/time.ts';

const figure = fc.oneof(fc.double({ noDefaultInfinity: true, noNaN: true }), fc.constant(Number.NaN));
const price = fc.oneof(fc.double({ min: 1e-8, max: 1e9, noNaN: true }), fc.constant(Number.NaN));
const SYMBOLS = ['BTCUSDT', 'ETHUSDT', '1000PEPEUSDT'];
const time = fc.record({
  day: fc.integer({ min: 17_200, max: 40_000 }),
  nsOfDay: fc.integer({ min: 0, max: NS_PER_DAY - 1 }),
});
const id = fc.record({ unixNs: fc.bigInt({ min: 0n, max: 4_000_000_000_000_000_000n }), ordinal: fc.nat(4095) });
const bySymbol = (value: fc.Arbitrary<number>) =>
  fc.tuple(value, value, value).map((values) => new Map(SYMBOLS.map((symbol, i) => [symbol, values[i]!])));

const book = fc.record({
  fillProbability: figure,
  spreadProxyBps: figure,
  depthAsymmetry: figure,
  imbalancePersistence: figure,
  withdrawalVelocity: figure,
  agreementPct: figure,
  cascadeCount: figure,
  regimeSignal: figure,
});
const signal = fc.record({
  symbol: fc.constantFrom(...SYMBOLS),
  direction: fc.constantFrom(-1 as const, 1 as const),
  velDiv: fc.double({ min: -10, max: 10, noNaN: true }),
  strength: fc.double({ min: 0, max: 1, noNaN: true }),
  price: fc.double({ min: 1e-8, max: 1e9, noNaN: true }),
  irpAlignment: figure,
  momentum: figure,
  book: fc.option(book),
});
const factors = fc.record({
  day: fc.integer({ min: 17_200, max: 40_000 }),
  fundingBtc: figure,
  dvolBtc: figure,
  fearGreed: figure,
  w750Velocity: figure,
});
const message: fc.Arbitrary<SignalMessage> = fc.oneof(
  fc.record({
    kind: fc.constant('scan' as const),
    id,
    scan: fc
      .record({
        time,
        scanNumber: fc.integer(),
        signals: fc.array(figure, { minLength: 7, maxLength: 7 }),
        prices: bySymbol(price),
        assetVelDivs: fc.option(bySymbol(figure)),
        isLastOfDay: fc.boolean(),
      })
      .map(({ time: at, signals, ...rest }) => ({ ...at, signals: Float64Array.from(signals), ...rest })),
    signals: fc.array(signal, { maxLength: 3 }),
    factors: fc.option(factors),
  }),
  fc.record({
    kind: fc.constant('book' as const),
    id,
    book: fc
      .record({ time, symbol: fc.constantFrom(...SYMBOLS), values: fc.array(figure, { minLength: 20, maxLength: 20 }) })
      .map(({ time: at, symbol, values }) => ({ ...at, symbol, values: Float64Array.from(values) })),
  }),
  fc.record({ kind: fc.constant('end' as const), id, time }).map(({ time: at, ...rest }) => ({ ...rest, ...at })),
);

describe('a message of a stream', () => {
  it('comes back as it was, to the last bit of every figure and the last nanosecond', () => {
    fc.assert(
      fc.property(message, (sent) => {
        // JSON has no -0: it is the only figure that does not come back.
        const isSame = (a: unknown, b: unknown) => expect(JSON.stringify(a)).toBe(JSON.stringify(b));
        const got = decodeSignal(encodeSignal(sent));
        isSame(encodeSignal(got), encodeSignal(sent));
        expect(got.id).toEqual(sent.id);
        expect(got.kind).toBe(sent.kind);
        if (got.kind === 'scan' && sent.kind === 'scan') {
          expect([got.scan.day, got.scan.nsOfDay, got.scan.scanNumber]).toEqual([
            sent.scan.day,
            sent.scan.nsOfDay,
            sent.scan.scanNumber,
          ]);
          for (const [i, value] of sent.scan.signals.entries()) expect(got.scan.signals[i]! + 0).toBe(value + 0);
          expect(got.scan.prices).toEqual(sent.scan.prices);
        }
      }),
    );
  });

  it('says of a made day that it was made, and nothing of a recorded one', () => {
    const [scan] = fc.sample(
      message.filter(({ kind }) => kind === 'scan'),
      { numRuns: 1, seed: 1 },
    );
    const made = { ...scan, synthetic: true } as SignalMessage;
    expect(decodeSignal(encodeSignal(made))).toMatchObject({ synthetic: true });
    expect(encodeSignal(scan as SignalMessage)).not.toContain('synthetic');
    expect(decodeSignal(encodeSignal(scan as SignalMessage))).not.toHaveProperty('synthetic');
  });
});
