import { describe, expect, test } from 'vitest';
import type { RunStatus } from '../../../../src/main/control/run-status.ts';
import { statusText } from '../../../../src/main/control/status-text.ts';
import { COLOR_STYLE } from '../../../../src/report/terminal-style.ts';
import { displayWidth } from '../../../../src/report/text-table.ts';

const STATUS: RunStatus = {
  runId: 'replay-145212-30231',
  pid: 30231,
  command: 'replay',
  subject: 'champion, 2026-01-05 to 2026-01-06 of /srv/market/days-of-the-first-quarter/in-a-folder-with-a-long-name',
  startedAt: '2026-11-21T14:52:12.000Z',
  seconds: 83,
  tradingState: 'active',
  isStopping: false,
  progress: {
    framesPublished: 17_300,
    framesStepped: 17_290,
    framesExpected: 34_560,
    day: '2026-01-06',
    eventTime: '2026-01-06T00:00:50.000Z',
  },
  workers: [
    { name: 'MARKET_DATA', state: 'RUNNING', beatAgeMs: 120 },
    { name: 'ENGINE', state: 'RUNNING', beatAgeMs: 12_000 },
    { name: 'EXECUTION', state: 'STOPPED', beatAgeMs: 90_000 },
  ],
  counters: { lostWakes: 1, eventsFull: 2_000_000_000 },
  journal: {
    streams: [
      { stream: 'engine', written: 34_601, durable: 34_012 },
      { stream: 'execution', written: 12, durable: 11 },
    ],
    stepsVerified: 12_000,
    stepsAgreeing: 11_988,
  },
  hasMemory: false,
  memory: null,
  storeOutSince: null,
  capital: 25_123.456,
  regime: { posture: 'APEX', rm: 1, boost: 1.2, beta: 0.8 },
  lastScan: { eventTime: '2026-01-06T00:00:50.000Z', clock: 'event time', ageSeconds: 4 },
  stages: [{ stage: 'handover', n: 1_234_567_890, p50: 3_870, p99: 71_000, p999: 1.2e6, max: 3.41e9 }],
};

describe('statusText', () => {
  test('says everything', () => {
    expect(statusText(STATUS)).toBe(
      [
        'At a glance',
        '  posture    APEX, Rm 1.00',
        '  ACB        boost 1.20, beta 0.80',
        '  capital    25,123.46 USDT',
        '  last scan  4.00 s old by event time, 2026-01-06 00:00:50 UTC',
        '  memory     none',
        '',
        'replay-145212-30231',
        'champion, 2026-01-05 to 2026-01-06 of',
        '/srv/market/days-of-the-first-quarter/in-a-folder-with-a-long-name',
        'active',
        'for 1 min 23 s, since 2026-11-21 14:52:12 UTC, process 30231',
        '',
        'event time  2026-01-06 00:00:50 UTC',
        'frames      17,290 stepped of about 34,560 (50 %), 17,300 published',
        '',
        'Workers',
        '  market-data  running  beat 0.12 s ago',
        '  engine       running  beat 12.0 s ago',
        '  execution    stopped',
        '',
        'Counters',
        '  lostWakes               1',
        '  eventsFull  2,000,000,000',
        '',
        'Journal',
        '  engine     34,601 events written, 34,012 durable',
        '  execution  12 events written, 11 durable',
        '  parity     99.9 % of 12,000 steps verified, DIVERGED in 12',
        '',
        'Latency',
        '  stage                 n      p50      p99    p99.9     max',
        '  handover  1,234,567,890  3.87 µs  71.0 µs  1.20 ms  3.41 s',
        '',
      ].join('\n'),
    );
  });

  test('fits 80 columns without colour codes', () => {
    const width = Math.max(...statusText(STATUS, 80).split('\n').map(displayWidth));
    expect(width).toBeLessThanOrEqual(80);
  });

  test('of a run that has just started says no more than it knows', () => {
    const bare = {
      ...STATUS,
      lastScan: null,
      progress: { framesPublished: 0, framesStepped: 0, framesExpected: null, day: null, eventTime: null },
      workers: [],
      counters: {},
      journal: null,
      stages: [],
    };
    expect(statusText(bare).split('\n').slice(12)).toEqual([
      '',
      'event time  no frame yet',
      'frames      0 stepped, 0 published',
      '',
    ]);
  });

  test.each<[string, Partial<RunStatus>, string]>([
    ['halted', { tradingState: 'halted' }, 'HALTED: no entries until dolphin resume'],
    ['flattening', { tradingState: 'flattening' }, 'FLATTENING: the open position closes at its next price'],
    ['stopping', { isStopping: true }, 'active, STOPPING'],
    ['both', { tradingState: 'halted', isStopping: true }, 'HALTED: no entries until dolphin resume, STOPPING'],
  ])('%s stands out', (_situation, changes, line) => {
    expect(statusText({ ...STATUS, ...changes })).toContain(`\n${line}\n`);
    expect(statusText({ ...STATUS, ...changes }, 80, COLOR_STYLE)).toContain(COLOR_STYLE.warning(line));
  });

  test('a heart that stopped beating stands out, one that ended does not', () => {
    const colored = statusText(STATUS, 80, COLOR_STYLE);
    expect(colored).toContain(COLOR_STYLE.warning('engine       running  beat 12.0 s ago'));
    expect(colored).toContain('\n  execution    stopped\n');
  });

  test('a step that diverged never reads as 100 %', () => {
    const journal = { streams: [], stepsVerified: 100_000, stepsAgreeing: 99_999 };
    expect(statusText({ ...STATUS, journal })).toContain('parity  99.999 % of 100,000 steps verified, DIVERGED in 1');
  });

  test('control characters in what a run says of itself reach no terminal', () => {
    expect(statusText({ ...STATUS, subject: 'a\x1b[2Jb' })).toContain('a?[2Jb');
  });
});
