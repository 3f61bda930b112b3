import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadStrategy } from '../../src/main/config/load-config.ts';
import { routedSource } from '../../src/main/routed-source.ts';
import { Supervisor } from '../../src/main/supervisor.ts';
import { temporaryFolder } from '../support/parquet-days.ts';
import { arrangeRealTicks } from '../support/real-ticks.ts';
import { daysOf } from '../support/replay-through-ring.ts';
import { routedSpecs } from '../support/routed-specs.ts';
import { hasTaskset, type Outcome, type RunOptions, runDolphin } from '../support/run-dolphin.ts';
import { sharedDataOrSkip } from '../support/shared-data.ts';

const TICKS = sharedDataOrSkip('data/ticks');
/** Five minutes of bars of 0.1 s with enough trades of half a second to ten. */
const STRATEGY = `
strategy: custom
direction: both
bar_interval_ms: 100
vel_div_threshold: -0.0005
vel_div_extreme: -0.01
warmup_bars: 20
lookback: 20
vol_window: 20
vol_p60: 0.0000001
dc_lookback_bars: 7
dc_min_magnitude_bps: 0.1
min_irp_alignment: 0.05
fixed_tp_pct: 0.0002
max_hold_bars: 100
ob_edge_bps: 0
`;
/** The whole in about six seconds. */
const PACE = ['--speed', '60x'];
const root = temporaryFolder();
const data = temporaryFolder();
let next = 0;
const newFolder = () => join(root, String(next++));

interface Run extends Outcome {
  // biome-ignore lint/suspicious/noExplicitAny: whatever the report holds
  readonly report: any;
}

async function replay(flags: readonly string[] = [], options: RunOptions = {}): Promise<Run> {
  const json = `${newFolder()}.json`;
  const config = join(root, 'strategy.yml');
  const book = ['replay', '--data', data, '--config', config, '--fill', 'routed', '--venue', 'book'];
  return await reported([...book, ...flags], json, options);
}

async function reported(args: readonly string[], json: string, options: RunOptions = {}): Promise<Run> {
  const outcome = await runDolphin([...args, '--json', json], options);
  return { ...outcome, report: existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')) : null };
}

/** Everything that a run reports but how long it took, where its files lie, and how far it was when it wrote that. */
const essence = ({ report }: Run) => {
  const { timing: _, journal: __, ...rest } = report;
  return rest;
};
const hashes = ({ report }: Run) => [report.decisionHash, report.orderLogHash, report.stateHash];

/** Signals a recording as soon as its engine stream has this many bytes. */
function signalAt(dir: string, bytes: number, signal: NodeJS.Signals): (child: ChildProcess) => void {
  return (child) => {
    const file = join(dir, 'engine-000000.dj');
    const watch = setInterval(() => {
      if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) < bytes) return;
      clearInterval(watch);
      child.kill(signal);
    }, 2);
    child.on('exit', () => clearInterval(watch));
  };
}

describe.skipIf(TICKS === null)('replay --fill routed --venue book', () => {
  let whole: Run;

  beforeAll(async () => {
    arrangeRealTicks(data, TICKS as string, '100ms');
    writeFileSync(join(root, 'strategy.yml'), STRATEGY);
    whole = await replay();
    expect([whole.code, whole.stderr]).toEqual([0, '']);
  });

  test('trades at the touch, makes most of its entries, and says what that cost', () => {
    const { report } = whole;
    const { execution, venue, trades } = report;
    console.log(
      `${trades.length} trades on recorded books: maker share ${execution.maker_share.all.toFixed(2)}, ` +
        `${execution.fallbacks} fallbacks, slippage ${execution.slippage.all.meanBps.toFixed(2)} bps`,
    );
    expect(venue).toBe('book');
    expect(trades.length).toBeGreaterThan(10);
    expect(execution.entries_maker).toBeGreaterThan(0);
    expect(execution.fallbacks).toBeGreaterThan(0);
  });

  test.skipIf(!hasTaskset())('the same orders on one core, on two, spinning and paced', async () => {
    for (const run of [
      await replay([], { cores: '0' }),
      await replay([], { cores: '0,1' }),
      await replay(['--wait', 'spin']),
      await replay(['--speed', '200x']),
    ]) {
      expect([run.code, run.stderr]).toEqual([0, '']);
      expect(essence(run)).toEqual(essence(whole));
    }
  });

  test('rings of a few books and two frames place the same orders', async () => {
    const strategy = loadStrategy(join(root, 'strategy.yml'), []);
    const days = await daysOf(strategy, { data });
    const source = routedSource(days, { venue: 'book', seed: 1 });
    for (const slots of [{}, { tickBytes: 8192, barSlots: 2 }]) {
      const { region, execution, engine, marketData } = await routedSpecs(source, slots);
      const outcome = await new Supervisor(region, [execution, engine, marketData]).run();
      const { orderLogHash } = outcome.execution.routed ?? {};
      expect([orderLogHash, outcome.engine.stateHash]).toEqual([whole.report.orderLogHash, whole.report.stateHash]);
    }
  });

  test('its journal replays to the same orders without the ticks', async () => {
    const { dir, run } = await recordedWhole();
    expect([run.code, run.stderr]).toEqual([0, '']);
    expect(essence(run)).toEqual(essence(whole));
    const replayed = await reported(['replay', '--journal', dir], `${newFolder()}.json`);
    expect([replayed.code, replayed.stderr]).toEqual([0, '']);
    expect(hashes(replayed)).toEqual(hashes(whole));
    expect((await runDolphin(['journal', 'verify', dir])).code).toBe(0);
  });

  test.each([0.1, 0.5, 0.9])('killed after %d of it, and gone on with: the same orders', async (share) => {
    const dir = newFolder();
    const bytes = share * (await streamBytes());
    const killed = await replay([...PACE, '--record', dir], { onStart: signalAt(dir, bytes, 'SIGKILL') });
    expect(killed.report).toBeNull();
    const resumed = await replay(['--record', dir, '--resume']);
    expect(resumed.code).toBe(0);
    expect(essence(resumed)).toEqual(essence(whole));
    expect((await runDolphin(['journal', 'verify', dir])).code).toBe(0);
  });

  test('stopped by SIGINT, and gone on with: the same orders', async () => {
    const dir = newFolder();
    const bytes = 0.5 * (await streamBytes());
    const stopped = await replay([...PACE, '--record', dir], { onStart: signalAt(dir, bytes, 'SIGINT') });
    expect([stopped.code, stopped.stderr]).toEqual([130, '']);
    expect(stopped.report.complete).toBe(false);
    const resumed = await replay(['--record', dir, '--resume']);
    expect([resumed.code, resumed.stderr]).toEqual([0, '']);
    expect(essence(resumed)).toEqual(essence(whole));
  });

  /** A whole run with its journal, made once. */
  let recorded: Promise<{ readonly dir: string; readonly run: Run }> | undefined;
  async function recordWhole(): Promise<{ readonly dir: string; readonly run: Run }> {
    const dir = newFolder();
    return { dir, run: await replay(['--record', dir]) };
  }
  function recordedWhole(): Promise<{ readonly dir: string; readonly run: Run }> {
    recorded ??= recordWhole();
    return recorded;
  }

  /** Size of the engine's stream of a whole run; the file grows as it is written. */
  async function streamBytes(): Promise<number> {
    const { dir } = await recordedWhole();
    return statSync(join(dir, 'engine-000000.dj')).size;
  }
});
