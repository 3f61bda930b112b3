import { DolphinActor, type Rules } from '../engine/actor.ts';
import { AlphaEngine } from '../engine/engine.ts';
import type { LiveCells } from '../engine/live-cells.ts';
import type { PostureSource } from '../engine/posture-source.ts';
import { deriveRunParams } from '../engine/run-params.ts';
import { restoreSnapshot, type SnapshotIdentity, writeSnapshot } from '../engine/snapshot.ts';
import { postureSourceOf } from '../engine/survival-postures.ts';
import type { DayResult } from '../model/day-result.ts';
import type { ExecutionReport } from '../model/execution-report.ts';
import type { FactorRow } from '../model/factors.ts';
import type { FillMode } from '../model/fill-mode.ts';
import type { FrameView } from '../model/frame.ts';
import type { IntentSink } from '../model/intent.ts';
import type { SafetyRow } from '../model/safety.ts';
import type { StrategyConfig } from '../model/strategy.ts';
import type { SurvivalRun } from '../model/survival-report.ts';
import { AdaptiveCircuitBreaker } from '../risk/adaptive-circuit-breaker.ts';
import { snapshotIdentity, stateHash } from './state-hash.ts';

/** What a machine is made from. */
export interface MachineInputs {
  readonly config: StrategyConfig;
  readonly universe: readonly string[];
  readonly barIntervalMs: number;
  readonly factors: readonly FactorRow[];
  readonly safety: readonly SafetyRow[];
  /** How decisions become fills; default analytic. */
  readonly fills?: FillMode;
}

export interface MachinePorts {
  readonly rules: Rules;
  readonly cells: LiveCells;
  /** Told of every decided entry and exit, inside the step. */
  readonly intents: IntentSink;
  /** Told of each finished day. */
  onDayEnd(result: DayResult): void;
}

/** Actor and engine, fed by a call: the machine of the engine worker without its ring and its thread. */
export class EngineMachine {
  readonly engine: AlphaEngine;
  readonly identity: SnapshotIdentity;
  private readonly actor: DolphinActor;
  private readonly posture: PostureSource;

  /** @throws RangeError when the reference asset is not in the universe. */
  constructor({ config, universe, barIntervalMs, factors, safety, fills }: MachineInputs, ports: MachinePorts) {
    const params = deriveRunParams(config, universe, barIntervalMs, fills);
    this.engine = new AlphaEngine(params, ports.intents);
    this.engine.setAcb(new AdaptiveCircuitBreaker(factors));
    this.posture = postureSourceOf(safety, params, this.engine);
    this.actor = new DolphinActor(
      this.engine,
      {
        posture: this.posture,
        cells: ports.cells,
        onDayEnd: (result) => ports.onDayEnd(result),
        onInterrupted: () => undefined,
      },
      ports.rules,
    );
    this.identity = snapshotIdentity(params, ports.rules);
  }

  /** Takes one frame of any kind, by the clock reading that it brings along. */
  take(frame: FrameView): void {
    this.actor.onFrame(frame);
  }

  /** Hears a report of execution, before the frame of its step. */
  hear(report: ExecutionReport): void {
    this.actor.onReport(report);
  }

  /** Obeys an order of the operator between two frames. @throws RangeError on one that is not the machine's. */
  obey(command: number): void {
    this.actor.onCommand(command);
  }

  /** What the survival stack did so far; null in a run without one. Allocates. */
  survival(): SurvivalRun | null {
    return this.posture.run();
  }

  /** The state between two frames, as bytes. */
  snapshot(): Uint8Array {
    return writeSnapshot(this.actor, this.identity);
  }

  /**
   * Goes on from a snapshot as if every frame before it had been fed here.
   * @throws SnapshotError when it is of another config, universe, rules or layout, or not whole.
   */
  restore(snapshot: Uint8Array): void {
    restoreSnapshot(this.actor, this.identity, snapshot);
  }

  /** Hash of the state between two frames, 64 lower-case hex digits. */
  stateHash(): string {
    return stateHash(this.snapshot());
  }
}
