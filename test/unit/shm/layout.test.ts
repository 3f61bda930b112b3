import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as layoutModule from '../../../src/shm/layout.ts';
import {
  BELL_NAMES,
  bellOffset,
  CELL_NAMES,
  COUNTER_NAMES,
  cellOffset,
  DEFAULT_SLOTS,
  GAUGE_NAMES,
  headOffset,
  heartbeatOffset,
  LINE_BYTES,
  type RegionShape,
  RING_NAMES,
  regionLayout,
  STREAM_NAMES,
  sleepingOffset,
  tailOffset,
  WORKER_NAMES,
  watermarkOffset,
} from '../../../src/shm/layout.ts';

/** The shape whose offsets docs/memory-layout.md lists. */
const SAMPLE: RegionShape = { ...DEFAULT_SLOTS, assets: 48, hasAssetSignals: false };

describe('regionLayout', () => {
  it('gives every contended word a line of its own', () => {
    const layout = regionLayout(SAMPLE);
    const words = [
      layout.stop,
      layout.barClaim,
      ...BELL_NAMES.flatMap((bell) => [bellOffset(layout, bell), sleepingOffset(layout, bell)]),
      ...RING_NAMES.flatMap((ring) => [tailOffset(layout, ring), headOffset(layout, ring)]),
      ...WORKER_NAMES.map((worker) => heartbeatOffset(layout, worker)),
      ...STREAM_NAMES.map((stream) => watermarkOffset(layout, stream)),
      ...COUNTER_NAMES.map((_, i) => layout.counters + i * LINE_BYTES),
      ...GAUGE_NAMES.map((_, i) => layout.gauges + i * LINE_BYTES),
      ...CELL_NAMES.flatMap((cell) => [0, 1, 2, 3, 4, 5].map((line) => cellOffset(layout, cell) + line * LINE_BYTES)),
    ];
    for (const offset of words) expect(offset % LINE_BYTES).toBe(0);
    expect(new Set(words).size).toBe(words.length);
    expect(Math.min(...words)).toBe(LINE_BYTES); // the header's line belongs to it alone
    expect(Math.max(...words)).toBeLessThan(layout.barRing);
  });

  it.each([
    // 192 + 8 x 20 = 352, rounded up to 64: a snapshot's 20 values are the least payload
    ['1 asset', 1, false, 20, 0, 384],
    // 192 + 8 x 48 = 576
    ['48 assets', 48, false, 48, 0, 576],
    // 192 + 8 x 96 = 960
    ['48 assets with signals', 48, true, 48, 48, 960],
    // 192 + 8 x 400 = 3392
    ['400 assets', 400, false, 400, 0, 3392],
    // 192 + 8 x 800 = 6592
    ['400 assets with signals', 400, true, 400, 400, 6592],
  ])('sizes a slot for %s', (_situation, assets, hasAssetSignals, payload, velDivs, strideBytes) => {
    const layout = regionLayout({ ...SAMPLE, assets, hasAssetSignals });
    expect(layout.payloadValues).toBe(payload);
    expect(layout.assetVelDivValues).toBe(velDivs);
    expect(layout.barStrideBytes).toBe(strideBytes);
  });

  it('lays the rings one behind the other without overlap', () => {
    const layout = regionLayout(SAMPLE);
    expect(layout.tickRing).toBe(layout.barRing + SAMPLE.barSlots * layout.barStrideBytes);
    expect(layout.intentRing).toBe(layout.tickRing + SAMPLE.tickBytes);
    expect(layout.reportRing).toBe(layout.intentRing + SAMPLE.intentSlots * layoutModule.INTENT_STRIDE_BYTES);
    expect(layout.commandRing).toBe(layout.reportRing + SAMPLE.reportSlots * layoutModule.REPORT_STRIDE_BYTES);
    expect(layout.engineEvents).toBe(layout.commandRing + SAMPLE.commandSlots * layoutModule.COMMAND_STRIDE_BYTES);
    expect(layout.executionEvents).toBe(layout.engineEvents + SAMPLE.engineEventBytes);
    expect(layout.scanRequests).toBe(layout.executionEvents + SAMPLE.executionEventBytes);
    expect(layout.scanAnswers).toBe(layout.scanRequests + SAMPLE.scanRequestBytes);
    expect(layout.results).toBe(layout.scanAnswers + layout.scanAnswerBytes);
    expect(layout.inbox).toBe(layout.results + SAMPLE.resultBytes);
    expect(layout.totalBytes).toBe(layout.inbox + SAMPLE.inboxBytes);
  });
});

describe('docs/memory-layout.md', () => {
  const page = readFileSync(new URL('../../../docs/memory-layout.md', import.meta.url), 'utf8');
  /** Rows `| name | number |…` of the page, name in backticks. */
  const rows = [...page.matchAll(/^\| `([A-Za-z_]+)` \| (\d+) \|/gm)].map(
    (match) => [match[1]!, Number(match[2])] as const,
  );

  it('lists every offset of the sample shape', () => {
    const listed = Object.fromEntries(rows.filter(([name]) => !name.includes('_') && name !== 'MAGIC'));
    expect(listed).toEqual(regionLayout(SAMPLE));
  });

  it('lists every field constant of the layout', () => {
    const isField = (name: string) => /^(HEADER|SLOT|TICK|EVENT|WATERMARK|STAGE|HEARTBEAT|CELL)_[A-Z_]+$/.test(name);
    const fields = Object.entries(layoutModule).filter(([name, value]) => isField(name) && typeof value === 'number');
    expect(Object.fromEntries(rows.filter(([name]) => isField(name)))).toEqual(Object.fromEntries(fields));
  });

  it('shows the diagram of the source', () => {
    const source = readFileSync(new URL('../../../src/shm/layout.ts', import.meta.url), 'utf8');
    const diagram = /```\n([\s\S]*?)\n \* ```/.exec(source)?.[1]?.replace(/^ \* /gm, '');
    expect(diagram).toBeDefined();
    expect(page).toContain(diagram);
  });
});
