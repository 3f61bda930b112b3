import { availableParallelism } from 'node:os';
import type { PlannedDay } from '../adapters/day-folder/plan.ts';
import type { Rules } from '../engine/actor.ts';
import { deriveRunParams } from '../engine/run-params.ts';
import type { DayResult } from '../model/day-result.ts';
import { InputError } from '../model/input-error.ts';
import type { TradeDetail } from '../model/trade.ts';
import type { RunInputs } from '../replay/journal/run-inputs.ts';
import { Gauge } from '../shm/counters.ts';
import type { WaitMode } from '../shm/idle.ts';
import { DEFAULT_SLOTS, RECORDED_EVENT_BYTES, RESULT_BYTES, SCANNER_INBOX_BYTES } from '../shm/layout.ts';
import { createRegion, type Region } from '../shm/region.ts';
import { sessionOptionsOf } from '../workers/journalled-tape.ts';
import type { StateBasis } from '../workers/memory/continuity.ts';
import type { MemoryReport, MemoryWorkerOptions } from '../workers/memory/memory-options.ts';
import type {
  EngineWorkerOptions,
  ExecutionWorkerOptions,
  JournalledFrames,
  JournalWorkerOptions,
  MarketDataWorkerOptions,
  ScannerMode,
  ScannerWorkerOptions,
  TickOptions,
} from '../workers/messages.ts';
import { replayExecution } from '../workers/replay-execution.ts';
import { scannerThresholds } from '../workers/scan-day.ts';
import { type ShadowReport, ShadowVerifier } from '../workers/shadow-verifier.ts';
import { EngineOrders } from './control/engine-orders.ts';
import type { MemoryChoice } from './memory-start.ts';
import type { Recording } from './recording/recording.ts';
import { type RunOutcome, Supervisor, WorkerFailure, type WorkerSpec } from './supervisor.ts';

/** Threads that are busy during a spinning replay: market data and engine. */
const SPINNING_THREADS = 2;
const NOTHING_ACCOUNTED = { entries: 0, exits: 0 } as const;

/** The memory of a run and what was read of it when it began. */
export interface RunMemory extends Omit<MemoryChoice, 'adopt'> {
  readonly basis: StateBasis;
  readonly runId: string;
}

export interface ReplayRunOptions {
  readonly inputs: RunInputs;
  readonly universe: readonly string[];
  readonly rules: Rules;
  /** Days to read; none when a journal is the source. */
  readonly files: readonly PlannedDay[];
  /** What happens between the frames; null where nobody asks for it. */
  readonly ticks: TickOptions | null;
  /** The journal that is the source; null for files. */
  readonly source: JournalledFrames | null;
  /** The journal that this run keeps; null for none. */
  readonly recording: Recording | null;
  /** Where results and state go; absent or null: nowhere. */
  readonly memory?: RunMemory | null;
  readonly wait: WaitMode;
  /** Event seconds per second; 0 is as fast as possible. */
  readonly speed: number;
  /** Where the scanner runs, for days without signals. */
  readonly scannerMode: ScannerMode;
  readonly onDayEnd: (result: DayResult) => void;
  /** Booked trades, in order, each once; of a run that goes on, those before it too. Default nobody. */
  readonly onTrades?: (trades: readonly TradeDetail[]) => void;
  /** A line for the operator that is no error of the run. */
  readonly onAlarm: (line: string) => void;
}

/** Everything that a replay has to say for itself when it is over. */
export interface ReplayOutcome extends RunOutcome {
  readonly lostWakes: number;
  /** What the shadow has proved; null in a run without a journal. */
  readonly shadow: ShadowReport | null;
}

/** A replay through the worker threads. */
export class ReplayRun {
  /** Shared memory of the run, for whoever watches or commands it. */
  readonly region: Region;
  /** Main's end of the command ring. */
  readonly orders: EngineOrders;
  private readonly options: ReplayRunOptions;
  private readonly supervisor: Supervisor;
  private readonly shadow: ShadowVerifier | null;
  private newestMemory: MemoryReport | null = null;

