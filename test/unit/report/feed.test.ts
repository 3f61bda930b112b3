import { describe, expect, it } from 'vitest';
import type { FeedCounts } from '../../../src/model/feed-counts.ts';
import type { Report } from '../../../src/model/report.ts';
import { htmlReport } from '../../../src/report/html/page.ts';
import { parseReport, reportJson } from '../../../src/report/json.ts';
import { notes } from '../../../src/report/notes.ts';
import { summary } from '../../../src/report/summary.ts';
import { goldenReport } from '../../support/golden-report.ts';

const QUIET = { source: 'stream', taken: 5201, duplicates: 0, late: 0, stale: 0, parked: 0, gaps: 0 } as const;
const MEMORY = {
  source: 'memory',
  scans: 93,
  books: 12,
  duplicates: 2,
  late: 1,
  gaps: 6,
  missed: 243,
  dropped: 0,
} as const;

function reportOf(feed: FeedCounts): Report {
  return { ...goldenReport('plain/champion'), feed };
}

describe('what a live source brought, in a report', () => {
  it.each<[string, FeedCounts]>([
    ['a stream', QUIET],
    ['a memory', MEMORY],
  ])('of %s is read back equal', (_, feed) => {
    const report = reportOf(feed);
    expect(parseReport(reportJson(report), 'r.json').feed).toEqual(feed);
  });

  it('is refused when a count is none', () => {
    const text = reportJson(reportOf(QUIET)).replace('"taken": 5201', '"taken": -1');
    expect(() => parseReport(text, 'r.json')).toThrow(/feed\.taken/);
  });

  it('is shown with everything odd, and with nothing that is not', () => {
    const text = summary(reportOf(MEMORY));
    expect(text).toMatch(/\nSignals\n {2} *93 {2}scans taken\n {2} *12 {2}order books taken\n/);
    expect(text).toMatch(/243 {2}scans missed, by their numbers/);
    expect(text).not.toContain('the engine was behind');
    expect(summary(reportOf(QUIET))).toMatch(/\nSignals\n {2}5,201 {2}signals taken\n\n/);
    expect(htmlReport(reportOf(MEMORY))).toContain(
      '<dt>signals</dt><dd>93 scans taken; 12 order books taken; 2 dropped',
    );
  });

  it('counts since the resume where the run went on', () => {
    const shadow = { steps: 1, agreeing: 1, unverified: 0, mismatch: null, failures: [] };
    const journal = {
      dir: 'j',
      fsync: 'never',
      records: { engine: 1, execution: 1 },
      isResumed: true,
      shadow,
    } as const;
    expect(summary({ ...reportOf(QUIET), journal })).toContain('5,201  signals taken since the resume\n');
    expect(htmlReport({ ...reportOf(MEMORY), journal })).toContain(
      '93 scans taken since the resume; 12 order books taken since the resume; 2 dropped',
    );
  });

  it.each([
    ['all', 5201, '5,201 of 5,201'],
    ['more than half', 2601, '2,601 of 5,201'],
  ])('warns of signals that came too late to be entered on: %s', (_, stale, words) => {
    const told = notes(reportOf({ ...QUIET, freshnessMs: 10_000, stale }));
    expect(told).toContain(
      `Live rules: ${words} signals were older than 10 s when they came, nothing was entered on them. ` +
        'Recorded days want --rules replay.',
    );
  });

  it.each<FeedCounts>([{ ...QUIET, freshnessMs: 10_000, stale: 2600 }, MEMORY])('does not warn of %o', (feed) => {
    expect(notes(reportOf(feed)).join()).not.toContain('Live rules');
  });

  it('speaks of a run, and not of files or a replay', () => {
    const text = summary(reportOf(QUIET));
    expect(text).toMatch(/\n {2}run +5,20\d bars in /);
    expect(text + htmlReport(reportOf(QUIET))).not.toMatch(/\breplay {2}|>replay<|DOLPHIN replay|waited|for files/);
  });

  it('is no part of a report of days', () => {
    expect(summary(goldenReport('plain/champion'))).not.toContain('\nSignals\n');
  });
});
