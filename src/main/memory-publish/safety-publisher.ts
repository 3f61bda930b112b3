import type { MemoryStatus } from '../../adapters/memory/memory-port.ts';
import { DolphinActor } from '../../engine/actor.ts';
import { AlphaEngine } from '../../engine/engine.ts';
import { NO_CELLS } from '../../engine/live-cells.ts';
import { deriveRunParams } from '../../engine/run-params.ts';
import { SurvivalPostures } from '../../engine/survival-postures.ts';
import type { FactorRow } from '../../model/factors.ts';
import type { FrameView } from '../../model/frame.ts';
import { DISCARD_INTENTS } from '../../model/intent.ts';
import type { SafetyValue } from '../../model/memory-values.ts';
import { POSTURE_NAMES } from '../../model/posture.ts';
import { SENSOR_NAMES } from '../../model/survival-report.ts';
import { MS_PER_DAY, NS_PER_MS } from '../../model/time.ts';
import { AdaptiveCircuitBreaker } from '../../risk/adaptive-circuit-breaker.ts';
import type { MemoryLink } from '../../risk/survival-sensors.ts';
import type { SurvivalStack } from '../../risk/survival-stack.ts';
import type { FramePublisher, PublisherContext } from './frame-publisher.ts';

/**
 * The survival-stack flow's part of the memory: every 5 s of event time posture, Rm and sensors into `DOLPHIN_SAFETY`
 * (semantics §8). Feed, coverage and stress come from the frames; the loss of the day is that of the strategy's own paper
 * account over the same frames; the memory sensor is this process's connection to the store at that moment.
 */
export class SafetyPublisher implements FramePublisher {
  readonly #context: PublisherContext;
  readonly #postures: SurvivalPostures;
  readonly #actor: DolphinActor;

  /** @param factors - of the days, for the paper account's regime multipliers. */
  constructor(context: PublisherContext, factors: readonly FactorRow[]) {
    const { config, universe, barIntervalMs } = context;
    this.#context = context;
    const params = deriveRunParams(config, universe, barIntervalMs);
    const engine = new AlphaEngine(params, DISCARD_INTENTS);
    engine.setAcb(new AdaptiveCircuitBreaker(factors));
    this.#postures = new SurvivalPostures([], params, engine, (stack, day, nsOfDay) =>
      this.#publish(stack, day * MS_PER_DAY + nsOfDay / NS_PER_MS),
    );
    const posture = this.#postures;
    this.#actor = new DolphinActor(
      engine,
      { posture, cells: NO_CELLS, onDayEnd: () => undefined, onInterrupted: () => undefined },
      'replay',
    );
  }

  onFrame(frame: FrameView): void {
    this.#postures.memory = linkOf(this.#context.memory.status());
    this.#actor.onFrame(frame);
  }

  onEnd(): void {}

  #publish(stack: SurvivalStack, tsMs: number): void {
    this.#context.tally.add(this.#context.memory.safety.write(safetyOf(stack, tsMs)));
  }
}

/** What a stack says at a moment, UNIX ms. A sensor without a full window is left out: it has nothing to say. */
export function safetyOf(stack: SurvivalStack, tsMs: number): SafetyValue {
  const known = SENSOR_NAMES.map((name, sensor) => [name, stack.sensors[sensor] as number] as const).filter(
    ([, value]) => !Number.isNaN(value),
  );
  return { posture: POSTURE_NAMES[stack.posture], rm: stack.rm, sensors: Object.fromEntries(known), tsMs };
}

function linkOf({ kind, connected }: MemoryStatus): MemoryLink {
  if (kind !== 'hazelcast') return 'embedded';
  return connected ? 'connected' : 'disconnected';
}