  /** @throws InputError when the wait strategy does not fit the machine. */
  constructor(options: ReplayRunOptions) {
    requireCoresToSpin(options.wait);
    this.options = options;
    const { recording, universe } = options;
    const events = recording === null ? {} : RECORDED_EVENT_BYTES;
    const inbox = hasScannerThread(options) ? SCANNER_INBOX_BYTES : {};
    const results = memoryOf(options) === null ? {} : RESULT_BYTES;
    this.region = createRegion({
      assets: universe.length,
      hasAssetSignals: options.inputs.hasAssetSignals === true,
      ...DEFAULT_SLOTS,
      ...events,
      ...inbox,
      ...results,
    });
    this.orders = new EngineOrders(this.region);
    this.shadow = recording === null ? null : this.openShadow(recording, options.onAlarm);
    this.supervisor = new Supervisor(this.region, workerSpecs(options, this.region.buffer), {
      onDayEnd: options.onDayEnd,
      ...(options.onTrades === undefined ? {} : { onTrades: options.onTrades }),
      onSegmentClosed: (machine, segment) => {
        if (machine === 'ENGINE') this.shadow?.segmentClosed(segment);
      },
      onMemory: (report) => {
        this.newestMemory = report;
      },
      onAlarm: options.onAlarm,
      onFenced: (line) => this.halt(line),
    });
  }

  /**
   * Runs to the end of the data, or of what {@link stop} left of it.
   * @throws as {@link Supervisor.run}; WorkerFailure when the orders of a journal are not what its execution does.
   */
  async run(): Promise<ReplayOutcome> {
    try {
      const outcome = withStrayFills(withRouted(await this.supervisor.run(), this.options));
      const shadow = await this.shadow?.finish(outcome.journal?.lastSegment ?? 0);
      return { ...outcome, lostWakes: this.supervisor.lostWakes, shadow: shadow ?? null };
    } finally {
      await this.shadow?.close();
    }
  }

  stop(): void {
    this.supervisor.stop();
  }

  get framesStepped(): number {
    return this.supervisor.framesStepped;
  }

  /** What the memory worker said last; null before its first word, and in a run without one. */
  get memory(): MemoryReport | null {
    return this.newestMemory;
  }

  private halt(line: string): void {
    this.options.onAlarm(line);
    if (!this.orders.give('halt')) this.stop(); // an engine that takes no orders may not go on
  }

  private openShadow({ dir, standing }: Recording, onAlarm: (line: string) => void): ShadowVerifier {
    const steps = new Gauge(this.region, 'stepsVerified');
    const agreeing = new Gauge(this.region, 'stepsAgreeing');
    return new ShadowVerifier({
      dir,
      from: standing,
      onProgress: (report, proved) => {
        steps.set(report.steps);
        agreeing.set(report.agreeing);
        if (proved !== null) this.supervisor.keepSnapshot(proved);
      },
      onAlarm,
    });
  }
}

/**
 * A journal says what its orders did in a stream of its own, from which execution is stepped again: as far as the engine has
 * come with its decisions, where the run, or its replay, was stopped.
 */
function withRouted(outcome: RunOutcome, { inputs, source }: ReplayRunOptions): RunOutcome {
  if (inputs.routed === undefined || source === null) return outcome;
  const { entries, exits } = outcome.execution;
  const { difference, outcome: routed } = replayExecution(source.dir, entries + exits);
  if (difference !== null)
    throw new WorkerFailure(`execution, stepped again from its stream, does otherwise: ${difference}`);
  return { ...outcome, execution: { ...outcome.execution, routed } };
}

/** Fills that the engine could book on no position mean one at the venue that nobody watches: no counter is loud enough. */
function withStrayFills(outcome: RunOutcome): RunOutcome {
  const { execution, engine } = outcome;
  const strayFills = engine.run.routed?.strayFills ?? 0;
  if (execution.routed === null || strayFills === 0) return outcome;
  const warning =
    `${strayFills} fills or funding payments met no position of the engine: what is held at the venue is not what was ` +
    'decided, and the result leaves them out';
  const routed = { ...execution.routed, warnings: [...execution.routed.warnings, warning] };
  return { ...outcome, execution: { ...execution, routed } };
}

function requireCoresToSpin(wait: WaitMode): void {
  const cores = availableParallelism();
  if (wait === 'spin' && cores < SPINNING_THREADS) {
    throw new InputError(
      `--wait spin needs at least ${SPINNING_THREADS} cores, this process has ${cores}: a spinning thread would only ` +
        'keep the other from running; use --wait park',
    );
  }
}

