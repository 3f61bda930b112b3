import { parentPort, workerData } from 'node:worker_threads';
import { attachRegion } from '../../../../src/shm/region.ts';
import { churnCell } from './cell-roles.ts';
import { advanceMarks, sendAndAwait, streamEvents } from './event-roles.ts';
import { ping, pong, pongAsync } from './ping-pong-roles.ts';
import {
  churnFrames,
  streamDoubled,
  streamEarly,
  streamFrames,
  streamIntents,
  streamTicks,
  streamUngated,
} from './streaming-roles.ts';
import type { ThreadOrder } from './thread.ts';

const { buffer, role, frames, seed } = workerData as ThreadOrder;
const region = attachRegion(buffer);

const ROLES: Record<string, () => unknown> = {
  'stream each': () => streamFrames(region, frames, 1),
  'stream in 16s': () => streamFrames(region, frames, 16),
  'stream ungated': () => streamUngated(region, frames),
  'stream early': () => streamEarly(region, frames),
  'stream doubled': () => streamDoubled(region, frames),
  'stream intents': () => streamIntents(region, frames),
  'stream ticks': () => streamTicks(region, frames),
  'stream events': () => streamEvents(region, frames, 'none'),
  'stream events early': () => streamEvents(region, frames, 'shows it before it is written'),
  'stream events doubled': () => streamEvents(region, frames, 'writes one twice'),
  'send and await': () => sendAndAwait(region, frames, seed),
  'advance marks': () => advanceMarks(region, seed, 'none'),
  'advance marks late': () => advanceMarks(region, seed, 'rings before it advances'),
  'churn frames': () => churnFrames(region),
  'churn cell': () => churnCell(region, false),
  'churn cell in place': () => churnCell(region, true),
  ping: () => ping(region, frames, seed, 'none'),
  'ping rings early': () => ping(region, frames, seed, 'rings before it stores'),
  pong: () => pong(region, seed, 'none'),
  'pong does not ask': () => pong(region, seed, 'does not ask again'),
  'pong reads late': () => pong(region, seed, 'reads the bell late'),
  'pong async': () => pongAsync(region, seed),
};

parentPort!.postMessage((await ROLES[role]!()) ?? null);
