import { describe, expect, it } from 'vitest';
import { htmlReport } from '../../../src/report/html/page.ts';
import { linearScale, niceTicks, timeTicks } from '../../../src/report/html/scale.ts';
import { goldenReport } from '../../support/golden-report.ts';

const report = goldenReport('edges/convexity');
const page = htmlReport(report);

describe('HTML report', () => {
  it('is self-contained: nothing is fetched, and a policy forbids it', () => {
    expect(page).not.toMatch(/https?:|<link|<img|<iframe|@import|url\(|src=/);
    expect(page).toContain(`content="default-src 'none';`);
  });

  it('holds the three results, the curves and every trade', () => {
    expect(page.match(/class="result c-/g)!.length).toBe(3);
    expect(page.match(/class="curve /g)!.length).toBe(3);
    expect(page).toContain('+3.61 %');
    expect(page).toContain('−3.03 %');
    expect(page).toContain(report.decisionHash);
    expect(page.match(/<tr><td class="n" data-v/g)!.length).toBe(report.trades.length);
  });

  it('has journal and stages where the run had them', () => {
    const shadow = { steps: 20, agreeing: 20, unverified: 0, mismatch: null, failures: [] };
    const journal = {
      dir: 'runs/<j>',
      fsync: 'always' as const,
      records: { engine: 40, execution: 3 },
      isResumed: false,
      shadow,
    };
    const stages = [{ stage: 'ring', n: 5000, p50: 900, p99: 1800, p999: 2, max: 9000 }];
    const full = htmlReport({ ...report, journal, timing: { ...report.timing, stages } });
    expect(full).toContain(
      '<dt>journal</dt><dd>runs/&lt;j&gt;; 40 of the engine, 3 of execution; synced before any intent',
    );
    expect(full).toContain('20 of 20 steps replay to the same decisions');
    expect(full).toContain(
      '<tr><td>ring</td><td class="n">5,000</td><td class="n">900 ns</td><td class="n">1.80 µs</td><td class="n">-</td>',
    );
    expect(page).not.toContain('Stages');
  });

  it('keeps the names of curves with close ends apart', () => {
    // regimes/champion ends at 27,021 and 26,995: two pixels apart
    const labels = htmlReport(goldenReport('regimes/champion')).matchAll(
      /<text class="name \w+" x="\d+" y="([\d.]+)"/g,
    );
    const ys = Array.from(labels, (match) => Number(match[1])).sort((a, b) => a - b);
    expect(ys.length).toBe(3);
    expect(ys[1]! - ys[0]!).toBeGreaterThanOrEqual(33);
    expect(ys[2]! - ys[1]!).toBeGreaterThanOrEqual(33);
  });

  it('has balanced tags', () => {
    for (const tag of ['section', 'table', 'tr', 'td', 'div', 'svg', 'dl', 'article', 'g']) {
      const opened = page.match(new RegExp(`<${tag}[ >]`, 'g'))?.length;
      expect(page.match(new RegExp(`</${tag}>`, 'g'))?.length, tag).toBe(opened);
    }
  });

  it('escapes every text that comes from outside', () => {
    const bad = `<script>alert("1")</script>'&`;
    const hostile = htmlReport({
      ...report,
      strategy: `champion+${bad}`,
      decisionHash: bad,
      paramHash: bad,
      source: { ...report.source, dir: bad, from: bad, to: bad, files: [{ name: bad, sha256: bad }] },
      venueFees: { ...report.venueFees, schedule: bad },
      trades: report.trades.map((trade) => ({ ...trade, asset: bad, entryTs: bad, exitTs: bad })),
    });
    expect(hostile).not.toContain('<script>alert');
    expect(hostile).not.toMatch(/alert\("/);
    expect(hostile.match(/<script/g)!.length).toBe(1);
  });

  it('stands without trades and without days', () => {
    const metrics = { ...report.metrics, trades: 0, winRate: null, profitFactor: null };
    const empty = htmlReport({ ...report, trades: [], days: [], metrics });
    expect(empty).toContain('No trades, so no curve.');
    expect(empty).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('writes no NaN as a number', () => {
    for (const name of ['plain/champion', 'edges/short-risk', 'regimes/champion']) {
      const html = htmlReport(goldenReport(name)).replaceAll('prices null, NaN, ', '');
      expect(html).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  it('says which trades it leaves out', () => {
    const many = Array.from({ length: 5001 }, () => report.trades[0]!);
    expect(htmlReport({ ...report, trades: many })).toContain('the first 5,000 of 5,001 trades');
  });
});

describe('scales', () => {
  it('map linearly', () => expect(linearScale([0, 10], [100, 0])(2.5)).toBe(75));
  it('map an empty domain to the middle', () => expect(linearScale([5, 5], [0, 100])(5)).toBe(50));
  it.each([
    [0, 10, 5, [0, 2, 4, 6, 8, 10]],
    [-45, 33, 4, [-40, -20, 0, 20]],
    [3, 3, 5, [3]],
  ])('ticks of %s to %s', (low, high, count, ticks) => expect(niceTicks(low, high, count)).toEqual(ticks));
  it('time ticks name the date at midnight', () => {
    const ticks = timeTicks(Date.UTC(2026, 0, 5, 20), Date.UTC(2026, 0, 6, 4), 4);
    expect(ticks.map((tick) => tick.label)).toEqual(['20:00', '22:00', 'Jan 6', '02:00', '04:00']);
  });
});
