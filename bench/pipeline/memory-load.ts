import type { MemoryConfig } from '../../src/adapters/memory/memory-config.ts';
import { openMemory } from '../../src/adapters/memory/open-memory.ts';
import { SystemMemory } from '../../src/adapters/memory/system-memory.ts';
import type { EigenScan } from '../../src/model/memory-values.ts';

const SCANS_PER_SECOND = 10;
const READY_MS = 10_000;

/**
 * Another program's scans, ten a second with a price per asset: the memory worker hears and checks each of them while the
 * engine is measured.
 * @returns ends it.
 * @throws Error when the store does not answer.
 */
export async function startScanLoad(config: MemoryConfig, assets: readonly string[]): Promise<() => Promise<void>> {
  const memory = new SystemMemory(openMemory(config), 'blue');
  if (!(await memory.ready(READY_MS))) throw new Error(`${memory.status().where} does not answer`);
  let scanNumber = 0;
  const timer = setInterval(() => void memory.latestScan.write(scanOf(++scanNumber, assets)), 1000 / SCANS_PER_SECOND);
  return async () => {
    clearInterval(timer);
    await memory.close();
  };
}

function scanOf(scanNumber: number, assets: readonly string[]): EigenScan {
  return {
    scanNumber,
    day: 20_458,
    nsOfDay: scanNumber * 1e9,
    velDiv: -0.03,
    v50: -0.02,
    v150: 0.01,
    v300: 0.004,
    v750: 0.001,
    instability50: 0.4,
    instability150: 0.3,
    assetPrices: Object.fromEntries(assets.map((symbol, a) => [symbol, 100 + a + scanNumber / 1000])),
  };
}
