import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { openRedis } from '../adapters/redis/open-redis.ts';
import { FilePositionStore, NO_POSITIONS } from '../adapters/redis/position-store.ts';
import { redisSettings } from '../adapters/redis/redis-settings.ts';
import { SignalBridge } from '../adapters/redis/signal-bridge.ts';
import type { SignalMessage } from '../adapters/redis/signal-message.ts';
import { isStopRequested } from '../shm/control.ts';
import { FramePublisher } from './frame-publisher.ts';
import { SignalFrames } from './signal-frames.ts';
import { type SignalSourceOptions, storeCounts } from './signal-source-options.ts';
import { runWorker } from './worker-life.ts';

/** How long a stop may go unheard while nothing comes. */
const STOP_CHECK_MS = 100;

const options = workerData as SignalSourceOptions;

/** The market-data worker of a run on signals: what the bridge reads becomes frames of the bar ring. */
await runWorker('MARKET_DATA', options.region, parentPort, async ({ region, heartbeat, ready, workDone, tell }) => {
  const isStopped = () => isStopRequested(region);
  const publisher = new FramePublisher(region, options.wait, heartbeat, null);
  const frames = new SignalFrames(options.universe, region.shape.hasAssetSignals);
  const settings = redisSettings(options.url, process.env);
  const silent = { onConnected: () => undefined, onLost: () => undefined };
  const connections = { reader: openRedis(settings, silent), commands: openRedis(settings, silent) };
  const bridge = new SignalBridge(
    connections,
    {
      stream: options.stream,
      positions: options.positionPath === null ? NO_POSITIONS : new FilePositionStore(options.positionPath),
      from: 'start',
      freshnessLimitMs: options.freshnessLimitMs,
      nowMs: Date.now,
      endsAtEnd: true,
    },
    { take: publishInto },
  );
  const beating = setInterval(() => {
    heartbeat.beat();
    storeCounts(options.counts, bridge.counts);
    if (isStopped()) bridge.stop();
  }, STOP_CHECK_MS);
  try {
    ready();
    if (parentPort !== null) await once(parentPort, 'message'); // START: engine and execution are there
    const isWhole = await bridge.run();
    publisher.publishEnd(!isWhole || isStopped());
    workDone();
  } finally {
    clearInterval(beating);
    storeCounts(options.counts, bridge.counts);
    connections.reader.disconnect();
    connections.commands.disconnect();
  }
  tell({ kind: 'marketDataDone', files: [], books: [], secondsWaitedForFiles: 0 });

  function publishInto(message: SignalMessage, isStale: boolean): void {
    if (message.kind === 'end') return;
    frames.set(message, isStale);
    publisher.publishDay(frames, frames.nextDay);
  }
});
