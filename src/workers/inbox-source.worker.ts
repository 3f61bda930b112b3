import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { isStopRequested } from '../shm/control.ts';
import { Doorbell, PARK_TIMEOUT_MS } from '../shm/doorbell.ts';
import { createIdleStrategy } from '../shm/idle.ts';
import { FramePublisher } from './frame-publisher.ts';
import { visitJournalledFrames } from './journalled-history.ts';
import { MEMORY_COUNTS, storeLiveCounts } from './live-counts.ts';
import { InboxFrames } from './memory/inbox-frames.ts';
import { InboxOrder } from './memory/inbox-order.ts';
import type { InboxSourceOptions } from './memory/inbox-source-options.ts';
import { MarketInbox } from './memory/market-inbox.ts';
import { publishJournalled } from './publish-journal.ts';
import { runWorker } from './worker-life.ts';

const options = workerData as InboxSourceOptions;

/** The market-data worker of a run on its memory: what the memory worker hands on becomes frames of the bar ring. */
await runWorker('MARKET_DATA', options.region, parentPort, async ({ region, heartbeat, ready, workDone, tell }) => {
  const { universe, journalled, rules, counts, wait } = options;
  const assets = universe.length;
  const inbox = new MarketInbox(region);
  const order = new InboxOrder(assets);
  const frames = new InboxFrames({ inbox, order, assets, rules, nowMs: Date.now });
  const publisher = new FramePublisher(region, wait, heartbeat, null);
  const isReady = () => inbox.isDataReady() || isStopRequested(region);
  const idle = createIdleStrategy(wait, new Doorbell(region, 'inboxData'), isReady);
  const beating = setInterval(() => heartbeat.beat(), PARK_TIMEOUT_MS);
  try {
    if (journalled !== null) {
      visitJournalledFrames(journalled, assets, (frame) => {
        heartbeat.beat();
        order.note(frame);
      });
    }
    ready();
    if (parentPort !== null) await once(parentPort, 'message'); // START: engine and execution are there
  } finally {
    clearInterval(beating);
  }
  if (journalled === null || publishJournalled(publisher, journalled, assets).isWhole) publishUntilStopped();
  publisher.publishEnd(true); // a memory has no end: whoever asks for one interrupts the day
  workDone();
  tell({ kind: 'marketDataDone', files: [], books: [], secondsWaitedForFiles: 0 });

  function publishUntilStopped(): void {
    while (!isStopRequested(region)) {
      heartbeat.beat();
      if (frames.hasNext) publisher.publishDay(frames, frames.nextDay);
      else idle.idle();
      storeLiveCounts(counts, MEMORY_COUNTS, order.counts);
    }
  }
});
