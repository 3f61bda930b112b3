import { describe, expect, it } from 'vitest';
import { decisionHash } from '../../../src/report/decision-hash.ts';
import { demoSummary } from '../../../src/report/demo-summary.ts';
import { notes } from '../../../src/report/notes.ts';
import { summary } from '../../../src/report/summary.ts';
import { displayWidth } from '../../../src/report/text-table.ts';
import { goldenReport } from '../../support/golden-report.ts';

const report = goldenReport('faults/champion');
const plain = summary(report);
const real = goldenReport('faults/champion', { source: { ...report.source, synthetic: false } });

describe('summary', () => {
  it('shows the three results in equally wide columns', () => {
    const [title, terms, roi, factor, capital] = linesFrom(plain, 'Result').slice(1, 6);
    expect(roi).toMatch(/ROI +\+0\.96 % +\+0\.05 % +\+0\.91 %$/);
    expect(factor).toMatch(/profit factor +3\.05 +1\.06 +\d\.\d\d$/);
    expect(capital).toMatch(/capital, USDT +25,239\.67 +25,013\.07 +25,2\d\d\.\d\d$/);
    expect(columnEnds(title!, ['champion', 'venue fees', 'next-bar fills'])).toEqual([39, 59, 79]);
    expect(columnEnds(terms!, ['bar close', 'taker', 'later price'])).toEqual([39, 59, 79]);
  });

  it('sums the gates over days', () => {
    expect(plain).toMatch(/warm-up +505 +305 +60\.4 %/); // 292 + 213 reached, 192 + 113 passed
    expect(plain).toMatch(/signal +305 +29 +9\.5 %/); // 192 + 113 reached, 14 + 15 passed
  });

  it('says how many bars reached no gate, and why', () => {
    const { days, trades } = report; // 3,790 bars, of which 505 reached the first gate
    expect(plain).toContain('\n  3,285 bars held a position and reached no gate.\n');
    const fewer = { ...report, trades: trades.slice(1) };
    expect(summary(fewer)).toContain('\n  3,285 bars reached no gate: a position was held, or entries were barred.\n');
    const all = days.map((day) => ({ ...day, bars: day.funnel.warmup[0] }));
    expect(summary({ ...report, days: all })).not.toContain('reached no gate');
  });

  it('says in words what was counted, and only that', () => {
    expect(plain).toContain(' 12  gaps');
    expect(plain).toContain('613  prices null, NaN');
    expect(plain).not.toContain('ACB');
    expect(summary({ ...report, days: [] })).not.toContain('Counted');
  });

  it('names exits, trades, days, speed and hash', () => {
    expect(plain).toMatch(/max hold +27 +93\.1 % +\+207\.21/);
    expect(plain).toMatch(/best +FILUSDT +SHORT +\+183\.15/);
    expect(plain).toMatch(/worst +EOSUSDT +SHORT +-35\.05/);
    expect(plain).toMatch(/2026-01-05 +1,894 +14 +\+136\.42 +\+0\.55 % +25,136\.42 +APEX/);
    expect(plain).toContain('step    p50 1.24 µs · p99 3.87 µs · p99.9 11.9 µs · max 214 µs');
    expect(plain).toContain('36,363 bars/s');
    expect(plain).toContain('0.02 s for files');
    expect(plain).toContain(report.decisionHash);
    expect(plain.replace(/\s+/g, ' ')).toContain(
      'fills at the close of the bar that decided, a price that was gone by then',
    );
  });

  it('keeps Sharpe back below 20 days', () => {
    expect(plain).not.toContain('Sharpe');
    const days = Array.from({ length: 20 }, () => report.days[0]!);
    expect(summary({ ...report, days: days.slice(1) })).not.toContain('Sharpe');
    expect(summary({ ...report, days })).toMatch(/Sharpe +95\.75 /);
  });

  it.each(['faults/champion', 'regimes/champion', 'edges/convexity', 'edges/long-carry', 'scanner/scanner'])(
    '%s fits 80 columns without colour codes',
    (name) => {
      const text = summary(goldenReport(name), { columns: 80 });
      expect(Math.max(...text.split('\n').map(displayWidth))).toBeLessThanOrEqual(80);
      expect(text).not.toContain('\u001b');
      expect(text.replace('prices null, NaN', '')).not.toMatch(/NaN|undefined|Infinity|-0\.00/);
    },
  );

  it('with colour says the same', () => {
    const colored = summary(report, { color: true });
    expect(colored).toContain('\u001b[1m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ANSI codes begin with one
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(plain);
  });

  it('of a run without trades says why nothing is there', () => {
    const metrics = { ...report.metrics, trades: 0, winRate: null, profitFactor: null };
    const text = summary({ ...report, trades: [], metrics });
    expect(text).toContain('No trades: no bar passed every gate above.');
    expect(text).toMatch(/profit factor +n\/a +n\/a +n\/a\n/);
    expect(text).toMatch(/win rate +n\/a/);
    expect(text.replace('prices null, NaN', '')).not.toMatch(/NaN|undefined|\nTrades/);
  });

  it('shows the last month of a long run and says so', () => {
    const days = Array.from({ length: 40 }, (_, index) => ({ ...report.days[0]!, date: `day ${index}` }));
    const text = summary({ ...report, days });
    expect(text).toContain('(9 earlier days: in the JSON and the HTML report)');
    expect(text).not.toContain('day 8 ');
    expect(text).toContain('day 9 ');
  });

  it('lets no name from outside move the cursor', () => {
    const trades = report.trades.map((trade) => ({ ...trade, asset: 'X\u001b[2JUSDT' }));
    const text = summary({ ...report, trades, strategy: 'champion\r\n' });
    expect(text.includes('\u001b') || text.includes('\r')).toBe(false);
  });
});

describe('of a run that kept a journal', () => {
  const shadow = { steps: 17_282, agreeing: 17_282, unverified: 0, mismatch: null, failures: [] };
  const journal = {
    dir: 'runs/journal',
    fsync: 'interval' as const,
    records: { engine: 34_690, execution: 131 },
    isResumed: false,
    shadow,
  };
  const textOf = (change: object) => summary({ ...real, journal: { ...journal, ...change } }, { columns: 80 });

  it('says what it holds and what it proves', () => {
    expect(linesFrom(textOf({}), 'Journal').slice(0, 5)).toEqual([
      'Journal',
      '  folder   runs/journal',
      '  records  34,690 of the engine, 131 of execution',
      '  synced   every 50 ms',
      '  parity   17,282 of 17,282 steps replay to the same decisions',
    ]);
    expect(textOf({})).not.toContain('resumed');
    expect(textOf({ isResumed: true })).toContain('  resumed  the run went on behind an interruption\n');
    expect(plain).not.toContain('Journal');
  });

  it.each<[string, object, RegExp]>([
    ['another decision', { mismatch: 'intent 3 price: recorded 1, replayed 2' }, /^DO NOT USE: .*price: recorded 1, r/],
    ['a segment that cannot be read', { failures: ['engine-000001.dj: EIO'] }, / not verified whole: engine-0000/],
    [
      'several of them',
      { failures: ['a', 'b', 'c'] },
      /^The journal was not verified whole: a \(and 2 more failures\)\.$/,
    ],
    ['a gap', { unverified: 12 }, /^12 steps of the journal lie behind a gap/],
  ])('warns of %s', (_, change, words) => {
    expect(notes({ ...real, journal: { ...journal, shadow: { ...shadow, ...change } } })).toEqual([
      expect.stringMatching(words),
    ]);
  });

  it('has nothing to warn of when it is whole', () => expect(notes({ ...real, journal })).toEqual([]));

  it('fits 80 columns', () => {
    const records = { engine: 34_690_123, execution: 1_310_123 };
    const texts = (['always', 'interval', 'never'] as const).map((fsync) =>
      textOf({ fsync, records, isResumed: true }),
    );
    for (const text of texts) expect(Math.max(...text.split('\n').map(displayWidth))).toBeLessThanOrEqual(80);
  });
});

describe('the stages of a run', () => {
  const stage = (name: string, n: number) => ({ stage: name, n, p50: 1240, p99: 3870, p999: 11_900, max: 214_000 });
  const textOf = (stages: ReturnType<typeof stage>[]) => summary({ ...real, timing: { ...real.timing, stages } });

  it('stand in the order of a frame, each quantile with at least ten values beyond it', () => {
    const text = textOf([
      stage('ring', 10_000),
      stage('source', 9999),
      stage('step', 1000),
      stage('total', 999),
      stage('journal', 20),
      stage('commit', 19),
    ]);
    expect(linesFrom(text, 'Stages').slice(1, 8)).toEqual([
      '  stage    values      p50      p99    p99.9     max',
      '  source    9,999  1.24 µs  3.87 µs        -  214 µs',
      '  ring     10,000  1.24 µs  3.87 µs  11.9 µs  214 µs',
      '  step      1,000  1.24 µs  3.87 µs        -  214 µs',
      '  commit       19        -        -        -  214 µs',
      '  journal      20  1.24 µs        -        -  214 µs',
      '  total       999  1.24 µs        -        -  214 µs',
    ]);
    expect(text).not.toContain('frames queue');
    expect(text).not.toContain('step    p50');
  });

  it('are said to hold the queue where nothing paced the frames', () => {
    const text = textOf([stage('ring', 10_000)]);
    expect(text).toContain('  At full speed frames queue in the rings, which every stage but step counts in.\n');
    expect(Math.max(...text.split('\n').map(displayWidth))).toBeLessThanOrEqual(80);
  });
});

describe('notes', () => {
  const noteOf = (change: object) => notes({ ...real, ...change }).join('\n');

  it('has none on a whole champion run over real data', () => expect(notes(real)).toEqual([]));

  it.each<[string, object, RegExp]>([
    ['synthetic data', { source: { ...report.source, synthetic: true } }, /Synthetic.*nothing about profit/],
    ['a stopped run', { complete: false }, /stopped before the end/],
    [
      'bars of another length',
      { strategy: 'champion@60s', barIntervalMs: 60_000 },
      /Bars of 60 s.*no longer the champion/,
    ],
    ['a changed setting', { strategy: 'champion+direction=both' }, /Changed from champion: direction=both\./],
    ['both', { strategy: 'champion+stop_pct=0.5@60s' }, /Changed from champion: stop_pct=0\.5\./],
    [
      'exits on 0.1 s bars',
      { config: { ...report.config, resolution: 'hybrid' } },
      /Experimental: resolution hybrid.*nobody has calibrated/,
    ],
    [
      'steps of 0.1 s',
      { config: { ...report.config, resolution: '0.1s', scanner_rate: '10hz' } },
      /Experimental: resolution 0\.1s.*scanner runs on every 0\.1 s bar.*nobody has calibrated/,
    ],
    ['a state changed during a step', { days: [{ ...report.days[0]!, staleState: true }] }, /DO NOT USE.*2026-01-05/],
    ['edited trades', { trades: report.trades.slice(1) }, /decision hash is not that of the trades/],
    ...['conservative', 'growth', 'aggressive', 'green', 'custom'].map(
      (strategy) => [strategy, { strategy }, new RegExp(`${strategy} is uncalibrated`)] as [string, object, RegExp],
    ),
  ])('%s', (_, change, words) => expect(noteOf(change)).toMatch(words));

  it('the sample report carries its own hash', () => expect(decisionHash(report.trades)).toBe(report.decisionHash));
});

describe('demo summary', () => {
  const lines = demoSummary(goldenReport('plain/champion'), { dataDir: 'runs/demo' }).trimEnd().split('\n');
  const text = lines.join('\n');

  it('has at most 30 lines of at most 80 columns', () => {
    expect(lines.length).toBeLessThanOrEqual(30);
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(80);
  });

  it('stays so when every exit happened, and when none did', () => {
    const report = goldenReport('plain/champion');
    const reasons = ['TAKE_PROFIT', 'STOP', 'MAX_HOLD', 'DAY_END', 'HIBERNATE', 'RISK', 'UNFILLED_END'] as const;
    const trades = report.trades.map((trade, index) => ({ ...trade, reason: reasons[index % reasons.length]! }));
    for (const some of [trades, []]) {
      const demo = demoSummary({ ...report, trades: some }, { dataDir: 'runs/demo' });
      expect(demo.trimEnd().split('\n').length).toBeLessThanOrEqual(30);
    }
  });

  it('says what the day is, what happened, and what comes next', () => {
    expect(text).toMatch(/synthetic day/);
    expect(text).toMatch(/says nothing about profit/);
    expect(text).toMatch(/signal +1,616 +269 +16\.6 %/);
    expect(text).toMatch(/\n {2}sizing .*\n {2}[\d,]+ bars held a position and reached no gate\.\n\n/);
    expect(text).toMatch(/max hold +27 +-37\.55/);
    expect(text).toMatch(
      /champion +venue fees +next-bar fills\n +fills at bar close +binance-vip0 taker +first later price/,
    );
    expect(text).toMatch(/ROI +-0\.18 % +-0\.84 % +-0\.\d\d %/);
    expect(text).toContain('step p50 1.24 µs · p99 3.87 µs');
    expect(text).toContain('e7ea90e85695f57026c13122caa2276df09e2edf9ac91be3fda3b45d755fab57');
    expect(text).toContain('npx dolphin replay --data runs/demo');
    expect(text).toContain('npx dolphin data pull --help');
  });
});

function linesFrom(text: string, title: string): string[] {
  const lines = text.split('\n');
  return lines.slice(lines.indexOf(title));
}

function columnEnds(line: string, texts: readonly string[]): number[] {
  return texts.map((text) => line.indexOf(text) + text.length);
}
