import type { MemoryConfig } from '../../src/adapters/memory/memory-config.ts';
import { openMemory } from '../../src/adapters/memory/open-memory.ts';
import { SystemMemory } from '../../src/adapters/memory/system-memory.ts';
import type { Rules } from '../../src/engine/actor.ts';
import { paramHash } from '../../src/main/config/champion-hash.ts';
import { liveSource } from '../../src/main/live-source.ts';
import type { ReplayRun } from '../../src/main/replay-run.ts';
import type { ReplaySource } from '../../src/main/replay-source.ts';
import type { ReplayRunOptions } from '../../src/main/run-options.ts';
import type { MemoryFeedCounts } from '../../src/model/feed-counts.ts';
import type { EigenScan } from '../../src/model/memory-values.ts';
import { createChampionConfig } from '../../src/model/strategy.ts';
import { dateFromDay, NS_PER_SECOND } from '../../src/model/time.ts';
import { liveRun } from './signal-run.ts';

export const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'];
/** 2026-01-05. */
export const DAY = 20_458;

/** Scan `scanNumber` of {@link DAY}, 5 s behind the one before; nothing to be entered on. */
export function dayScan(scanNumber: number, changes: Partial<EigenScan> = {}): EigenScan {
  return {
    scanNumber,
    day: DAY,
    nsOfDay: scanNumber * 5 * NS_PER_SECOND,
    velDiv: 0.001,
    v50: 0,
    v150: 0,
    v300: 0,
    v750: 0,
    instability50: 0,
    instability150: 0,
    assetPrices: Object.fromEntries(SYMBOLS.map((symbol, a) => [symbol, 100 * (a + 1) + scanNumber / 100])),
    ...changes,
  };
}

/** The scans of a memory as the source of the champion. */
export function memorySource(rules: Rules = 'replay'): ReplaySource {
  const config = createChampionConfig();
  return liveSource(
    {
      strategy: { name: 'champion', baseName: 'champion', config, paramHash: paramHash(config) },
      configName: '--set',
      rules,
      tables: null,
      barIntervalMs: null,
      origin: { kind: 'memory' },
      name: 'memory',
    },
    { universe: SYMBOLS, date: dateFromDay(DAY), hasAssetVelDivs: false, synthetic: false },
  );
}

/** The engine on the scans of a memory, not yet started. */
export function memoryFedRun(
  source: ReplaySource,
  config: MemoryConfig,
  changes: Partial<ReplayRunOptions> = {},
): ReplayRun {
  const basis = { kind: 'state', state: null } as const;
  return liveRun(source, { memory: { config, deployment: 'blue', track: 'paper', basis, runId: 'test' }, ...changes });
}

/** What a run has had of its memory so far. */
export function fedOf({ feed }: Pick<ReplayRun, 'feed'>): MemoryFeedCounts {
  if (feed?.source !== 'memory') throw new Error('the run is fed by no memory');
  return feed;
}

/** Writes scan after scan into a memory, whether the one before was stored or not. */
export class ScanWriter {
  readonly memory: SystemMemory;
  /** Number of the last scan that was offered. */
  written = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(config: MemoryConfig) {
    this.memory = new SystemMemory(openMemory(config, {}), 'blue');
  }

  /** Offers the next scan. */
  next(): ReturnType<SystemMemory['latestScan']['write']> {
    return this.memory.latestScan.write(dayScan(++this.written));
  }

  start(everyMs: number): void {
    this.timer = setInterval(() => void this.next(), everyMs);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  async close(): Promise<void> {
    this.stop();
    await this.memory.close();
  }
}
