import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { openMemory } from '../adapters/memory/open-memory.ts';
import { SystemMemory } from '../adapters/memory/system-memory.ts';
import { Doorbell, PARK_TIMEOUT_MS } from '../shm/doorbell.ts';
import type { Heartbeat } from '../shm/heartbeats.ts';
import { runAsyncDutyCycle } from './duty-cycle.ts';
import { AcbFeed } from './memory/acb-feed.ts';
import { MarketInboxWriter } from './memory/market-inbox.ts';
import { MemoryAgent } from './memory/memory-agent.ts';
import type { MemoryMessage, MemoryWorkerOptions } from './memory/memory-options.ts';
import { PostureFeed } from './memory/posture-feed.ts';
import { ResultInlet } from './memory/result-inlet.ts';
import { ResultPublisher } from './memory/result-publisher.ts';
import { CLAIM_TTL_MS, StateClaim } from './memory/state-claim.ts';
import { runWorker } from './worker-life.ts';

/** A store that has not answered by then is asked again while the run goes on. */
const ANSWER_AT_START_MS = 2000;
/** Results that the journal does not cover yet are looked at this often. */
const HELD_CHECK_MS = 5;
/** After the engine has ended, the last results get this long to be stored. */
const LAST_WRITES_MS = 3000;
const LAST_WRITES_CHECK_MS = 10;
const BEAT_MS = 250;

const options = workerData as MemoryWorkerOptions;

await runWorker('MEMORY', options.region, parentPort, async ({ region, heartbeat, ready, workDone, tell }) => {
  const say = (message: MemoryMessage) => tell(message);
  const alarm = (line: string) => say({ kind: 'memoryAlarm', line });
  const memory = new SystemMemory(openMemory(options.memory), options.deployment);
  const track = options.track === 'paper' ? memory.paper : memory.nautilus;
  const { strategy, basis, runId } = options;
  const publisher = new ResultPublisher(track, strategy, alarm);
  const claim = new StateClaim(
    { track, basis, strategy, ttlMs: CLAIM_TTL_MS },
    {
      onClaimed: (ownership, standingDate) => publisher.begin(ownership, standingDate),
      onRefused: (line, isOwnedByAnother) => {
        publisher.close();
        say(isOwnedByAnother ? { kind: 'fenced', line } : { kind: 'memoryAlarm', line });
      },
    },
  );
  const agent = new MemoryAgent(region, {
    memory,
    acb: new AcbFeed(region, memory, options.takesStandingAcb),
    posture: new PostureFeed(region, memory),
    inbox: options.feedsMarketData ? new MarketInboxWriter(region, options.universe) : null,
    inlet: new ResultInlet(region, options.watermark),
    publisher,
    claim,
    runId,
    onReport: (report) => say({ kind: 'memory', report }),
  });
  try {
    await beating(heartbeat, async () => {
      if (!(await memory.ready(ANSWER_AT_START_MS))) {
        alarm(
          `the memory (${memory.status().where}) does not answer: trading goes on without it, results follow later`,
        );
      }
      await claim.claimAtStart();
      await agent.start();
    });
    ready();
    const bell = new Doorbell(region, 'resultData');
    const idle = {
      idle: () => bell.parkAsync(agent.isReady, agent.isHolding ? HELD_CHECK_MS : PARK_TIMEOUT_MS),
    };
    await runAsyncDutyCycle(agent, idle, heartbeat);
    workDone();
    await beating(heartbeat, () => lastWrites());
    say({ kind: 'memoryDone', report: agent.report() });
    await claim.end();
  } finally {
    publisher.close(); // else it would go on trying
    await memory.close();
  }

  async function lastWrites(): Promise<void> {
    agent.beat('engine_end');
    const deadlineMs = performance.now() + LAST_WRITES_MS;
    const isOpen = () => publisher.published.unwritten > 0 || memory.status().pendingWrites > 0;
    while (isOpen() && performance.now() < deadlineMs) await delay(LAST_WRITES_CHECK_MS);
    const { unwritten } = publisher.published;
    if (unwritten > 0) alarm(`${unwritten} results were not stored before the run ended`);
  }
});

/** Beats while `work` waits for the store. */
async function beating(heartbeat: Heartbeat, work: () => Promise<void>): Promise<void> {
  const timer = setInterval(() => heartbeat.beat(), BEAT_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
}
