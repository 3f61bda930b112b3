import { describe, expect, it } from 'vitest';
import type { Instrument } from '../../../src/model/instrument.ts';
import type { Report } from '../../../src/model/report.ts';
import { notes } from '../../../src/report/notes.ts';
import { summary } from '../../../src/report/summary.ts';
import { displayWidth } from '../../../src/report/text-table.ts';
import { goldenReport } from '../../support/golden-report.ts';
import { NO_FILLS, ROUTED_OUTCOME, ROUTED_RUN, routedReport } from './routed-case.ts';

const known = ROUTED_OUTCOME.instruments.map((instrument): Instrument => ({ ...instrument, assumed: [] }));
const { execution } = ROUTED_OUTCOME;

describe('the summary of a routed run', () => {
  it('leads from the analytic to the routed result', () => {
    // analytic 20 - 0.3 + 40 - 0.6; fees 0.9 - 1.39859; per trade / 2; bps of 2 * 1000.2 entered
    expect(blockOf('From analytic to routed')).toEqual([
      'From analytic to routed',
      '              USDT  per trade      bps',
      '  analytic  +59.10     +29.55  +295.44  same trades at decision prices',
      '  spread     -0.44      -0.22    -2.20  fills against mid at the fill',
      '  queue      +1.02      +0.51    +5.10  how mid moved while orders waited',
      "  latency    -0.08      -0.04    -0.40  how mid moved until the venue's word",
      '  fees       -0.50      -0.25    -2.49  expected by the strategy less paid',
      '  funding    -0.05      -0.03    -0.25  paid while positions were held',
      '  other       0.00       0.00     0.00  fills of no closed trade',
      '  routed    +59.05     +29.53  +295.20  pnl of the trades',
    ]);
  });

  it('says what orders did', () => {
    const lines = summary(routedReport()).split('\n');
    const first = lines.indexOf('Orders');
    expect(lines.slice(first, first + 26)).toEqual([
      'Orders',
      '  simulated on book: order books and trades · seed 7 · fees of binance-vip0',
      '',
      '                                    entries   exits     all',
      '  made only                               1       1       2',
      '  taken, wholly or in part                1       1       2',
      '  unfilled                                1       0       1',
      '  maker share of notional            50.0 %  51.5 %  50.8 %',
      '  slippage (+ a cost), mean, bps       0.00   -2.48   -1.24',
      '  slippage (+ a cost), worst, bps     +2.00   +5.10   +5.10',
      '  time to fill, mean                 12.4 s  2.35 s',
      '  time to fill, longest              24.3 s  4.20 s',
      '  time to fill, mean of the others   500 ms  500 ms', // 2 * 12.4 - 24.3, 2 * 2.35 - 4.2
      '  fees, USDT                           0.70    0.70    1.40',
      '',
      '  7  orders sent',
      '  2  cancels sent',
      '  1  fallbacks: market orders for what a limit left',
      '  2  rejects by the venue',
      '  1    of them post-only: the limit would have taken',
      '  1  orders that ended with a part filled',
      '  1  orders denied: never sent',
      '  1    of them: no bid and ask',
      '  1  unknown outcomes: an answer was lost, the venue was asked',
      '  3  duplicateFills: irregular, harmless',
      '  0  fills without a position',
    ]);
  });

  it('says on its first screen what it made, after which costs, how it was filled, and what to mistrust', () => {
    const text = summary(routedReport());
    expect(text).toMatch(/champion +all at taker fees +analytic\n +orders, book venue +same fills +decision prices/);
    // taker both ends: gross 60.5 - 0.0005 * (1000.2 + 980.5 + 1000.2 + 1041) - funding 0.05 = 58.43905
    expect(text).toMatch(/capital, USDT +25,059\.05 +25,058\.44 +25,059\.10\n/);
    expect(text).toMatch(/ fees +1\.40 USDT {2}paid; the strategy expected 0\.90\n/);
    // spread 0.44 - queue 1.02 + latency 0.08 of the bridge
    expect(text).toMatch(/ slippage +-0\.50 USDT {2}-1\.24 bps of the decision price, mean; \+ is a cost\n/);
    expect(text).toMatch(/ funding +0\.05 USDT {2}paid by the trades\n/);
    const quiet = routedReport({ funding: 0 }, { trades: [] });
    expect(summary(quiet)).toMatch(/ funding +0\.00 USDT {2}none settled: no funding\.csv beside the days\n/);
    const beside = [{ name: 'funding.csv', sha256: '0a'.repeat(32) }];
    expect(summary({ ...quiet, source: { ...quiet.source, beside } })).toMatch(/ funding +0\.00 USDT {2}paid by/);
    expect(text).toMatch(/ filled +4 of 5 {2}2 of 3 entries, 2 of 2 exits; maker share 50\.8 %\n/);
    const order = ['Result', '  filled', '! Assumed', 'From analytic', 'Orders'].map((words) =>
      text.indexOf(`\n${words}`),
    );
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(text.slice(0, text.indexOf('From analytic')).split('\n').length).toBeLessThan(33);
    expect(text).not.toMatch(/luck|next-bar|bar that decided/);
  });

  it('has the order log hash beside the others, and names the stage of orders', () => {
    const report = routedReport();
    const stages = [{ stage: 'order', n: 5000, p50: 900, p99: 1800, p999: 2, max: 9000 }];
    const text = summary({ ...report, timing: { ...report.timing, stages } });
    expect(text).toContain(`\norder log hash ${'0f'.repeat(32)}\n`);
    expect(text).toMatch(/ order +5,000 +900 ns +1\.80 µs/);
    expect(text).toContain('  order: from the decision to its order being submitted to the venue.\n');
  });

  it('fits 80 columns, without colour codes and without words for missing numbers', () => {
    for (const report of [routedReport({ venue: 'bars' }), nothingFilled()]) {
      const text = summary(report, { columns: 80 });
      expect(Math.max(...text.split('\n').map(displayWidth))).toBeLessThanOrEqual(80);
      expect(text).not.toContain('\u001b');
      expect(text).not.toMatch(/NaN|undefined|Infinity|-0\.00/);
    }
  });

  it('stands without fills and without trades', () => {
    const text = summary(nothingFilled());
    expect(text).toMatch(/maker share of notional +- +- +-\n/);
    expect(text).toMatch(/time to fill, mean +- +-\n/);
    expect(text).toMatch(/analytic +0\.00 +- +- /);
    expect(text).toContain('No trades: no bar passed every gate above, or its order was not filled.');
  });

  it('of an analytic run has none of it', () => {
    expect(summary(goldenReport('plain/champion'))).not.toMatch(/Orders|routed|order log/);
  });
});

