import { availableParallelism } from 'node:os';
import { deriveRunParams } from '../engine/run-params.ts';
import type { FeedCounts } from '../model/feed-counts.ts';
import { Counter } from '../shm/counters.ts';
import type { Region } from '../shm/region.ts';
import { createLiveCounts, loadLiveCounts, MEMORY_COUNTS, STREAM_COUNTS } from '../workers/live-counts.ts';
import type { InboxSourceOptions } from '../workers/memory/inbox-source-options.ts';
import type { MarketDataWorkerOptions, ScannerWorkerOptions, TickOptions } from '../workers/messages.ts';
import { scannerThresholds } from '../workers/scan-day.ts';
import type { SignalSourceOptions } from '../workers/signal-source-options.ts';
import { type FrameOrigin, plannedDays, type StreamOrigin } from './frame-origin.ts';
import { hasTicks, journalledOf, needsScanner, type ReplayRunOptions } from './run-options.ts';
import type { WorkerSpec } from './supervisor.ts';

/**
 * The thread that publishes a run's frames: one entry per kind of origin, each with the means to read it.
 * @param liveCounts - made by {@link liveCountsOf}.
 */
export function marketDataThread(
  options: ReplayRunOptions,
  region: SharedArrayBuffer,
  liveCounts: SharedArrayBuffer,
): WorkerSpec {
  const { origin } = options;
  const name = 'MARKET_DATA';
  if (origin.kind === 'stream') {
    return { name, entry: 'signal-source.worker', options: streamOptions(options, origin, region, liveCounts) };
  }
  if (origin.kind === 'memory') {
    return { name, entry: 'inbox-source.worker', options: inboxOptions(options, region, liveCounts) };
  }
  return { name, entry: 'market-data.worker', options: daysOptions(options, region) };
}

/** The thread that scans the prices of days. */
export function scannerThread(options: ReplayRunOptions, region: SharedArrayBuffer): WorkerSpec {
  const { universe, excluded, barIntervalMs, scannerThresholds, wait } = daysOptions(options, region);
  const scanner: ScannerWorkerOptions = {
    region,
    wait,
    universe,
    excluded,
    barIntervalMs,
    thresholds: scannerThresholds,
  };
  return { name: 'SCANNER', entry: 'scanner.worker', options: scanner };
}

/** Memory for the counts of a live origin; empty for another. */
export function liveCountsOf({ kind }: FrameOrigin): SharedArrayBuffer {
  return createLiveCounts(kind === 'stream' ? STREAM_COUNTS : kind === 'memory' ? MEMORY_COUNTS : []);
}

/** What a live origin has brought so far; null for days and journals. */
export function feedCounts(
  { origin, rules }: ReplayRunOptions,
  liveCounts: SharedArrayBuffer,
  region: Region,
): FeedCounts | null {
  if (origin.kind === 'stream') {
    const freshness = rules === 'live' ? { freshnessMs: origin.freshnessLimitMs } : {};
    return { source: 'stream', ...freshness, ...loadLiveCounts(liveCounts, STREAM_COUNTS) };
  }
  if (origin.kind !== 'memory') return null;
  const dropped = new Counter(region, 'inboxDropped').value;
  return { source: 'memory', ...loadLiveCounts(liveCounts, MEMORY_COUNTS), dropped };
}

function streamOptions(
  options: ReplayRunOptions,
  { url, stream, freshnessLimitMs, funding }: StreamOrigin,
  region: SharedArrayBuffer,
  counts: SharedArrayBuffer,
): SignalSourceOptions {
  const { universe, rules, wait } = options;
  return {
    region,
    wait,
    universe,
    url,
    stream,
    freshnessLimitMs: rules === 'live' ? freshnessLimitMs : null,
    funding,
    journalled: journalledOf(options),
    counts,
  };
}

function inboxOptions(
  options: ReplayRunOptions,
  region: SharedArrayBuffer,
  counts: SharedArrayBuffer,
): InboxSourceOptions {
  const { universe, rules, wait } = options;
  return { region, wait, universe, rules, journalled: journalledOf(options), counts };
}

function daysOptions(options: ReplayRunOptions, region: SharedArrayBuffer): MarketDataWorkerOptions {
  const { inputs, universe, wait, speed, origin } = options;
  const { config, barIntervalMs } = inputs;
  return {
    region,
    wait,
    files: plannedDays(origin),
    universe,
    excluded: deriveRunParams(config, universe, barIntervalMs).excluded,
    barIntervalMs,
    scannerThresholds: scannerThresholds(config),
    needsScanner: needsScanner(options),
    scannerMode: options.scannerMode,
    scannerRate: config.scanner_rate,
    speed,
    decoders: Math.max(1, Math.min(2, availableParallelism())),
    journalled: journalledOf(options),
    ...ticksOf(options),
  };
}

function ticksOf(options: ReplayRunOptions): { ticks?: TickOptions } {
  const { origin } = options;
  return origin.kind === 'days' && origin.ticks !== null && hasTicks(options) ? { ticks: origin.ticks } : {};
}
