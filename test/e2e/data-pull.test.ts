import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { aggTradesCsv } from '../support/archive-csv.ts';
import { type ArchiveServer, startArchiveServer } from '../support/archive-server.ts';
import { temporaryFolder } from '../support/parquet-days.ts';
import { runDolphin } from '../support/run-dolphin.ts';
import { hasTerminal, runInTerminal } from '../support/terminal.ts';

const DAY = '2025-05-26';
const DAY_MS = Date.parse(`${DAY}T00:00:00Z`);
const BTC_TRADES = `data/futures/um/daily/aggTrades/BTCUSDT/BTCUSDT-aggTrades-${DAY}.zip`;
/** Just more than is downloaded unasked. */
const LARGE_BYTES = 201_000_000;

let server: ArchiveServer;
let dir: string;
beforeEach(async () => {
  server = await startArchiveServer();
  dir = temporaryFolder();
});
afterEach(() => server.close());

const pullArgs = (...flags: string[]) => [
  ...['data', 'pull', '--out', join(dir, 'out'), '--cache', join(dir, 'cache'), '--url', server.url],
  ...['--from', DAY, '--to', DAY, ...flags],
];
const pull = (...flags: string[]) => runDolphin(pullArgs(...flags));
const publishTrades = () =>
  server.publish(
    BTC_TRADES,
    aggTradesCsv([
      [DAY_MS + 1, 1, '100.5'],
      [DAY_MS + 7000, 2, '101.5'],
    ]),
  );
const downloads = () => server.requests.filter(({ method, path }) => method === 'GET' && path.endsWith('.zip'));

describe('dolphin data pull', () => {
  test('tells the size, downloads, and leaves days that a check takes', async () => {
    publishTrades();
    const { code, stdout, stderr } = await pull('--symbols', 'BTCUSDT');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^1 symbols, 2025-05-26 to 2025-05-26: 1 files, .* MB to download\n/);
    expect(stdout).toContain('1 day of 5s bars, 1 asset,');
    const check = await runDolphin(['data', 'check', '--data', join(dir, 'out')]);
    expect(check.stdout).toMatch(/2025-05-26\.parquet +17,280 /);
    expect(check.code).toBe(0);
  });

  test('a second pull of the same day downloads nothing again', async () => {
    publishTrades();
    await pull('--symbols', 'BTCUSDT');
    const before = downloads().length;
    expect((await pull('--symbols', 'BTCUSDT')).stdout).toContain('(1 files, ');
    expect(downloads()).toHaveLength(before);
  });

  test('--estimate only tells the size', async () => {
    publishTrades();
    const { code, stdout } = await pull('--symbols', 'BTCUSDT', '--estimate');
    expect(code).toBe(0);
    expect(stdout).toContain('to download');
    expect(downloads()).toEqual([]);
    expect(existsSync(join(dir, 'out'))).toBe(false);
  });

  test('more than 200 MB needs --yes where nobody can be asked', async () => {
    server.put(BTC_TRADES, Buffer.alloc(LARGE_BYTES));
    const { code, stdout, stderr } = await pull('--symbols', 'BTCUSDT');
    expect(code).toBe(2);
    expect(stdout).toContain('201 MB to download');
    expect(stderr).toContain('--yes');
    expect(downloads()).toEqual([]);
  });

  test.skipIf(!hasTerminal())(
    'more than 200 MB is asked for on a terminal; anything but yes downloads nothing',
    async () => {
      server.put(BTC_TRADES, Buffer.alloc(LARGE_BYTES));
      let isAnswered = false;
      const { code, screen } = await runInTerminal(pullArgs('--symbols', 'BTCUSDT'), (session) => {
        if (isAnswered || !session.screen().includes('Download? [y/N]')) return;
        isAnswered = true;
        session.type('\r');
      });
      expect(screen).toContain('Nothing was downloaded.');
      expect(code).toBe(0);
      expect(downloads()).toEqual([]);
    },
  );

  test('a day that is not published is one error that names it, and nothing is written', async () => {
    const { code, stderr } = await pull('--symbols', 'BTCUSDT');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^dolphin: not published by the archive .*BTCUSDT/);
    expect(existsSync(join(dir, 'out'))).toBe(false);
  });

  test('Ctrl-C keeps what was downloaded: exit 130, and the same command goes on', async () => {
    publishTrades();
    server.fail(BTC_TRADES, { cutAfterBytes: 50, hold: true });
    const interrupted = await runDolphin(pullArgs('--symbols', 'BTCUSDT'), {
      onStart: (child) => {
        const watch = setInterval(() => {
          if (!hasPart(join(dir, 'cache'))) return;
          clearInterval(watch);
          child.kill('SIGINT');
        }, 5);
        child.on('close', () => clearInterval(watch));
      },
    });
    expect(interrupted.code).toBe(130);
    expect(interrupted.stderr).toContain('the same command goes on');
    expect(existsSync(join(dir, 'out', `${DAY}.parquet`))).toBe(false);
    server.cut();
    expect((await pull('--symbols', 'BTCUSDT')).code).toBe(0);
    expect(existsSync(join(dir, 'out', `${DAY}.parquet`))).toBe(true);
  });

  test.each([
    [[], '--symbols or --top'],
    [['--symbols', 'BTCUSDT', '--top', '3'], '--symbols or --top'],
    [['--symbols', 'btcusdt'], 'btcusdt'],
    [['--symbols', 'BTCUSDT', '--candidates', 'ETHUSDT'], '--candidates'],
    [['--top', '401'], '400'],
    [['--symbols', 'BTCUSDT', '--interval', '2s'], '5s'],
    [['--symbols', 'BTCUSDT', '--from', '2025-05-27'], '2025-05-27'],
  ])('%j is refused before anything is asked for', async (flags, rule) => {
    const { code, stderr } = await pull(...flags);
    expect(code).toBe(2);
    expect(stderr).toContain(rule);
    expect(server.requests).toEqual([]);
  });
});

function hasPart(cache: string): boolean {
  if (!existsSync(cache)) return false;
  return readdirSync(cache, { recursive: true }).some((name) => String(name).endsWith('.part'));
}
