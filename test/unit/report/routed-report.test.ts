import { describe, expect, it } from 'vitest';
import { EXECUTION_COUNTERS } from '../../../src/exec/execution-metrics.ts';
import { isRouted, isRoutedTrade, type Report, type RoutedReport } from '../../../src/model/report.ts';
import { EXECUTION_COUNTS } from '../../../src/model/routed-report.ts';
import { htmlReport } from '../../../src/report/html/page.ts';
import { parseReport, reportJson } from '../../../src/report/json.ts';
import { tradeColumns } from '../../../src/report/trade-columns.ts';
import { tradesCsv } from '../../../src/report/trades-csv.ts';
import { goldenReport } from '../../support/golden-report.ts';
import { NO_FILLS, ROUTED_OUTCOME, ROUTED_RUN, routedReport } from './routed-case.ts';

const report = routed(routedReport());

describe('the report of a routed run', () => {
  it('names every counter of execution', () => {
    expect(EXECUTION_COUNTS).toEqual(EXECUTION_COUNTERS);
    for (const name of EXECUTION_COUNTS) expect(report.execution[name]).toBe(ROUTED_OUTCOME.execution.counters[name]);
  });

  it('weighs both sides by notional', () => {
    const { slippage, maker_share, notional, fees } = report.execution;
    expect(slippage.all.meanBps).toBeCloseTo((0 * 2000.4 - 2.4769054485 * 2021.5) / 4021.9, 8);
    expect(slippage.all.worstBps).toBeCloseTo(5.10204, 5);
    expect(maker_share.all).toBeCloseTo(2041.2 / 4021.9, 12);
    expect(notional.all).toEqual({ maker: 1000.2 + 1041, taker: 1000.2 + 980.5 });
    expect(fees.all).toBeCloseTo(1.39859, 12);
  });

  it('takes the figures of the only side that was filled', () => {
    const { execution } = routed(routedReport({ execution: { ...ROUTED_OUTCOME.execution, exits: NO_FILLS } }));
    expect(execution.slippage.all).toEqual({ meanBps: 0, worstBps: 2 });
    expect(execution.maker_share.all).toBe(0.5);
    expect(execution.maker_share.exits).toBeNaN();
  });

  it('leaves out what never occurred of reasons and irregularities', () => {
    expect(report.execution.irregularities).toEqual({ duplicateFills: 3 });
    expect(report.execution.denials).toEqual({ 'no bid and ask': 1 });
  });

  it('has the slippage of both ends in each trade, and no price of a next bar', () => {
    const [short, long] = report.trades;
    expect(short!.routed).toMatchObject({ qty: 10, entryDecision: 100, exitDecision: 98, feesExit: 0.49025 });
    expect(slippageOf(short)).toEqual([-2, 5.102041]);
    expect(slippageOf(long)).toEqual([2, -9.615385]);
    expect(short).not.toHaveProperty('entryNextBar');
    expect(report).not.toHaveProperty('nextBarFills');
  });

  it('has no exit slippage where nothing but the end of the data closed the trade', () => {
    const trades = [{ ...ROUTED_RUN.trades[0]!, reason: 'UNFILLED_END' as const }];
    expect(slippageOf(routed(routedReport({}, { trades })).trades[0])).toEqual([-2, Number.NaN]);
  });

  it('refuses trades that no order made', () => {
    const { routed: _, ...analytic } = ROUTED_RUN.trades[0]!;
    expect(() => routedReport({}, { trades: [analytic] })).toThrow(
      /trades of a routed run must be routed, that of AUSDT at 2026-01-05T00:10:05\.250Z is not/,
    );
  });

  it('is not in an analytic one', () => {
    const keys = ['fill', 'orderLogHash', 'seed', 'venue', 'feeSchedule', 'execution', 'instruments', 'routed'];
    const analytic = JSON.parse(reportJson(goldenReport('plain/champion')));
    expect(Object.keys(analytic).filter((key) => keys.includes(key) || key === 'decisionFills')).toEqual([]);
    expect(analytic.trades[0]).not.toHaveProperty('routed');
  });
});

