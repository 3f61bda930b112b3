/**
 * The layout of the shared region: one SharedArrayBuffer, every offset written down here and nowhere else.
 *
 * ```
 *  offset in lines of 128 B   what                     who writes
 *  ┌───────────────────────┐
 *  │ 0   header            │  magic version size shape  creator, once
 *  ├───────────────────────┤
 *  │ 1   control           │  stop flag                 main
 *  ├───────────────────────┤
 *  │ 2   doorbells  x 10   │  per bell two lines:
 *  │       +0   bell       │    rings so far            the thread that rings
 *  │       +128 sleeping   │    1 while asleep          the thread that waits
 *  ├───────────────────────┤
 *  │ 22  ring indices x 11 │  per ring two lines:
 *  │       +0   tail       │    published               producer
 *  │       +128 head       │    released                consumer
 *  ├───────────────────────┤
 *  │ 44  bar claim         │  bound of bar writes       market-data worker
 *  ├───────────────────────┤
 *  │ 45  watermarks x 2    │  one line per stream: written, durable    journal worker
 *  ├───────────────────────┤
 *  │ 47  heartbeats x 7    │  one line per worker       that worker
 *  ├───────────────────────┤
 *  │ 54  counters          │  one line per counter      any thread, Atomics.add
 *  ├───────────────────────┤
 *  │     gauges            │  one line per gauge        one thread each
 *  ├───────────────────────┤
 *  │     cells x 3         │  per cell six lines:
 *  │       +0   middle     │    index of the free buffer, fresh bit   both, Atomics.exchange
 *  │       +128 writer     │    its buffer, its version               writer
 *  │       +256 reader     │    its buffer                            reader
 *  │       +384 buffers    │    3 x (version, values)                 owner of the buffer
 *  ├───────────────────────┤
 *  │     stages x 9        │  one histogram per stage   the thread whose stage it is
 *  ├───────────────────────┤
 *  │     bar ring          │  barSlots x bar stride     market-data worker
 *  │     tick ring         │  tickBytes                 market-data worker
 *  │     intent ring       │  intentSlots x 128         engine
 *  │     report ring       │  reportSlots x 128         execution worker
 *  │     command ring      │  commandSlots x 64         main
 *  │     engine events     │  engineEventBytes          engine
 *  │     execution events  │  executionEventBytes       execution worker
 *  │     scan requests     │  scanRequestBytes          market-data worker
 *  │     scan answers      │  4096                      scanner worker
 *  │     results           │  resultBytes               engine
 *  │     inbox             │  inboxBytes                memory worker
 *  └───────────────────────┘
 * ```
 * A line is 128 bytes because x86 prefetches cache lines in pairs and some arm64 cores have lines of 128.
 * Words are Int32, numbers Float64, little-endian as on every machine that Node supports.
 */
import { BOOK_VALUES } from '../model/frame.ts';

export const MAGIC = 0x444f4c50; // "DOLP"
/** Raised by every change of an offset, a field or its meaning. */
export const LAYOUT_VERSION = 5;

/** Distance between two words that different threads write. */
export const LINE_BYTES = 128;
export const MAX_ASSETS = 400;

/** What a region holds; stands in its header, so that an attaching thread needs the buffer alone. */
export interface RegionShape {
  /** 1 to 400. */
  readonly assets: number;
  /** Frames that the bar ring holds; a power of two, 2 or more. */
  readonly barSlots: number;
  /** Bytes of the tick ring; a power of two, 1024 or more. */
  readonly tickBytes: number;
  readonly intentSlots: number;
  readonly reportSlots: number;
  readonly commandSlots: number;
  /** Bytes of the event rings, through which the journal gets what the machines did; powers of two, 1024 or more. */
  readonly engineEventBytes: number;
  readonly executionEventBytes: number;
  /** Bytes of the scanner's inbox; a power of two, 1024 or more. */
  readonly scanRequestBytes: number;
  /** Bytes of the ring of results to the memory worker, and of its ring of market data; powers of two, 1024 or more. */
  readonly resultBytes: number;
  readonly inboxBytes: number;
  /** True when every slot of the bar ring has room for one divergence per asset. */
  readonly hasAssetSignals: boolean;
}

/**
 * Sizes that fit replay and live: 1024 frames are 85 minutes of 5 s bars and 102 s at 10 Hz, and stay below 7 MB at
 * 400 assets with asset signals.
 */
export const DEFAULT_SLOTS = {
  barSlots: 1024,
  tickBytes: 1 << 20,
  intentSlots: 256,
  reportSlots: 1024,
  commandSlots: 64,
  engineEventBytes: 1024,
  executionEventBytes: 1024,
  scanRequestBytes: 1024,
  resultBytes: 1024,
  inboxBytes: 1024,
} as const satisfies Partial<RegionShape>;

