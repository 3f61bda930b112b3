import type { Heartbeat } from '../shm/heartbeats.ts';

/** A worker's job: called again and again by one loop, which exists once, here. */
export interface Agent {
  /** Does what there is to do; returns the amount of work done, 0 when there was none. */
  doWork(): number;
  /** True when the agent has nothing more to do, ever. */
  isDone(): boolean;
}

/** Waits when there is no work; {@link createIdleStrategy} makes them. */
export interface Idle {
  idle(): unknown;
}

/**
 * Runs an agent on a thread of its own until it is done. The thread never returns to its event loop meanwhile: no
 * message, timer or log line gets through, so everything the agent hears comes through shared memory.
 */
export function runDutyCycle(agent: Agent, idle: Idle, heartbeat: Heartbeat): void {
  while (!agent.isDone()) {
    heartbeat.beat();
    if (agent.doWork() === 0 && !agent.isDone()) idle.idle();
  }
}

/** The same for a thread with an event loop (sockets, timers): waits asynchronously. */
export async function runAsyncDutyCycle(
  agent: Agent,
  idle: { idle(): Promise<unknown> },
  heartbeat: Heartbeat,
): Promise<void> {
  // Atomics.waitAsync does not keep the event loop alive; a ref'd timer does.
  const keepAlive = setInterval(() => undefined, 60_000);
  try {
    while (!agent.isDone()) {
      heartbeat.beat();
      if (agent.doWork() === 0 && !agent.isDone()) await idle.idle();
    }
  } finally {
    clearInterval(keepAlive);
  }
}