describe('as JSON', () => {
  type Part = Record<string, unknown> & Record<string, unknown>[];
  const changed = (change: (value: Record<string, Part>) => void) => {
    const value = JSON.parse(reportJson(report));
    change(value);
    return JSON.stringify(value);
  };

  it('reads back equal, also with nothing filled', () => {
    expect(parseReport(reportJson(report), 'r.json')).toEqual(report);
    const execution = { ...ROUTED_OUTCOME.execution, entries: NO_FILLS, exits: NO_FILLS };
    const empty = routedReport({ execution }, { trades: [] });
    expect(parseReport(reportJson(empty), 'r.json')).toEqual(empty);
  });

  it.each<[string, (value: Record<string, Part>) => void, RegExp]>([
    ['without its bridge', (value) => delete value['routed'], /routed: /],
    ['without its order log hash', (value) => delete value['orderLogHash'], /orderLogHash: /],
    ['without a metric', (value) => delete value['execution']!['fallbacks'], /execution\.fallbacks: /],
    ['of another venue', (value) => Object.assign(value, { venue: 'paper' }), /venue: /],
    ['of another fill', (value) => Object.assign(value, { fill: 'guessed' }), /fill: /],
    ['with a trade that is not routed', (value) => delete value['trades']![1]!['routed'], /trades\.1\.routed: /],
  ])('is refused %s', (_, change, message) => {
    expect(() => parseReport(changed(change), 'r.json')).toThrow(message);
  });
});

describe('trades of a routed run', () => {
  const lines = tradesCsv(report).split('\n');

  it('have their columns at the end of the CSV', () => {
    const analytic = tradesCsv({ trades: report.trades }).split('\n');
    expect(lines[0]).toBe(
      `${analytic[0]},qty,entryDecision,exitDecision,funding,feesEntry,feesExit,entrySlippageBps,exitSlippageBps`,
    );
    expect(lines[2]!.startsWith(`${analytic[2]},2000,0.5,0.52,-0.05,0.5001,0.2082,`)).toBe(true);
  });

  it('have them in the header without trades, and in columnar files', () => {
    expect(tradesCsv({ fill: 'routed', trades: [] })).toBe(`${lines[0]}\n`);
    const funding = tradeColumns(report).find(({ name }) => name === 'funding')!;
    expect([...funding.values]).toEqual([0.1, -0.05]);
  });
});

describe('the page of a routed run', () => {
  const page = htmlReport(report);

  it('has the bridge, the orders and the columns of routed trades', () => {
    expect(page).toContain('<th scope="row">queue</th><td class="n gain">+1.02</td><td class="n">+0.51</td>');
    expect(page).toContain('<th scope="row">spread</th><td class="n loss">−0.44</td>');
    expect(page).toContain(
      '<th scope="row">maker share of notional</th><td class="n">50.0 %</td><td class="n">51.5 %</td>',
    );
    expect(page).toContain('<td class="n">2</td><td class="indented">rejects by the venue</td>');
    expect(page).toContain('<td class="n loss" data-v="5.102040816327147">+5.10</td>');
    expect(page).toContain(`<dt>order log hash</dt><dd><code>${'0f'.repeat(32)}</code></dd>`);
    expect(page.match(/class="curve /g)!.length).toBe(3);
    expect(page).toContain('class="curve decision"');
  });

  it('writes no missing number, also of a trade that the end of the data closed', () => {
    const trades = [{ ...ROUTED_RUN.trades[0]!, reason: 'UNFILLED_END' as const }];
    for (const html of [page, htmlReport(routedReport({}, { trades })), htmlReport(routedReport({}, { trades: [] }))]) {
      expect(html).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  it('escapes reasons and schedules', () => {
    const execution = { ...ROUTED_OUTCOME.execution, denials: { '<b>': 1 } };
    expect(htmlReport(routedReport({ execution, feeSchedule: '<i>', warnings: ['<u>'] }))).not.toMatch(/<[biu]>/);
  });

  it('of an analytic run has none of it', () => {
    expect(htmlReport(goldenReport('plain/champion'))).not.toMatch(/What happened to orders|order log|slippage/);
  });

  it('keeps the names of curves below the top of the chart', () => {
    const ys = Array.from(page.matchAll(/<text class="name \w+" x="\d+" y="(-?[\d.]+)"/g), (match) => Number(match[1]));
    expect(ys.length).toBe(3);
    expect(Math.min(...ys)).toBeGreaterThanOrEqual(14);
  });
});

function routed(made: Report): RoutedReport {
  if (!isRouted(made)) throw new Error('must be routed');
  return made;
}

function slippageOf(trade: Report['trades'][number] | undefined): number[] {
  if (trade === undefined || !isRoutedTrade(trade)) throw new Error('must be routed');
  const { entrySlippageBps, exitSlippageBps } = trade.routed;
  return [entrySlippageBps, exitSlippageBps].map((bps) => Math.round(bps * 1e6) / 1e6);
}