describe('notes of a routed run', () => {
  const noteOf = (...args: Parameters<typeof routedReport>) => notes(routedReport(...args)).join('\n');

  it('are none when books and instruments are known', () => {
    expect(noteOf({ instruments: known })).toBe('');
  });

  it('name each assumed value and for how many assets', () => {
    expect(noteOf()).toBe(
      'Assumed, no instruments.csv says them: lot (any) of 1 of 2 assets; ' +
        'half spread (0.5 bps or half a tick) of all 2 assets.',
    );
    const assumed = ['tick', 'min_notional'] as const;
    expect(noteOf({ instruments: known.map((instrument) => ({ ...instrument, assumed })) })).toContain(
      'tick (decimals of its prices), smallest notional (5 USDT) of all 2 assets',
    );
  });

  it('say what a venue of bars cannot know', () => {
    expect(noteOf({ instruments: known, venue: 'bars' })).toMatch(/^Venue "bars":.*No book, queue or volume/);
  });

  it('say where no limit can be made, for bars outlast it', () => {
    const venue = (model: 'bars' | 'book', barIntervalMs: number, resolution: '5s' | 'hybrid' = '5s') => {
      const report = routedReport({ instruments: known, venue: model });
      return notes({ ...report, barIntervalMs, config: { ...report.config, resolution } }).join('\n');
    };
    expect(venue('bars', 60_000)).toMatch(/^Bars of 60 s outlast every limit order \(25 s at most\): none can be made/);
    for (const words of [
      venue('bars', 5000),
      venue('bars', 25_000),
      venue('book', 60_000),
      venue('bars', 60_000, 'hybrid'),
    ]) {
      expect(words).not.toContain('outlast');
    }
  });

  it('say that no price ever reached an order', () => {
    expect(notes(nothingFilled())[0]).toMatch(/^NO FILL AT ALL: no price ever reached one of 7 orders\./);
    expect(noteOf()).not.toMatch(/NO FILL/);
    const idle = { ...execution, counters: {}, entries: NO_FILLS, exits: NO_FILLS };
    expect(noteOf({ execution: idle }, { trades: [] })).not.toMatch(/NO FILL/);
  });

  it('count what could not be closed before the data ended', () => {
    const [short, long] = ROUTED_RUN.trades;
    const trades = [short!, { ...long!, reason: 'UNFILLED_END' as const }];
    expect(noteOf({}, { trades })).toContain(
      'UNFILLED_END: 1 position not closed before the data ended, marked at the last valid price: +40.14 USDT of the result, ' +
        'not in the win rate.',
    );
    expect(summary(routedReport({}, { trades }))).toMatch(/ win rate .* of 1 trade; 1 unfilled at the end left out\n/);
  });

  it('say what is not explained', () => {
    // 1 USDT more of spread than the trades had
    const entries = { ...execution.entries, spreadCost: execution.entries.spreadCost + 1 };
    expect(noteOf({ execution: { ...execution, entries } })).toMatch(
      /^1\.00 USDT between analytic and routed are unexplained/,
    );
  });

  it('pass on those of the venue, as sentences that move no cursor', () => {
    const words = noteOf({ instruments: known, warnings: ['4 orders are still open', 'no \u001b[2Jprint.'] });
    expect(words).toBe('4 orders are still open.\nNo ?[2Jprint.');
  });
});

function nothingFilled(): Report {
  return routedReport(
    { execution: { ...execution, entries: NO_FILLS, exits: NO_FILLS } },
    { trades: [], capital: 25_000 },
  );
}

function blockOf(title: string): string[] {
  const lines = summary(routedReport()).split('\n');
  const first = lines.indexOf(title);
  return lines.slice(first, lines.indexOf('', first));
}
