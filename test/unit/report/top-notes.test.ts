import { describe, expect, it } from 'vitest';
import { OperatorHalts } from '../../../src/engine/operator-halts.ts';
import type { Report } from '../../../src/model/report.ts';
import { NS_PER_SECOND } from '../../../src/model/time.ts';
import { htmlReport } from '../../../src/report/html/page.ts';
import { parseReport, reportJson } from '../../../src/report/json.ts';
import { notes } from '../../../src/report/notes.ts';
import { summary } from '../../../src/report/summary.ts';
import { goldenReport } from '../../support/golden-report.ts';

const DAY = 20_458; // 2026-01-05, the first of the report
const report = goldenReport('plain/champion');
const at = (second: number) => ({ day: DAY, nsOfDay: second * NS_PER_SECOND });

/** The report of a run that was halted from one second of its first day to another; null: to the end. */
function haltedReport(from: number, to: number | null, isFlatten = false): Report {
  const halts = new OperatorHalts();
  halts.halt(at(from));
  if (isFlatten) halts.markFlatten();
  if (to !== null) halts.resume(at(to));
  return { ...report, warnings: halts.notes() };
}

describe('what stands on top: a memory that lacks results', () => {
  const lacking = { ...report, memory: { where: 'dolphin at a:5701', unwritten: 4 } };

  it('is said of it, and read back', () => {
    expect(notes(lacking)).toContain(
      '4 results are not in the memory (dolphin at a:5701): the capital there is not that of this run.',
    );
    expect(parseReport(reportJson(lacking), 'r.json').memory).toEqual(lacking.memory);
    expect(notes({ ...lacking, memory: { where: 'x', unwritten: 1 } }).join()).toContain(
      '1 result is not in the memory (x):',
    );
    expect(notes(report).join()).not.toContain('capital there');
  });
});

describe('what stands on top: halts of the operator', () => {
  it.each<[string, Report, string]>([
    ['to the end', haltedReport(3600, null), 'from 2026-01-05 01:00:00 to the end (operator halt)'],
    ['flattened', haltedReport(3600, null, true), 'from 2026-01-05 01:00:00 to the end (operator flatten)'],
    ['for an hour', haltedReport(5, 3605), 'from 2026-01-05 00:00:05 to 2026-01-05 01:00:05 (operator halt)'],
    [
      'from before the first bar',
      haltedReport(Number.NaN, 3600),
      'from the start to 2026-01-05 01:00:00 (operator halt)',
    ],
  ])('%s, once', (_, halted, words) => {
    const line = `Entries were barred ${words}.`;
    expect(notes(halted)).toContain(line);
    for (const text of [summary(halted), htmlReport(halted)]) expect(text).not.toContain('no entries from');
  });

  it('a shorter one is counted on the way, as are other warnings', () => {
    const short = haltedReport(5, 3604);
    expect(notes(short)).toEqual(notes(report));
    expect(summary({ ...short, warnings: [...short.warnings, 'Something else.'] })).toMatch(
      /Operator halt: no entries from 2026-01-05 00:00:05 to 2026-01-05 01:00:04\.\n +· {2}Something else\.\n/,
    );
  });
});