/** Event rings of a run that is recorded: 4900 scans of 400 assets, or twice a snapshot of the whole machine. */
export const RECORDED_EVENT_BYTES = {
  engineEventBytes: 1 << 24,
  executionEventBytes: 1 << 18,
} as const satisfies Partial<RegionShape>;

/** Inbox of a scanner with a thread of its own: 19 scans of 400 assets. */
export const SCANNER_INBOX_BYTES = {
  scanRequestBytes: 1 << 16,
} as const satisfies Partial<RegionShape>;

/** Results of a run with a memory worker: 600 ends of days or trades that it has not looked at yet. */
export const RESULT_BYTES = {
  resultBytes: 1 << 16,
} as const satisfies Partial<RegionShape>;

/** Market data that the memory worker hands on: 79 scans of 400 assets, or 1200 snapshots of a book. */
export const INBOX_BYTES = {
  inboxBytes: 1 << 18,
} as const satisfies Partial<RegionShape>;

// Header, Int32 words.
export const HEADER_MAGIC = 0;
export const HEADER_VERSION = 4;
export const HEADER_BYTES = 8;
export const HEADER_ASSETS = 12;
export const HEADER_BAR_SLOTS = 16;
export const HEADER_TICK_BYTES = 20;
export const HEADER_INTENT_SLOTS = 24;
export const HEADER_REPORT_SLOTS = 28;
export const HEADER_COMMAND_SLOTS = 32;
export const HEADER_HAS_ASSET_SIGNALS = 36;
export const HEADER_ENGINE_EVENT_BYTES = 40;
export const HEADER_EXECUTION_EVENT_BYTES = 44;
export const HEADER_SCAN_REQUEST_BYTES = 48;
export const HEADER_RESULT_BYTES = 52;
export const HEADER_INBOX_BYTES = 56;

/** Doorbells, in the order of their lines. The name says what the sleeper waits for. */
export const BELL_NAMES = [
  'barData',
  'barSpace',
  'intentData',
  'reportData',
  'tick',
  'journalData',
  'scanRequest',
  'scanAnswer',
  'resultData',
  'inboxData',
] as const;
export type BellName = (typeof BELL_NAMES)[number];
const BELL_BYTES = 2 * LINE_BYTES;
const BELL_SLEEPING = LINE_BYTES;

/** Rings, in the order of their index lines. */
export const RING_NAMES = [
  'bar',
  'tick',
  'intent',
  'report',
  'command',
  'engineEvents',
  'executionEvents',
  'scanRequests',
  'scanAnswers',
  'results',
  'inbox',
] as const;
export type RingName = (typeof RING_NAMES)[number];
const RING_INDEX_BYTES = 2 * LINE_BYTES;
const RING_HEAD = LINE_BYTES;

/** Machines whose events are journalled, in the order of their watermark lines. */
export const STREAM_NAMES = ['engine', 'execution'] as const;
export type StreamName = (typeof STREAM_NAMES)[number];
export const WATERMARK_WRITTEN = 0; // i32
export const WATERMARK_DURABLE = 4; // i32

/** Workers that beat, in the order of their lines. */
export const WORKER_NAMES = ['MARKET_DATA', 'ENGINE', 'EXECUTION', 'JOURNAL', 'MEMORY', 'SIGNALS', 'SCANNER'] as const;
export type WorkerName = (typeof WORKER_NAMES)[number];
export const HEARTBEAT_BEATS = 0;
export const HEARTBEAT_STATE = 4;

/** Events that any thread counts with Atomics.add; Int32, wraps after 2^31. All are 0 in a healthy replay. */
export const COUNTER_NAMES = [
  'lostWakes', // a wait ended by time-out although its data was there; always 0
  'barDropped', // live: new frames dropped because the engine had not released a slot
  'tickDropped', // tick records dropped because the ring was full
  'intentFull', // intents refused because the ring was full
  'reportFull',
  'commandFull',
  'observerLapped', // frames that an observer of the bar ring lost by being overtaken
  'eventsFull', // times that a machine found its event ring full
  'scanLate', // scans that went without signals because the scanner took too long
  'scanDropped', // scans that the scanner never saw because its inbox was full
  'resultsDropped', // results that the memory worker never saw because their ring was full
  'inboxDropped', // scans and snapshots of the memory that market data never saw because its inbox was full
] as const;
export type CounterName = (typeof COUNTER_NAMES)[number];

