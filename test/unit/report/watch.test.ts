import { describe, expect, it } from 'vitest';
import type { ReportAlert } from '../../../src/model/metric-alert.ts';
import { htmlReport } from '../../../src/report/html/page.ts';
import { parseReport, reportJson } from '../../../src/report/json.ts';
import { summary } from '../../../src/report/summary.ts';
import { displayWidth } from '../../../src/report/text-table.ts';
import { goldenReport } from '../../support/golden-report.ts';
import { ALERTS, SURVIVAL, watchedReport } from './watch-case.ts';

const SENSORS_OF_A_START = { feed: Number.NaN, memory: 1, coverage: 1, stress: Number.NaN, capital: 1 };

describe('survival and alerts in JSON', () => {
  it('read back equal, with missing sensors and an infinite profit factor', () => {
    const lowest = { ts: '2026-01-05T00:00:05.000Z', rm: 1, sensors: SENSORS_OF_A_START };
    for (const survival of [
      SURVIVAL,
      { ...SURVIVAL, lowestRm: 1, lowest, without: null },
      { ...SURVIVAL, lowest: null },
    ]) {
      const report = watchedReport(survival);
      expect(parseReport(reportJson(report), 'r.json')).toEqual(report);
    }
  });

  it('are refused when a name is unknown', () => {
    const text = reportJson(watchedReport());
    expect(() => parseReport(text.replace('"metric":"maker_share"', '"metric":"luck"'), 'r.json')).toThrow(
      /alerts\.0\.metric/,
    );
    expect(() => parseReport(text.replace('"safety.csv"', '"hearsay"'), 'r.json')).toThrow(/survival\.days\.1\.source/);
  });
});

describe('the survival stack in a summary', () => {
  it('shows the result with and without, time per posture, the lowest Rm with its cause, and how days began', () => {
    expect(blockOf('Survival')).toEqual([
      'Survival',
      '                 with the stack    without',
      '  ROI                   +0.24 %    +0.40 %',
      '  profit factor       no losses  no losses',
      '  capital, USDT       25,059.05  25,100.00',
      '  trades                      2          3',
      '  The decisions differ: the hashes are not equal.',
      '',
      '  posture    evaluations   share',
      '  APEX               150  75.0 %  ██████████████████',
      '  STALKER             30  15.0 %  ███▋',
      '  TURTLE               0   0.0 %',
      '  HIBERNATE           20  10.0 %  ██▍',
      '  lowest Rm 0.36 at 2026-01-05 12:57:00 UTC, caused by stress 0.40; feed 0.90,',
      '  memory 1.00, coverage 1.00, capital 1.00',
      '',
      '  day starts in  posture    Rm  said by',
      '  2026-01-05     APEX     1.00  the stack',
      '  2026-01-06     TURTLE   0.72  safety.csv',
      '  Evaluated every 5 s of event time, but as in any replay the strategy hears of',
      '  the posture at the start of a day: what falls at noon changes the next day.',
    ]);
  });

  it('says when the decisions are the same, when nothing was run without it, and when nothing fell', () => {
    const { decisionHash } = watchedReport();
    const same = { ...SURVIVAL, without: { ...SURVIVAL.without!, decisionHash } };
    expect(summary(watchedReport(same))).toContain('The decisions are the same with the stack and without.');
    const alone = summary(watchedReport({ ...SURVIVAL, without: null }));
    expect(alone).toMatch(/ROI +\+0\.24 % +-\n/);
    expect(alone).toContain('Without the stack nothing was run');
    const lowest = { ...SURVIVAL.lowest!, rm: 1, sensors: SENSORS_OF_A_START };
    expect(summary(watchedReport({ ...SURVIVAL, lowest }))).toContain('no sensor was below 1');
    expect(summary(watchedReport({ ...SURVIVAL, lowest: null }))).toContain('Rm was never evaluated');
  });

  it('of many days shows the last 31', () => {
    const days = Array.from({ length: 33 }, (_, day) => ({ ...SURVIVAL.days[0]!, date: `day ${day}` }));
    const text = summary(watchedReport({ ...SURVIVAL, days }));
    expect(text).toContain('(2 earlier days: in the JSON and the HTML report)');
    expect(text).not.toContain('day 1 ');
    expect(text).toContain('day 2 ');
  });
});

describe('alerts in a summary', () => {
  it('lists each in order, and what still stands', () => {
    expect(blockOf('Alerts')).toEqual([
      'Alerts',
      '  time, UTC            metric         level      value  threshold  samples',
      '  2026-01-05 00:10:05  maker share    alarm      0.0 %     40.0 %       30',
      '  2026-01-05 00:20:05  slippage, bps  alarm       5.43       5.00       30',
      '  2026-01-05 00:30:05  slippage, bps  clear       3.18       4.00       30',
      '  2026-01-05 00:40:05  profit factor  clear  no losses       0.90       30',
      '  Not cleared by the end: maker share.',
      '  Samples are trades; of slippage and maker share, filled ends of trades.',
    ]);
    expect(summary(watchedReport(SURVIVAL, ALERTS.slice(1)))).toContain('Every alarm has cleared.');
  });

  it('shows the last 20 of many', () => {
    const many = Array.from({ length: 25 }, (): ReportAlert => ALERTS[1]!);
    expect(summary(watchedReport(SURVIVAL, many))).toContain('(5 earlier alerts: in the JSON and the HTML report)');
  });

  it('has no section where nothing alarmed or nobody watched', () => {
    expect(summary(watchedReport(SURVIVAL, []))).not.toContain('Alerts');
    expect(summary(goldenReport('plain/champion'))).not.toMatch(/Alerts|Survival/);
  });
});

describe('both', () => {
  it('fit 80 columns, without words for missing numbers', () => {
    const long: ReportAlert = { ...ALERTS[0]!, metric: 'roi', value: -12.345, samples: 123_456 };
    const lowest = { ...SURVIVAL.lowest!, sensors: SENSORS_OF_A_START };
    const text = summary(watchedReport({ ...SURVIVAL, lowest }, [...ALERTS, long]), { columns: 80 });
    expect(Math.max(...text.split('\n').map(displayWidth))).toBeLessThanOrEqual(80);
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('are in the HTML page with the same words, and in no page without them', () => {
    const page = htmlReport(watchedReport());
    for (const words of [
      'with the stack',
      'caused by stress 0.40',
      'safety.csv',
      'no losses',
      'Not cleared by the end',
    ]) {
      expect(page).toContain(words);
    }
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    expect(htmlReport(goldenReport('plain/champion'))).not.toMatch(/<h2>(?:Survival|Alerts)/);
  });
});

function blockOf(title: string): string[] {
  const lines = summary(watchedReport()).split('\n');
  const first = lines.indexOf(title);
  const end = lines.findIndex((line, at) => at > first && line !== '' && !line.startsWith(' '));
  return lines.slice(first, end - 1);
}
