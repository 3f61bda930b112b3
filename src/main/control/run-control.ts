import { ControlServer } from '../../adapters/control-socket/control-server.ts';
import { findRuns } from '../../adapters/control-socket/find-runs.ts';
import { MAX_LINE_BYTES } from '../../adapters/control-socket/line-splitter.ts';
import { RunDirectory } from '../../adapters/control-socket/run-directory.ts';
import type { RunNotice } from '../../adapters/control-socket/run-files.ts';
import { InputError } from '../../model/input-error.ts';
import { isStopRequested } from '../../shm/control.ts';
import { Gauge } from '../../shm/counters.ts';
import { TRADING_STATES } from '../../shm/layout.ts';
import type { Region } from '../../shm/region.ts';
import { BeatAges } from './beat-ages.ts';
import {
  type ControlAnswer,
  type ControlCommand,
  type EngineOrder,
  type OrderAnswer,
  parseRequest,
  refuse,
} from './control-line.ts';
import type { EngineOrders } from './engine-orders.ts';
import { hasEngineEnded } from './last-scan.ts';
import { type MemorySource, type RunFacts, readStatus } from './run-status.ts';
import { RunWatch } from './run-watch.ts';

const TAKEN_POLL_MS = 2;
/** An engine in the middle of its batch of frames takes a command within milliseconds; one that hangs never does. */
const TAKEN_WITHIN_MS = 2000;

export interface RunControlOptions {
  /** The run's directory, or undefined for one of its own in this user's folder of runs. */
  readonly runDir: string | undefined;
  readonly command: string;
  /** What it runs on, in words. */
  readonly subject: string;
  /** About; null in a run without an end. */
  readonly framesExpected: number | null;
  readonly isRecording: boolean;
  readonly region: Region;
  readonly orders: EngineOrders;
  /** The newest report of the memory worker; null in a run without one. */
  readonly memory: MemorySource | null;
  /** Realised so far, USDT. */
  readonly capital: () => number;
  /** Event seconds per second of a replay, 0: as fast as it can; null where frames come live. */
  readonly speed: number | null;
  /** Asks for the orderly stop of SIGINT. */
  readonly stop: () => void;
}

/**
 * The control socket that a run gets: where the user named a directory, or else where it can be had. A replay goes on
 * without one, and says so.
 * @throws InputError when a directory that the user named is not to be had or trusted.
 */
export async function openRunControl(options: RunControlOptions): Promise<RunControl | null> {
  try {
    return await RunControl.open(options);
  } catch (error) {
    if (options.runDir !== undefined || !(error instanceof InputError)) throw error;
    process.stderr.write(`dolphin: no control socket for this run (--run-dir DIR gives it one): ${error.message}\n`);
    return null;
  }
}

/** A run's end of the control socket: answers for main, hands orders on to the engine. */
export class RunControl {
  private readonly options: RunControlOptions;
  private readonly facts: RunFacts;
  private readonly directory: RunDirectory;
  private readonly beats: BeatAges;
  private readonly watch: RunWatch;
  private server: ControlServer | null = null;
  private wasStopped = false;
  private readonly removeFiles = () => this.directory.remove();

  /**
   * Opens the control socket of a run in this process.
   * @throws InputError when the directory is not to be had or trusted, its path is too long, or a run is in it.
   */
  static async open(options: RunControlOptions): Promise<RunControl> {
    const startedAt = new Date().toISOString();
    const clock = startedAt.slice(11, 19).replaceAll(':', '');
    const { command, subject, runDir } = options;
    const notice = { runId: `${command}-${clock}-${process.pid}`, pid: process.pid, command, subject, startedAt };
    await findRuns().catch(() => undefined); // clears what killed runs left; whether it can, is not this run's matter
    const directory =
      runDir === undefined ? RunDirectory.createDefault(notice) : await RunDirectory.createAt(runDir, notice);
    const control = new RunControl(options, directory, notice);
    await control.listen();
    return control;
  }

  private constructor(options: RunControlOptions, directory: RunDirectory, notice: RunNotice) {
    const { region, framesExpected, isRecording, speed, memory } = options;
    this.options = options;
    this.facts = { ...notice, framesExpected, isRecording, hasMemory: memory !== null, speed };
    this.directory = directory;
    this.beats = new BeatAges(region);
    this.watch = new RunWatch(region, memory);
    process.on('exit', this.removeFiles); // a second Ctrl-C ends the process at once
  }

  get runId(): string {
    return this.facts.runId;
  }

  /** True when a client has asked for the stop. */
  get isStoppedByClient(): boolean {
    return this.wasStopped;
  }

  /** Hangs up and removes what the run has put into its directory. */
  async close(): Promise<void> {
    this.beats.stop();
    this.watch.stop();
    await this.server?.close();
    this.removeFiles();
    process.off('exit', this.removeFiles);
  }

  private async listen(): Promise<void> {
    const tooLong = JSON.stringify(refuse(`request must have at most ${MAX_LINE_BYTES} bytes, had more; hanging up`));
    const { socketPath } = this.directory;
    try {
      this.server = await ControlServer.listen(socketPath, (line) => this.answer(line), tooLong);
    } catch (error) {
      await this.close();
      throw new InputError(`cannot listen at ${socketPath}: ${(error as NodeJS.ErrnoException).code ?? error}`);
    }
  }

  private async answer(line: string): Promise<string> {
    const request = parseRequest(line);
    return JSON.stringify(typeof request === 'string' ? await this.obey(request) : request);
  }

  private async obey(command: ControlCommand): Promise<ControlAnswer> {
    if (command === 'status') return { ok: true, status: this.status() };
    if (command !== 'stop') return this.order(command);
    this.wasStopped = true;
    this.options.stop();
    return this.orderAnswer(command, true);
  }

  private status() {
    const { region, memory, capital } = this.options;
    const status = readStatus(region, this.facts, {
      beatAgeMs: (worker) => this.beats.ageMs(worker),
      frameAgeMs: this.watch.frameAgeMs,
      storeOutSinceMs: this.watch.storeOutSinceMs,
      memory: memory?.() ?? null,
      capital: capital(),
    });
    return { ...status, isStopping: isStopRequested(region) };
  }

  private async order(order: EngineOrder): Promise<ControlAnswer> {
    if (hasEngineEnded(this.options.region)) return refuse(`${order} was not given: the run is at its end`);
    if (!this.options.orders.give(order)) {
      return refuse(
        `${order} was not given: the engine has left ${this.options.region.shape.commandSlots} orders untaken`,
      );
    }
    return this.orderAnswer(order, await this.areAllTaken());
  }

  /** Waits until the engine has obeyed everything that it was given. */
  private async areAllTaken(): Promise<boolean> {
    const deadlineMs = performance.now() + TAKEN_WITHIN_MS;
    while (!this.options.orders.areAllTaken) {
      if (performance.now() > deadlineMs || hasEngineEnded(this.options.region)) return false;
      await new Promise((resolve) => setTimeout(resolve, TAKEN_POLL_MS));
    }
    return true;
  }

  private orderAnswer(command: OrderAnswer['command'], obeyed: boolean): OrderAnswer {
    const code = new Gauge(this.options.region, 'tradingState').value;
    return { ok: true, command, obeyed, tradingState: TRADING_STATES[code] ?? 'active' };
  }
}