/** Numbers that one thread each sets and others read; Float64, may be stale. */
export const GAUGE_NAMES = [
  'framesPublished', // market-data worker
  'framesStepped', // engine
  'fileWaitNs', // market-data worker: time in which no decoded file was there, ns
  'entriesAccounted', // execution worker: intents to enter that it took
  'exitsAccounted', // execution worker: intents to exit that it took
  'stepsVerified', // main: steps of this run that the shadow has stepped again
  'stepsAgreeing', // main: those of them that decided the same
  'steppedDay', // engine: UTC day of the last frame; 0 before the first
  'steppedNsOfDay', // engine: and its ns of that day
  'tradingState', // engine: TRADING_STATES
  'executionSteps', // execution worker: frames that it is done with in lockstep
  'posture', // engine: code of the posture that it sizes by, once there is a steppedDay
  'rm', // engine: and its Rm
  'acbBoost', // engine: and its ACB boost
  'acbBeta', // engine: and its ACB beta
  'runEnded', // engine: 1 once it has taken the END of a source that came to its end
] as const;
export type GaugeName = (typeof GAUGE_NAMES)[number];

/** What the operator's orders let the engine do, by code: all; exits only; exits, and one that is ordered. */
export const TRADING_STATES = ['active', 'halted', 'flattening'] as const;
export type TradingState = (typeof TRADING_STATES)[number];

/** Cells, in the order of their blocks, with the fields of each in the order of its values. */
export const CELL_FIELDS = {
  acb: ['updateSeq', 'boost', 'beta', 'refusedSeq'],
  posture: ['posture', 'rm', 'tsDay', 'tsNsOfDay'],
  mc: ['status', 'scale'],
} as const;
export type CellName = keyof typeof CELL_FIELDS;
export const CELL_NAMES = ['acb', 'posture', 'mc'] as const satisfies readonly CellName[];
export const CELL_MIDDLE = 0;
export const CELL_WRITER_BUFFER = LINE_BYTES;
export const CELL_WRITER_VERSION = LINE_BYTES + 8;
export const CELL_READER_BUFFER = 2 * LINE_BYTES;
export const CELL_BUFFERS = 3 * LINE_BYTES;
export const CELL_BUFFER_VALUES = 8; // after the version
const CELL_BYTES = 6 * LINE_BYTES;

/**
 * Stages of a frame on its way to an order, in the order of their histograms. Each is measured by one thread, ns.
 *
 * ```
 *  received ─source─► published ─ring─► taken ─step─► decided ─handover─► intent taken ─commit─► released
 *                                                        ├────journal───► written
 *                                                        └─────order────► submitted
 * ```
 */
export const STAGE_NAMES = [
  'source', // market-data worker: received to published
  'ring', // engine: published to taken
  'step', // engine: taken to decided
  'intent', // engine: published to the intent that came of it being readable
  'handover', // execution worker: decided to taken
  'commit', // execution worker: taken to released behind the journal's watermark
  'total', // execution worker: received to released
  'order', // execution worker: decided to its order submitted
  'journal', // journal worker: decided to written
  'scan', // market-data worker: prices handed to the scanner to its signals back
] as const;
export type StageName = (typeof STAGE_NAMES)[number];
export const STAGE_COUNT = 0; // f64, values recorded
export const STAGE_MAX_NS = 8; // f64
export const STAGE_BUCKETS = LINE_BYTES; // i32 x STAGE_BUCKET_COUNT
export const STAGE_BUCKET_COUNT = 2048;
const STAGE_BYTES = STAGE_BUCKETS + 4 * STAGE_BUCKET_COUNT;

// Bar slot: one line of 64 bytes for the header, one for the signals, one for the stamps, then the payload.
export const SLOT_SEQUENCE = 0; // f64
export const SLOT_KIND = 8; // i32
export const SLOT_FLAGS = 12; // i32
export const SLOT_ASSET_INDEX = 16; // i32
export const SLOT_TS_EVENT_DAY = 20; // i32
export const SLOT_TS_RECV_DAY = 24; // i32
export const SLOT_TS_TAKE_DAY = 28; // i32
export const SLOT_TS_EVENT_NS_OF_DAY = 32; // f64
export const SLOT_TS_RECV_NS_OF_DAY = 40; // f64
export const SLOT_SCAN_NUMBER = 48; // f64
export const SLOT_TS_TAKE_NS_OF_DAY = 56; // f64
export const SLOT_SIGNALS = 64; // f64 x 7
export const SLOT_RECEIVED_NS = 128; // f64
export const SLOT_PUBLISHED_NS = 136; // f64
export const SLOT_PAYLOAD = 192; // f64 x payloadValues, then f64 x assets with asset signals
const SLOT_ALIGN_BYTES = 64;