function workerSpecs(options: ReplayRunOptions, region: SharedArrayBuffer): WorkerSpec[] {
  const specs: WorkerSpec[] = [
    { name: 'EXECUTION', entry: 'execution.worker', options: executionOptions(options, region) },
    { name: 'ENGINE', entry: 'engine.worker', options: engineOptions(options, region) },
    { name: 'MARKET_DATA', entry: 'market-data.worker', options: marketDataOptions(options, region) },
  ];
  if (hasScannerThread(options)) {
    specs.unshift({ name: 'SCANNER', entry: 'scanner.worker', options: scannerOptions(options, region) });
  }
  const memory = memoryOptions(options, region);
  if (memory !== null) specs.unshift({ name: 'MEMORY', entry: 'memory.worker', options: memory });
  const { recording, wait } = options;
  if (recording === null) return specs;
  const { dir, fsync, segmentBytes, engine, execution } = recording;
  const journal: JournalWorkerOptions = { region, wait, dir, fsync, segmentBytes, engine, execution };
  return [{ name: 'JOURNAL', entry: 'journal.worker', options: journal }, ...specs];
}

function memoryOf({ memory }: ReplayRunOptions): RunMemory | null {
  return memory === undefined || memory === null || memory.config.kind === 'none' ? null : memory;
}

function memoryOptions(options: ReplayRunOptions, region: SharedArrayBuffer): MemoryWorkerOptions | null {
  const memory = memoryOf(options);
  if (memory === null) return null;
  const { config, deployment, track, basis, runId } = memory;
  const { inputs, universe, wait, rules } = options;
  return {
    region,
    wait,
    memory: config,
    deployment,
    track,
    paramHash: inputs.paramHash,
    universe,
    runId,
    watermark: watermarkOf(options),
    basis,
    feedsMarketData: false,
    takesStandingAcb: rules === 'live',
  };
}

function watermarkOf({ recording }: ReplayRunOptions): 'written' | 'durable' | null {
  if (recording === null) return null;
  return recording.fsync === 'always' ? 'durable' : 'written';
}

function executionOptions(options: ReplayRunOptions, region: SharedArrayBuffer): ExecutionWorkerOptions {
  const { recording, wait } = options;
  const watermark = watermarkOf(options);
  const accounted = recording?.recovered?.accounted ?? NOTHING_ACCOUNTED;
  const { inputs } = options;
  const routed = isLockstep(options) && inputs.routed !== undefined ? sessionOptionsOf(inputs.routed) : null;
  const tape = recording?.recovered?.tape ?? null;
  return { region, wait, watermark, accounted, routed, tape, hasTicks: hasTicks(options) };
}

function hasTicks({ ticks }: ReplayRunOptions): boolean {
  return ticks !== null && ticks.files.length + ticks.funding.length > 0;
}

/** With routed fills both machines step together, but where a journal brings the reports of the run that wrote it. */
function isLockstep({ inputs, source }: ReplayRunOptions): boolean {
  return inputs.routed !== undefined && source === null;
}

function engineOptions(options: ReplayRunOptions, region: SharedArrayBuffer): EngineWorkerOptions {
  const { inputs, recording, rules, universe, wait } = options;
  return {
    region,
    wait,
    config: inputs.config,
    universe,
    barIntervalMs: inputs.barIntervalMs,
    factors: inputs.factors,
    safety: inputs.safety,
    rules,
    fills: inputs.routed === undefined ? 'analytic' : 'routed',
    isLockstep: isLockstep(options),
    isPaced: options.speed > 0,
    recording: recording === null ? null : 'wait',
    journalled: journalledOf(options),
    state: recording?.standing.state ?? null,
    firstUntaken: recording?.recovered?.firstUntaken ?? 0,
    hasMemory: memoryOf(options) !== null,
  };
}

function marketDataOptions(options: ReplayRunOptions, region: SharedArrayBuffer): MarketDataWorkerOptions {
  const { files, inputs, universe, wait, speed } = options;
  const { config, barIntervalMs } = inputs;
  return {
    region,
    wait,
    files,
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
    ...(hasTicks(options) && options.ticks !== null ? { ticks: options.ticks } : {}),
  };
}

function scannerOptions(options: ReplayRunOptions, region: SharedArrayBuffer): ScannerWorkerOptions {
  const { universe, excluded, barIntervalMs, scannerThresholds, wait } = marketDataOptions(options, region);
  return { region, wait, universe, excluded, barIntervalMs, thresholds: scannerThresholds };
}

function needsScanner({ files }: ReplayRunOptions): boolean {
  return files.some((file) => !file.hasSignals);
}

function hasScannerThread(options: ReplayRunOptions): boolean {
  return options.scannerMode === 'worker' && needsScanner(options) && options.inputs.config.scanner_rate === '5s';
}

function journalledOf({ source, recording }: ReplayRunOptions): JournalledFrames | null {
  return source ?? recording?.recovered?.journalled ?? null;
}
