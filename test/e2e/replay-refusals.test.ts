import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dayColumns, stampNs, temporaryFolder, withColumns, writeDay } from '../support/parquet-days.ts';
import { REPOSITORY, runDolphin } from '../support/run-dolphin.ts';

const PLAIN = join(REPOSITORY, 'test/golden/plain/data');

interface Refusal {
  readonly situation: string;
  /** Makes the folder of days; the day's columns are those of a good small day. */
  readonly prepare: (dir: string) => unknown;
  readonly flags?: readonly string[];
  readonly code?: number;
  /** All of these stand in the one message. */
  readonly says: readonly string[];
}

const good = () => dayColumns(8);

const REFUSALS: readonly Refusal[] = [
  {
    situation: 'no timestamp column',
    prepare: (dir) => writeDay(dir, withColumns(good(), { timestamp: null })),
    says: ['2026-01-05.parquet', 'timestamp'],
  },
  {
    situation: 'an unknown column',
    prepare: (dir) => writeDay(dir, withColumns(good(), { mood: { data: Array(8).fill(1), type: 'DOUBLE' } })),
    says: ['2026-01-05.parquet', 'mood'],
  },
  {
    situation: 'a price column of text',
    prepare: (dir) => writeDay(dir, withColumns(good(), { ETHUSDT: { data: Array(8).fill('x'), type: 'STRING' } })),
    says: ['2026-01-05.parquet', 'ETHUSDT'],
  },
  {
    situation: 'a file without rows',
    prepare: (dir) => writeDay(dir, dayColumns(0)),
    says: ['2026-01-05.parquet'],
  },
  {
    situation: 'a truncated file',
    prepare: async (dir) => truncateSync(await writeDay(dir, good()), 300),
    says: ['2026-01-05.parquet'],
  },
  {
    situation: 'a text file by the name of a day',
    prepare: (dir) => writeFileSync(join(dir, '2026-01-05.parquet'), 'timestamp,BTCUSDT\n1,2\n'),
    says: ['2026-01-05.parquet', 'Parquet'],
  },
  {
    situation: 'timestamps that go backwards',
    prepare: (dir) => {
      const seconds = [5, 10, 15, 20, 18, 30, 35, 40];
      return writeDay(dir, withColumns(good(), { timestamp: { data: seconds.map((s) => stampNs(s)), type: 'INT64' } }));
    },
    says: ['2026-01-05.parquet', 'row 5', 'timestamp'],
  },
  {
    situation: 'a timestamp of another day',
    prepare: (dir) => {
      const stamps = [5, 10, 15, 20, 25, 30, 35].map((s) => stampNs(s));
      const data = [...stamps, stampNs(5, '2026-01-06')];
      return writeDay(dir, withColumns(good(), { timestamp: { data, type: 'INT64' } }));
    },
    says: ['2026-01-05.parquet', 'row 8', 'timestamp'],
  },
  {
    situation: 'no reference asset',
    prepare: (dir) => writeDay(dir, withColumns(good(), { BTCUSDT: null })),
    says: ['BTCUSDT'],
  },
  {
    situation: 'no valid price in all of the file',
    prepare: (dir) => {
      const none = { data: Array(8).fill(0), type: 'DOUBLE' } as const;
      return writeDay(dir, withColumns(good(), { BTCUSDT: none, ETHUSDT: none }));
    },
    says: ['2026-01-05.parquet', 'price'],
  },
  {
    situation: 'minutes for a strategy of 5 s',
    prepare: (dir) => writeDay(dir, dayColumns(8, 60)),
    says: ['60000', '5000', '--bar-interval auto'],
  },
  {
    situation: 'another universe on day two',
    prepare: async (dir) => {
      await writeDay(dir, good());
      await writeDay(dir, withColumns(dayColumns(8, 5, '2026-01-06'), { ETHUSDT: null }), '2026-01-06');
    },
    says: ['2026-01-06.parquet', 'ETHUSDT'],
  },
  {
    situation: 'an unknown key in the config',
    prepare: (dir) => cpSync(PLAIN, dir, { recursive: true }),
    flags: ['--set', 'take_profit=1'],
    says: ['--set', 'take_profit'],
  },
  {
    situation: 'a value of the wrong type in the config',
    prepare: (dir) => cpSync(PLAIN, dir, { recursive: true }),
    flags: ['--set', 'fraction=much'],
    says: ['fraction', '"much"'],
  },
  {
    situation: 'an unknown asset among those to exclude',
    prepare: (dir) => cpSync(PLAIN, dir, { recursive: true }),
    flags: ['--set', 'excluded_assets=[NOPEUSDT]'],
    says: ['excluded_assets', 'NOPEUSDT'],
  },
  {
    situation: 'no day in the range',
    prepare: (dir) => cpSync(PLAIN, dir, { recursive: true }),
    flags: ['--from', '2027-01-01'],
    says: ['2027-01-01'],
  },
  {
    situation: 'a folder that is not there',
    prepare: () => undefined,
    flags: ['--data', '/nowhere/at/all'],
    says: ['/nowhere/at/all'],
  },
  {
    situation: '401 assets',
    prepare: (dir) => {
      const assets = Object.fromEntries(
        Array.from({ length: 400 }, (_, i) => [`A${i}USDT`, { data: Array(8).fill(1), type: 'DOUBLE' as const }]),
      );
      return writeDay(dir, withColumns(withColumns(good(), { ETHUSDT: null }), assets));
    },
    says: ['401', '400'],
  },
  {
    situation: 'a date twice in factors.csv',
    prepare: (dir) => {
      cpSync(PLAIN, dir, { recursive: true });
      const row = '2026-01-05,0.0001,50,40,0.001\n';
      writeFileSync(join(dir, 'factors.csv'), `date,funding_btc,dvol_btc,fear_greed,w750_velocity\n${row}${row}`);
    },
    says: ['factors.csv', '2026-01-05'],
  },
  {
    situation: 'an unknown posture in safety.csv',
    prepare: (dir) => {
      cpSync(PLAIN, dir, { recursive: true });
      writeFileSync(join(dir, 'safety.csv'), 'date,posture,Rm\n2026-01-05,SLEEPY,0.9\n');
    },
    says: ['safety.csv', 'SLEEPY'],
  },
];

