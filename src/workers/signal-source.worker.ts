import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { connectionLines } from '../adapters/redis/connection-lines.ts';
import { openRedis } from '../adapters/redis/open-redis.ts';
import type { PositionStore } from '../adapters/redis/position-store.ts';
import { redisSettings } from '../adapters/redis/redis-settings.ts';
import { type BridgeConnections, SignalBridge } from '../adapters/redis/signal-bridge.ts';
import type { FundingRow } from '../model/funding.ts';
import { isStopRequested } from '../shm/control.ts';
import { FramePublisher } from './frame-publisher.ts';
import { visitJournalledFrames } from './journalled-history.ts';
import { STREAM_COUNTS, storeLiveCounts } from './live-counts.ts';
import { publishJournalled } from './publish-journal.ts';
import { TickPublisher } from './publish-ticks.ts';
import { SignalFrames } from './signal-frames.ts';
import { SignalIntake } from './signal-intake.ts';
import type { SignalSourceOptions } from './signal-source-options.ts';
import { positionOf, StreamStanding } from './stream-standing.ts';
import { TickMerge } from './tick-merge.ts';
import { runWorker } from './worker-life.ts';

/** How long a stop may go unheard while nothing comes. */
const STOP_CHECK_MS = 100;

const options = workerData as SignalSourceOptions;

/** The market-data worker of a run on signals: what the bridge reads becomes frames of the bar ring. */
await runWorker('MARKET_DATA', options.region, parentPort, async ({ region, heartbeat, ready, workDone, tell }) => {
  const { universe, stream, journalled, funding } = options;
  const isStopped = () => isStopRequested(region);
  const say = (line: string) => tell({ kind: 'alarm', line });
  const ticks = funding.length === 0 ? null : new TickPublisher(region, settlementsOf(funding), heartbeat);
  const publisher = new FramePublisher(region, options.wait, heartbeat, null, null, ticks);
  const frames = new SignalFrames(universe, region.shape.hasAssetSignals);
  const standing = new StreamStanding(universe.length);
  const intake = new SignalIntake({ publisher, frames, standing, stream, say });
  const connections = connect(say);
  const stopped = Promise.withResolvers<null>();
  let bridge: SignalBridge | null = null;
  const tellCounts = () => {
    if (bridge !== null) storeLiveCounts(options.counts, STREAM_COUNTS, intake.counts(bridge.counts));
  };
  const beating = setInterval(() => {
    heartbeat.beat();
    tellCounts();
    if (!isStopped()) return;
    bridge?.stop();
    stopped.resolve(null);
  }, STOP_CHECK_MS);
  try {
    if (journalled !== null) {
      visitJournalledFrames(journalled, universe.length, (frame) => {
        heartbeat.beat();
        standing.note(frame);
      });
    }
    ready();
    if (parentPort !== null) await once(parentPort, 'message'); // START: engine and execution are there
    const isWhole = (await catchUp()) && (await readStream());
    publisher.publishEnd(!isWhole || isStopped());
    workDone();
  } finally {
    clearInterval(beating);
    tellCounts();
    connections.reader.disconnect();
    connections.commands.disconnect();
  }
  tell({ kind: 'marketDataDone', files: [], books: [], secondsWaitedForFiles: 0 });

  /** The frames of an earlier life; false when a stop cut them short. */
  async function catchUp(): Promise<boolean> {
    return journalled === null || publishJournalled(publisher, journalled, universe.length).isWhole;
  }

  /** Every signal behind them, to the stream's end; false when stopped. */
  async function readStream(): Promise<boolean> {
    const positions = await Promise.race([positionOf(standing, stream, connections.commands, frames), stopped.promise]);
    if (positions === null) return false;
    bridge = new SignalBridge(connections, bridgeOptions(positions), intake);
    return (await bridge.run()) && intake.publishLastTicks();
  }
});

function bridgeOptions(positions: PositionStore) {
  const { stream, freshnessLimitMs } = options;
  return { stream, positions, from: 'start', freshnessLimitMs, nowMs: Date.now, endsAtEnd: true } as const;
}

/** @param say - told of a connection that is lost and of one that is back; once for both. */
function connect(say: (line: string) => void): BridgeConnections {
  const settings = redisSettings(options.url, process.env);
  const silent = { onConnected: () => undefined, onLost: () => undefined };
  return {
    reader: openRedis(settings, connectionLines(settings.address, say)),
    commands: openRedis(settings, silent),
  };
}

function settlementsOf(funding: readonly FundingRow[]): TickMerge {
  return new TickMerge([...new Set(funding.map(({ day }) => day))], [], funding);
}
