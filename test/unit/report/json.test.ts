import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { InputError } from '../../../src/model/input-error.ts';
import { decisionHash } from '../../../src/report/decision-hash.ts';
import { parseReport, readReport, reportJson } from '../../../src/report/json.ts';
import { goldenReport } from '../../support/golden-report.ts';

const folder = mkdtempSync(join(tmpdir(), 'dolphin-json-'));
afterAll(() => rmSync(folder, { recursive: true }));

const report = goldenReport('faults/champion');
type Part = Record<string, unknown> & Record<string, unknown>[];
const changed = (change: (value: Record<string, Part>) => void) => {
  const value = JSON.parse(reportJson(report));
  change(value);
  return JSON.stringify(value);
};

describe('report as JSON', () => {
  it('reads back equal, to the last bit', () => {
    expect(parseReport(reportJson(report), 'r.json')).toEqual(report);
    expect(decisionHash(parseReport(reportJson(report), 'r.json').trades)).toBe(report.decisionHash);
  });

  it('reads journal and stages back equal, and does without them', () => {
    const shadow = {
      steps: 9,
      agreeing: 8,
      unverified: 1,
      mismatch: 'STEP intents: recorded 1, replayed 0',
      failures: ['x'],
    };
    const journal = {
      dir: 'j',
      fsync: 'never' as const,
      records: { engine: 20, execution: 2 },
      isResumed: true,
      shadow,
    };
    const stages = [{ stage: 'ring', n: 3, p50: 1, p99: 2, p999: 3, max: 4 }];
    const full = { ...report, journal, timing: { ...report.timing, stages } };
    expect(parseReport(reportJson(full), 'r.json')).toEqual(full);
    expect(parseReport(reportJson(report), 'r.json').journal).toBeUndefined();
    const text = reportJson(full).replace('"never"', '"sometimes"');
    expect(() => parseReport(text, 'r.json')).toThrow(/journal\.fsync/);
  });

  it('writes NaN and infinities as null and takes them back as NaN', () => {
    const timing = { ...report.timing, barsPerSecond: Number.NaN, seconds: Number.POSITIVE_INFINITY };
    const text = reportJson({ ...report, timing });
    expect(JSON.parse(text).timing).toMatchObject({ barsPerSecond: null, seconds: null });
    expect(parseReport(text, 'r.json').timing.barsPerSecond).toBeNaN();
  });

  it('keeps each trade and day on one line', () => {
    const lines = reportJson(report).split('\n');
    expect(lines.filter((line) => line.includes('"entryBar"')).length).toBe(report.trades.length);
    expect(lines.filter((line) => line.includes('"funnel"')).length).toBe(report.days.length);
  });

  it('keeps every key of the config', () => {
    expect(parseReport(reportJson(report), 'r.json').config).toEqual(report.config);
  });

  it('reads a report of exactly the fields of semantics §12', () => {
    const text = changed((value) => {
      delete value['source']!['synthetic'];
      delete value['complete'];
      delete value['timing']!['secondsWaitedForFiles'];
      for (const trade of value['trades']!) {
        for (const key of ['feesExpected', 'entryNextBar', 'exitNextBar']) delete trade[key];
      }
    });
    expect(parseReport(text, 'r.json').complete).toBe(true);
  });
});

describe('a file that is no report', () => {
  it.each([
    ['text', 'hello', /bad\.json is not JSON/],
    ['empty', '', /bad\.json is not JSON/],
    ['null', 'null', /has no schemaVersion/],
    ['another JSON', '{"config":{}}', /has no schemaVersion/],
    ['a later version', '{"schemaVersion":2}', /schemaVersion 2; this dolphin reads 1/],
    ['a truncated one', reportJson(report).slice(0, 3000), /is not JSON/],
    ['a missing key', changed((value) => delete value['metrics']!['roi']), /metrics\.roi/],
    ['a wrong type', changed((value) => (value['trades']![3]!['pnl'] = 'much')), /trades\.3\.pnl/],
    ['an unknown reason', changed((value) => (value['trades']![0]!['reason'] = 'WHIM')), /trades\.0\.reason/],
  ])('%s', (_, text, message) => {
    const path = join(folder, 'bad.json');
    writeFileSync(path, text);
    expect(() => readReport(path)).toThrow(InputError);
    expect(() => readReport(path)).toThrow(message);
  });

  it('that is absent', () => {
    expect(() => readReport(join(folder, 'none.json'))).toThrow(/cannot read report .*none\.json: ENOENT/);
  });
});
