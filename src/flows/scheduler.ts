import { Cron } from 'croner';
import type { CheckedDeployment } from './deployment-options.ts';

export interface SchedulerPorts {
  /** Does what is due of a deployment; never throws. */
  onDue(deployment: CheckedDeployment): Promise<void>;
}

/**
 * Fires deployments at their times, one after the other: what is due is asked for at each firing and at the start, so that a
 * machine that slept or was off misses nothing (the firing says "look", not "run this date").
 */
export class FlowScheduler {
  readonly #jobs: Cron[] = [];
  readonly #deployments: readonly CheckedDeployment[];
  readonly #ports: SchedulerPorts;
  #last: Promise<void> = Promise.resolve();

  /** Looks at every deployment now, in the order given, and from now on at its times. */
  constructor(deployments: readonly CheckedDeployment[], ports: SchedulerPorts) {
    this.#deployments = deployments;
    this.#ports = ports;
    this.lookAgain();
    for (const deployment of deployments) {
      this.#jobs.push(new Cron(deployment.cron, { timezone: 'UTC' }, () => this.#enqueue(deployment)));
    }
  }

  /** Looks at every deployment again, now. */
  lookAgain(): void {
    for (const deployment of this.#deployments) this.#enqueue(deployment);
  }

  /** Fires no more and waits for what is under way. */
  async close(): Promise<void> {
    for (const job of this.#jobs) job.stop();
    await this.#last;
  }

  #enqueue(deployment: CheckedDeployment): void {
    this.#last = this.#last.then(() => this.#ports.onDue(deployment));
  }
}

/** Next firing of a deployment, UNIX ms. */
export function nextFiringMs({ cron }: Pick<CheckedDeployment, 'cron'>): number {
  const next = new Cron(cron, { timezone: 'UTC', paused: true }).nextRun();
  return next === null ? Number.NaN : next.getTime();
}
