import { DayQueue } from '../../adapters/queue/day-queue.ts';
import { DayWorker } from '../../adapters/queue/day-worker.ts';
import { QueueWatch } from '../../adapters/queue/queue-watch.ts';
import { type RedisSettings, redisSettings } from '../../adapters/redis/redis-settings.ts';
import { requireLogin } from '../../adapters/redis/require-login.ts';
import type { FlowDeployment } from '../../adapters/run-table/run-record.ts';
import { type CheckedDeployment, checkDeployment } from '../../flows/deployment-options.ts';
import { runDates } from '../../flows/due-runs.ts';
import type { RunConditions } from '../../flows/flow-run.ts';
import type { FlowHost } from '../../flows/run-day.ts';
import { InputError } from '../../model/input-error.ts';
import { loadStrategy } from '../config/load-config.ts';

/** Of all keys that the queue has in Redis. */
const PREFIX = 'dolphin';
const HASH_CHARACTERS = 12;

/** Where a queue is. @throws InputError for a URL that is none, a login that is refused or a certificate not believed. */
export async function reachQueue(url: string): Promise<RedisSettings> {
  const settings = redisSettings(url, process.env, '--queue');
  await requireLogin(settings);
  return settings;
}

/** The queue of a Redis server. */
export function openDayQueue(settings: RedisSettings): DayQueue {
  return new DayQueue(settings, PREFIX, warner());
}

/** Says when the server of a queue is lost, and when it is back. @param onBack - it may have forgotten what it was told. */
export function watchQueue(settings: RedisSettings, onBack: () => void): QueueWatch {
  return new QueueWatch(settings, {
    onLost: (reason) => warn(`queue ${reason}; days wait until it is back`),
    onBack: () => {
      warn(`queue ${settings.address}: answers again`);
      onBack();
    },
  });
}

/** One job per flow, deployment, last date and strategy, whichever machines offer it. @throws as {@link jobKey}. */
export function offerDays(queue: DayQueue, deployment: CheckedDeployment, dates: readonly string[], trigger: string) {
  return queue.offer(jobKey(deployment, dates.at(-1) as string), {
    deploymentJson: JSON.stringify(registered(deployment)),
    dates,
    trigger,
  });
}

/** Takes days of any deployment from the queue and runs them as one machine alone would. */
export function openDayWorker(settings: RedisSettings, host: FlowHost, conditions: RunConditions): DayWorker {
  return new DayWorker(
    settings,
    PREFIX,
    async ({ deploymentJson, dates }) => {
      const deployment = checkDeployment(JSON.parse(deploymentJson) as FlowDeployment);
      const { lines, failure } = await runDates(
        host,
        deployment,
        { dates, trigger: 'queue', isShared: true },
        conditions,
      );
      for (const line of lines) process.stdout.write(`${line}\n`);
      if (failure !== null) throw failure;
      return lines.join('\n');
    },
    warner(),
  );
}

/**
 * Names the job of a deployment's date.
 * @throws InputError for a memory that other machines cannot reach, or a config that is none.
 */
export function jobKey({ name, track, options }: CheckedDeployment, date: string): string {
  if (track.memory === 'none') {
    throw new InputError('--memory none hands nothing on: with --queue the machines need one memory');
  }
  return `${name}-${date}-${loadStrategy(options.config, []).paramHash.slice(0, HASH_CHARACTERS)}`;
}

function registered({ name, track, cron, registeredMs, optionsJson }: CheckedDeployment): FlowDeployment {
  return { name, track, cron, registeredMs, optionsJson };
}

/** Says what a queue reports, once while it stays the same. */
function warner(): (error: Error) => void {
  let said = '';
  return ({ message }) => {
    if (message !== said) warn(`queue: ${message}`);
    said = message;
  };
}

function warn(text: string): void {
  process.stderr.write(`dolphin: ${text}\n`);
}