describe('bad input ends with one clear error, exit 2, and no report', () => {
  test.each(REFUSALS.map((refusal) => [refusal.situation, refusal] as const))('%s', async (_, refusal) => {
    const folder = temporaryFolder();
    const dir = join(folder, 'days');
    mkdirSync(dir);
    await refusal.prepare(dir);
    const json = join(folder, 'report.json');
    const outcome = await runDolphin(['replay', '--data', dir, '--json', json, ...(refusal.flags ?? [])]);
    expect(outcome.code, outcome.stderr).toBe(refusal.code ?? 2);
    for (const part of refusal.says) expect(outcome.stderr).toContain(part);
    expect(outcome.stderr.trim().split('\n'), outcome.stderr).toHaveLength(1);
    expect(outcome.stdout).toBe('');
    expect(readdirSync(folder)).toEqual(['days']);
  });
});

test('a drifted champion is exit 3, before any data is read, and names key, expected and found', async () => {
  const file = join(temporaryFolder(), 'drifted.yml');
  writeFileSync(file, 'strategy: champion\nfixed_tp_pct: 0.0099\n');
  const outcome = await runDolphin(['replay', '--data', '/nowhere', '--config', file]);
  expect(outcome.code).toBe(3);
  expect(outcome.stderr).toContain('fixed_tp_pct: expected 0.0095, found 0.0099');
});

test('a report path that cannot be written is found before the run', async () => {
  const outcome = await runDolphin(['replay', '--data', PLAIN, '--json', '/nowhere/report.json']);
  expect(outcome.code).toBe(2);
  expect(outcome.stderr).toContain('/nowhere');
  expect(outcome.stdout).toBe('');
});

test('a bad second day leaves no report, although the first one was replayed', async () => {
  const folder = temporaryFolder();
  const dir = join(folder, 'days');
  mkdirSync(dir);
  await writeDay(dir, dayColumns(400));
  const none = { data: Array(400).fill(0), type: 'DOUBLE' } as const;
  const second = withColumns(dayColumns(400, 5, '2026-01-06'), { BTCUSDT: none, ETHUSDT: none });
  await writeDay(dir, second, '2026-01-06');
  const json = join(folder, 'report.json');
  const outcome = await runDolphin(['replay', '--data', dir, '--json', json]);
  expect(outcome.code).toBe(2);
  expect(outcome.stderr).toContain('2026-01-06.parquet');
  expect(existsSync(json)).toBe(false);
});

test('what is tolerated is counted and shown', async () => {
  const json = join(temporaryFolder(), 'report.json');
  const data = join(REPOSITORY, 'test/golden/faults/data');
  const outcome = await runDolphin(['replay', '--data', data, '--json', json]);
  expect(outcome.code).toBe(0);
  const report = JSON.parse(readFileSync(json, 'utf8'));
  expect(report.days[0].counters.invalidPrices).toBeGreaterThan(0);
  expect(report.days[0].counters.duplicateScans).toBeGreaterThan(0);
  expect(outcome.stdout).toContain('Counted on the way');
});
