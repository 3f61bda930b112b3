import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NS_PER_DAY } from '../../../src/model/time.ts';
import { LastPriceBars } from '../../../src/replay/aggregate/last-price-bars.ts';
import type { BarConfig } from '../../../src/replay/bars/bar-config.ts';
import { builtBars, FIRST_DAY, total } from './built-bars.ts';
import { naiveBars, naiveScans, type Tick } from './naive-bars.ts';

const ASSETS = 3;
/** Intervals of 1 µs make edges, ties and empty intervals likely in a few hundred ns; the grid is the same. */
const BAR_NS = 1000;
const SCAN_NS = 5000;
/** Around midnight of the first day. */
const START_NS = NS_PER_DAY - 12_000;

interface Stream {
  /** In order of arrival. */
  readonly arrivals: readonly Tick[];
  readonly config: BarConfig;
}

/**
 * Trades, a few of them again, each on its way for up to `lagNs`. Lags within the tolerance make nothing late; longer
 * ones do. Quantities are eighths, so that sums do not depend on their order.
 */
function streams(mostLag: (toleranceNs: number) => number): fc.Arbitrary<Stream> {
  const toleranceNs = fc.constantFrom(0, 1, 700, 1000, 2500);
  return fc.tuple(toleranceNs, fc.constantFrom('closed' as const, 'open' as const)).chain(([tolerance, edge]) => {
    const lagNs = fc.nat(mostLag(tolerance));
    const trade = fc.record({
      asset: fc.nat(ASSETS - 1),
      steps: fc.nat(120),
      lagNs,
      qty: fc.nat(80).map((eighths) => eighths / 8),
      price: fc.integer({ min: 1, max: 1000 }),
      againAfterNs: fc.option(fc.nat(6000), { freq: 4 }),
    });
    return fc.array(trade, { minLength: 1, maxLength: 40 }).map((trades) => {
      const sorted = trades.toSorted((a, b) => a.steps - b.steps);
      const arrivals = sorted.flatMap(({ asset, steps, lagNs: lag, qty, price, againAfterNs }, index) => {
        const tick: Tick = { asset, ns: START_NS + steps * 200, id: index, price, qty };
        const first = { tick, at: tick.ns + lag };
        return againAfterNs === null ? [first] : [first, { tick, at: first.at + againAfterNs }];
      });
      const config: BarConfig = {
        assets: ASSETS,
        barNs: BAR_NS,
        scanNs: SCAN_NS,
        edge,
        toleranceNs: tolerance,
        silenceNs: Number.POSITIVE_INFINITY,
        idMemory: 64,
      };
      return { arrivals: arrivals.toSorted((a, b) => a.at - b.at).map(({ tick }) => tick), config };
    });
  });
}

const naiveOf = ({ arrivals, config }: Stream) => naiveBars(arrivals, { ...config, intervalNs: BAR_NS });

test('any order within the tolerance, with duplicates: the bars of the definition, and those of the sorted trades', () => {
  fc.assert(
    fc.property(
      streams((tolerance) => tolerance),
      (stream) => {
        const { bars, scans, counters } = builtBars(stream.arrivals, stream.config);
        const naive = naiveOf(stream);
        expect(bars).toEqual(naive);
        expect(scans.slice(1)).toEqual(naiveScans(naive, SCAN_NS).slice(1)); // the first may be part of one
        expect(total(counters, 'accepted')).toBe(new Set(stream.arrivals.map(({ id }) => id)).size);
        const sorted = [...new Set(stream.arrivals)].sort((a, b) => a.ns - b.ns || a.id - b.id);
        expect(builtBars(sorted, { ...stream.config, toleranceNs: 0 }).bars).toEqual(bars);
      },
    ),
    { numRuns: 1000 },
  );
});

test('late events too: the bars of the definition; every event is accounted for once', () => {
  let late = 0;
  fc.assert(
    fc.property(
      streams(() => 9000),
      (stream) => {
        const { bars, scans, counters } = builtBars(stream.arrivals, stream.config);
        const naive = naiveOf(stream);
        expect(bars).toEqual(naive);
        expect(scans).toEqual(naiveScans(naive, SCAN_NS));
        const accounted = total(counters, 'accepted') + total(counters, 'duplicates') + total(counters, 'late');
        expect(accounted).toBe(stream.arrivals.length);
        late += total(counters, 'late');
      },
    ),
    { numRuns: 1000 },
  );
  expect(late).toBeGreaterThan(100);
});

test('a silence skips whole scans and nothing else: the other frames are those of a builder that skips none', () => {
  let skipped = 0;
  fc.assert(
    fc.property(
      streams(() => 0),
      fc.nat(3000),
      (stream, extraNs) => {
        const silenceNs = BAR_NS + extraNs;
        const whole = builtBars(stream.arrivals, stream.config);
        const gapped = builtBars(stream.arrivals, { ...stream.config, silenceNs });
        const stamps = new Set(gapped.bars.map(({ stampNs }) => stampNs));
        expect(gapped.bars).toEqual(whole.bars.filter(({ stampNs }) => stamps.has(stampNs)));
        const missing = whole.bars.filter(({ stampNs }) => !stamps.has(stampNs));
        expect(missing.length).toBe(gapped.counters.skipped);
        expect(missing.length % (SCAN_NS / BAR_NS)).toBe(0);
        for (const { trades } of missing) expect(trades).toEqual([0, 0, 0]);
        skipped += missing.length;
      },
    ),
    { numRuns: 500 },
  );
  expect(skipped).toBeGreaterThan(100);
});

test('with open edges, the prices that the pull of the archive would write', () => {
  const intervalUs = 5_000_000;
  const trade = fc.tuple(
    fc.nat(400).map((tenths) => tenths * 100_000),
    fc.integer({ min: 1, max: 1000 }),
  );
  fc.assert(
    fc.property(fc.array(trade, { minLength: 1, maxLength: 60 }), (trades) => {
      const sorted = trades.toSorted((a, b) => a[0] - b[0]);
      const archive = new LastPriceBars(intervalUs);
      archive.begin(FIRST_DAY * 86_400_000_000);
      for (const [id, [us, price]] of sorted.entries()) archive.add(FIRST_DAY * 86_400_000_000 + us, id, price);
      const expected = new Float64Array(10);
      archive.end().prices.rowsInto(expected, 0, Number.NaN);
      const { scans } = builtBars(
        sorted.map(([us, price], id) => ({ asset: 0, ns: us * 1000, id, price, qty: 1 })),
        {
          assets: 1,
          barNs: null,
          scanNs: intervalUs * 1000,
          edge: 'open',
          toleranceNs: 0,
          silenceNs: Number.POSITIVE_INFINITY,
          idMemory: 1024,
        },
      );
      for (const { stampNs, prices } of scans) expect(prices).toEqual([expected[stampNs / (intervalUs * 1000)]]);
    }),
  );
});
