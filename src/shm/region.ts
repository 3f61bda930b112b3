import {
  HEADER_ASSETS,
  HEADER_BAR_SLOTS,
  HEADER_BYTES,
  HEADER_COMMAND_SLOTS,
  HEADER_ENGINE_EVENT_BYTES,
  HEADER_EXECUTION_EVENT_BYTES,
  HEADER_HAS_ASSET_SIGNALS,
  HEADER_INBOX_BYTES,
  HEADER_INTENT_SLOTS,
  HEADER_MAGIC,
  HEADER_REPORT_SLOTS,
  HEADER_RESULT_BYTES,
  HEADER_SCAN_REQUEST_BYTES,
  HEADER_TICK_BYTES,
  HEADER_VERSION,
  LAYOUT_VERSION,
  LINE_BYTES,
  MAGIC,
  type RegionLayout,
  type RegionShape,
  regionLayout,
  wordIndex,
} from './layout.ts';

/**
 * One thread's views over the shared region. Rings, cells and bells are built over it; it holds no state of its own,
 * so a thread may attach as often as it likes.
 */
export interface Region {
  readonly buffer: SharedArrayBuffer;
  readonly shape: RegionShape;
  readonly layout: RegionLayout;
  /** The whole region; index with {@link wordIndex}. */
  readonly words: Int32Array;
  /** The whole region; index with {@link doubleIndex}. */
  readonly doubles: Float64Array;
  /** The whole region, for copies that keep every bit. */
  readonly bytes: Uint8Array;
}

/**
 * Allocates a zeroed region and writes its header. Called once, by the thread that starts the others.
 * @throws RangeError when the shape breaks a rule of {@link RegionShape}.
 */
export function createRegion(shape: RegionShape): Region {
  const layout = regionLayout(shape);
  const buffer = new SharedArrayBuffer(layout.totalBytes);
  const words = new Int32Array(buffer);
  words[wordIndex(HEADER_VERSION)] = LAYOUT_VERSION;
  words[wordIndex(HEADER_BYTES)] = layout.totalBytes;
  words[wordIndex(HEADER_ASSETS)] = shape.assets;
  words[wordIndex(HEADER_BAR_SLOTS)] = shape.barSlots;
  words[wordIndex(HEADER_TICK_BYTES)] = shape.tickBytes;
  words[wordIndex(HEADER_INTENT_SLOTS)] = shape.intentSlots;
  words[wordIndex(HEADER_REPORT_SLOTS)] = shape.reportSlots;
  words[wordIndex(HEADER_COMMAND_SLOTS)] = shape.commandSlots;
  words[wordIndex(HEADER_ENGINE_EVENT_BYTES)] = shape.engineEventBytes;
  words[wordIndex(HEADER_EXECUTION_EVENT_BYTES)] = shape.executionEventBytes;
  words[wordIndex(HEADER_SCAN_REQUEST_BYTES)] = shape.scanRequestBytes;
  words[wordIndex(HEADER_RESULT_BYTES)] = shape.resultBytes;
  words[wordIndex(HEADER_INBOX_BYTES)] = shape.inboxBytes;
  words[wordIndex(HEADER_HAS_ASSET_SIGNALS)] = shape.hasAssetSignals ? 1 : 0;
  // Last, so that a header with the magic is a whole header.
  Atomics.store(words, wordIndex(HEADER_MAGIC), MAGIC);
  return viewsOf(buffer, { ...shape }, layout, words);
}

/**
 * Views over a region that another thread created; the shape is read from its header.
 * @throws Error when the buffer is no region, is one of another layout version, or has another size than it says.
 */
export function attachRegion(buffer: SharedArrayBuffer): Region {
  const words = new Int32Array(buffer, 0, buffer.byteLength >> 2);
  const magic = buffer.byteLength < LINE_BYTES ? 0 : Atomics.load(words, wordIndex(HEADER_MAGIC));
  if (magic !== MAGIC) {
    throw new Error(`buffer is no shared region: magic must be ${hex(MAGIC)}, was ${hex(magic)}`);
  }
  const version = headerWord(words, HEADER_VERSION);
  if (version !== LAYOUT_VERSION) {
    throw new Error(`shared region has layout version ${version}, this program reads version ${LAYOUT_VERSION} only`);
  }
  const shape = shapeFromHeader(words);
  const layout = regionLayout(shape);
  const bytes = headerWord(words, HEADER_BYTES);
  if (bytes !== layout.totalBytes || buffer.byteLength !== layout.totalBytes) {
    throw new Error(
      `size of shared region must be ${layout.totalBytes} bytes for its shape, ` +
        `header says ${bytes} and buffer has ${buffer.byteLength}`,
    );
  }
  return viewsOf(buffer, shape, layout, words);
}

function viewsOf(buffer: SharedArrayBuffer, shape: RegionShape, layout: RegionLayout, words: Int32Array): Region {
  return { buffer, shape, layout, words, doubles: new Float64Array(buffer), bytes: new Uint8Array(buffer) };
}

function shapeFromHeader(words: Int32Array): RegionShape {
  return {
    assets: headerWord(words, HEADER_ASSETS),
    barSlots: headerWord(words, HEADER_BAR_SLOTS),
    tickBytes: headerWord(words, HEADER_TICK_BYTES),
    intentSlots: headerWord(words, HEADER_INTENT_SLOTS),
    reportSlots: headerWord(words, HEADER_REPORT_SLOTS),
    commandSlots: headerWord(words, HEADER_COMMAND_SLOTS),
    engineEventBytes: headerWord(words, HEADER_ENGINE_EVENT_BYTES),
    executionEventBytes: headerWord(words, HEADER_EXECUTION_EVENT_BYTES),
    scanRequestBytes: headerWord(words, HEADER_SCAN_REQUEST_BYTES),
    resultBytes: headerWord(words, HEADER_RESULT_BYTES),
    inboxBytes: headerWord(words, HEADER_INBOX_BYTES),
    hasAssetSignals: headerWord(words, HEADER_HAS_ASSET_SIGNALS) === 1,
  };
}

function headerWord(words: Int32Array, byteOffset: number): number {
  return words[wordIndex(byteOffset)]!;
}

function hex(value: number): string {
  return `0x${(value >>> 0).toString(16).padStart(8, '0')}`;
}
