import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { createExecutionReport, REPORT_STEP_DONE } from '../../../src/model/execution-report.ts';
import { INTENT_STEP_BEGIN } from '../../../src/model/intent.ts';
import { readCounters } from '../../../src/shm/counters.ts';
import { Doorbell } from '../../../src/shm/doorbell.ts';
import { DEFAULT_SLOTS } from '../../../src/shm/layout.ts';
import { IntentRingConsumer, ReportRingProducer } from '../../../src/shm/record-ring.ts';
import { createRegion, type Region } from '../../../src/shm/region.ts';
import { TickFeed } from '../../../src/workers/tick-feed.ts';
import { describeOnTwoCores } from '../shm/support/two-cores.ts';
import type { TickOrder } from './support/tick-roles.worker.ts';
import { SCRIPT_DAY, tickScript } from './support/tick-script.ts';

/*
 *   market data ══ bar ring ══► engine ── begin, done ──► execution
 *        ╚═════════ tick ring ═══════════════════════════►    ▲
 *
 * Ticks and frames reach execution over two ways, and are heard in one order.
 */
const FRAMES = process.env['DOLPHIN_NIGHTLY'] === '1' ? 20_000 : 400;
const PARK_MS = 50;

function region(barSlots: number, tickBytes: number): Region {
  return createRegion({ ...DEFAULT_SLOTS, barSlots, tickBytes, intentSlots: 4, assets: 1, hasAssetSignals: false });
}

function runRole(order: TickOrder): Promise<unknown> {
  const worker = new Worker(new URL('./support/tick-roles.worker.ts', import.meta.url), { workerData: order });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

/** How execution waits, and whether it forgets to ask if a frame is still being decided on. */
type Habit = 'sleeps' | 'never sleeps' | 'is hasty';

/** Execution: what it hears, in its order; a decision takes place on each frame. */
function hear(shared: Region, habit: Habit): string[] {
  const heard: string[] = [];
  const intents = new IntentRingConsumer(shared);
  const reports = new ReportRingProducer(shared);
  const bell = new Doorbell(shared, 'intentData');
  const feed = new TickFeed(shared, ({ values }) => heard.push(`tick ${values[0]}`));
  const done = { ...createExecutionReport(), kind: REPORT_STEP_DONE, sequence: 0 };
  let [isDeciding, frame, isOver] = [false, 0, false];
  const isIdle = (): boolean => habit === 'is hasty' || (!isDeciding && intents.available() === 0);
  while (!isOver) {
    while (intents.poll()) {
      const { kind, tsEventDay, tsEventNsOfDay } = intents.record;
      isDeciding = kind === INTENT_STEP_BEGIN;
      if (isDeciding && tsEventDay === SCRIPT_DAY) {
        feed.pollUntil(tsEventDay, tsEventNsOfDay);
        heard.push(`frame ${frame++}`);
      } else if (isDeciding) feed.pollAll();
      else if (tsEventDay !== SCRIPT_DAY) isOver = true;
      else heard.push(`decided ${frame - 1}`);
      if (isDeciding) reports.offer(done);
    }
    intents.release();
    feed.pollAhead(isIdle);
    if (!isOver && habit === 'sleeps') bell.park(() => intents.available() > 0, PARK_MS);
  }
  return heard;
}

function expected(seed: number): string[] {
  return tickScript(seed, FRAMES).flatMap(({ kind, number }) =>
    kind === 'tick' ? [`tick ${number}`] : [`frame ${number}`, `decided ${number}`],
  );
}

async function heardWith(
  shared: Region,
  seed: number,
  habit: Habit,
  publisher: TickOrder['role'] = 'publish',
  engine: TickOrder['role'] = 'step',
): Promise<string[]> {
  const order = { buffer: shared.buffer, frames: FRAMES, seed };
  const threads = [runRole({ ...order, role: publisher }), runRole({ ...order, role: engine })];
  const heard = hear(shared, habit);
  await Promise.all(threads);
  return heard;
}

describeOnTwoCores('ticks among frames', () => {
  it.each([
    [2, 1024],
    [64, 1024],
    [2, 65_536],
    [64, 4096],
    [1024, 1 << 20],
  ])('with %i frames and %i bytes of ticks on their way: one order, whoever waits for whom', async (bars, bytes) => {
    for (const [seed, habit] of [
      [1, 'sleeps'],
      [2, 'never sleeps'],
    ] as const) {
      const shared = region(bars, bytes);
      expect(await heardWith(shared, seed, habit)).toEqual(expected(seed));
      expect(readCounters(shared)).toMatchObject({ lostWakes: 0, tickDropped: 0 });
    }
  });

  it('would catch a publisher that lets frames wait for their batch while it goes on with ticks', async () => {
    const heard = await heardWith(region(64, 1024), 3, 'never sleeps', 'publish ticks before waiting frames');
    expect(heard).not.toEqual(expected(3));
  });

  it('would catch a reader that goes on while the engine still decides', async () => {
    const heard = await heardWith(region(2, 1024), 3, 'is hasty', 'publish', 'release before the decision');
    expect(heard).not.toEqual(expected(3));
  });
});