const SCAN_ANSWER_BYTES = 4096;

export const INTENT_STRIDE_BYTES = 128;
export const REPORT_STRIDE_BYTES = 128;
export const COMMAND_STRIDE_BYTES = 64;

// Tick record: 48 bytes of header, then its values. A padding record is its first 8 bytes alone.
export const TICK_LENGTH_BYTES = 0; // i32, whole record, a multiple of 8
export const TICK_KIND = 4; // i32
export const TICK_SEQUENCE = 8; // f64
export const TICK_TS_EVENT_DAY = 16; // i32
export const TICK_TS_RECV_DAY = 20; // i32
export const TICK_TS_EVENT_NS_OF_DAY = 24; // f64
export const TICK_TS_RECV_NS_OF_DAY = 32; // f64
export const TICK_ASSET_INDEX = 40; // i32
export const TICK_VALUE_COUNT = 44; // i32
export const TICK_VALUES = 48; // f64 x value count

// Event record: 16 bytes of header, then its payload. A padding record is its first 8 bytes alone.
export const EVENT_LENGTH_BYTES = 0; // i32, header and payload; the next record begins at a multiple of 8
export const EVENT_KIND = 4; // i32, 0 padding
export const EVENT_STAMP_NS = 8; // f64
export const EVENT_PAYLOAD = 16;

/** Every byte offset and stride of a region of one shape. */
export interface RegionLayout {
  readonly header: number;
  readonly stop: number;
  readonly bells: number;
  readonly ringIndices: number;
  readonly barClaim: number;
  readonly watermarks: number;
  readonly heartbeats: number;
  readonly counters: number;
  readonly gauges: number;
  readonly cells: number;
  readonly stages: number;
  readonly barRing: number;
  readonly barStrideBytes: number;
  /** Doubles of a frame's payload: one per asset, at least a snapshot's 20. */
  readonly payloadValues: number;
  /** Doubles behind the payload: one per asset, or 0 without asset signals. */
  readonly assetVelDivValues: number;
  readonly tickRing: number;
  readonly intentRing: number;
  readonly reportRing: number;
  readonly commandRing: number;
  readonly engineEvents: number;
  readonly executionEvents: number;
  readonly scanRequests: number;
  readonly scanAnswers: number;
  readonly scanAnswerBytes: number;
  readonly results: number;
  readonly inbox: number;
  readonly totalBytes: number;
}

/**
 * The ladder of offsets for a shape, bytes from the start of the region.
 * @throws RangeError when a number of the shape breaks its rule, or the region would pass 2 GiB.
 */
export function regionLayout(shape: RegionShape): RegionLayout {
  checkShape(shape);
  const payloadValues = Math.max(shape.assets, BOOK_VALUES);
  const assetVelDivValues = shape.hasAssetSignals ? shape.assets : 0;
  const barStrideBytes = roundUp(SLOT_PAYLOAD + 8 * (payloadValues + assetVelDivValues), SLOT_ALIGN_BYTES);

  const header = 0;
  const stop = header + LINE_BYTES;
  const bells = stop + LINE_BYTES;
  const ringIndices = bells + BELL_NAMES.length * BELL_BYTES;
  const barClaim = ringIndices + RING_NAMES.length * RING_INDEX_BYTES;
  const watermarks = barClaim + LINE_BYTES;
  const heartbeats = watermarks + STREAM_NAMES.length * LINE_BYTES;
  const counters = heartbeats + WORKER_NAMES.length * LINE_BYTES;
  const gauges = counters + COUNTER_NAMES.length * LINE_BYTES;
  const cells = gauges + GAUGE_NAMES.length * LINE_BYTES;
  const stages = cells + CELL_NAMES.length * CELL_BYTES;
  const barRing = stages + STAGE_NAMES.length * STAGE_BYTES;
  const tickRing = roundUp(barRing + shape.barSlots * barStrideBytes, LINE_BYTES);
  const intentRing = tickRing + shape.tickBytes;
  const reportRing = intentRing + shape.intentSlots * INTENT_STRIDE_BYTES;
  const commandRing = reportRing + shape.reportSlots * REPORT_STRIDE_BYTES;
  const engineEvents = roundUp(commandRing + shape.commandSlots * COMMAND_STRIDE_BYTES, LINE_BYTES);
  const executionEvents = engineEvents + shape.engineEventBytes;
  const scanRequests = executionEvents + shape.executionEventBytes;
  const scanAnswers = scanRequests + shape.scanRequestBytes;
  const results = scanAnswers + SCAN_ANSWER_BYTES;
  const inbox = results + shape.resultBytes;
  const totalBytes = inbox + shape.inboxBytes;
  if (totalBytes > MAX_REGION_BYTES) {
    throw new RangeError(`region must stay below ${MAX_REGION_BYTES} bytes, its shape needs ${totalBytes}`);
  }
  return {
    header,
    stop,
    bells,
    ringIndices,
    barClaim,
    watermarks,
    heartbeats,
    counters,
    gauges,
    cells,
    stages,
    barRing,
    barStrideBytes,
    payloadValues,
    assetVelDivValues,
    tickRing,
    intentRing,
    reportRing,
    commandRing,
    engineEvents,
    executionEvents,
    scanRequests,
    scanAnswers,
    scanAnswerBytes: SCAN_ANSWER_BYTES,
    results,
    inbox,
    totalBytes,
  };
}

/** Bytes of a region of this shape. @throws RangeError as {@link regionLayout}. */
export function regionBytes(shape: RegionShape): number {
  return regionLayout(shape).totalBytes;
}

/** Byte offset of a doorbell's count of rings. */
export function bellOffset(layout: RegionLayout, bell: BellName): number {
  return layout.bells + BELL_NAMES.indexOf(bell) * BELL_BYTES;
}

/** Byte offset of the flag that a doorbell's sleeper sets. */
export function sleepingOffset(layout: RegionLayout, bell: BellName): number {
  return bellOffset(layout, bell) + BELL_SLEEPING;
}

/** Byte offset of a ring's published index. */
export function tailOffset(layout: RegionLayout, ring: RingName): number {
  return layout.ringIndices + RING_NAMES.indexOf(ring) * RING_INDEX_BYTES;
}

/** Byte offset of a ring's released index. */
export function headOffset(layout: RegionLayout, ring: RingName): number {
  return tailOffset(layout, ring) + RING_HEAD;
}

/** Byte offset of a worker's beat and state. */
export function heartbeatOffset(layout: RegionLayout, worker: WorkerName): number {
  return layout.heartbeats + WORKER_NAMES.indexOf(worker) * LINE_BYTES;
}

/** Byte offset of a cell's block. */
export function cellOffset(layout: RegionLayout, cell: CellName): number {
  return layout.cells + CELL_NAMES.indexOf(cell) * CELL_BYTES;
}

/** Byte offset of a stream's watermarks. */
export function watermarkOffset(layout: RegionLayout, stream: StreamName): number {
  return layout.watermarks + STREAM_NAMES.indexOf(stream) * LINE_BYTES;
}

/** Byte offset of a stage's histogram. */
export function stageOffset(layout: RegionLayout, stage: StageName): number {
  return layout.stages + STAGE_NAMES.indexOf(stage) * STAGE_BYTES;
}

/** Index in an Int32Array over the whole region. */
export function wordIndex(byteOffset: number): number {
  return byteOffset >> 2;
}

/** Index in a Float64Array over the whole region. */
export function doubleIndex(byteOffset: number): number {
  return byteOffset >> 3;
}

/** Word indices are Int32, so the last byte must be below 2^31. */
const MAX_REGION_BYTES = 2 ** 31 - LINE_BYTES;

function checkShape(shape: RegionShape): void {
  if (!Number.isInteger(shape.assets) || shape.assets < 1 || shape.assets > MAX_ASSETS) {
    throw new RangeError(`assets must be a whole number from 1 to ${MAX_ASSETS}, was ${shape.assets}`);
  }
  checkPowerOfTwo('barSlots', shape.barSlots, 2);
  checkPowerOfTwo('tickBytes', shape.tickBytes, 1024);
  checkPowerOfTwo('intentSlots', shape.intentSlots, 2);
  checkPowerOfTwo('reportSlots', shape.reportSlots, 2);
  checkPowerOfTwo('commandSlots', shape.commandSlots, 2);
  checkPowerOfTwo('engineEventBytes', shape.engineEventBytes, 1024);
  checkPowerOfTwo('executionEventBytes', shape.executionEventBytes, 1024);
  checkPowerOfTwo('scanRequestBytes', shape.scanRequestBytes, 1024);
  checkPowerOfTwo('resultBytes', shape.resultBytes, 1024);
  checkPowerOfTwo('inboxBytes', shape.inboxBytes, 1024);
}

function checkPowerOfTwo(name: string, value: number, least: number): void {
  // Slots are found by a mask, so a ring's size must be a power of two.
  if (Number.isInteger(value) && value >= least && value <= 2 ** 30 && (value & (value - 1)) === 0) return;
  throw new RangeError(`${name} must be a power of two from ${least} to 2^30, was ${value}`);
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
