import { describe, expect, test } from 'vitest';
import { deriveRunParams } from '../../../src/engine/run-params.ts';
import { eachMadeUpFrame, eager } from '../../../src/engine/warm-up.ts';
import { createChampionConfig } from '../../../src/model/strategy.ts';
import { READY, TIMED_OUT, WOKEN } from '../../../src/shm/doorbell.ts';
import { tailOffset, wordIndex } from '../../../src/shm/layout.ts';
import { Rehearsal, RehearsingIdle } from '../../../src/workers/rehearsal.ts';
import { ScratchEngine } from '../../../src/workers/scratch-engine.ts';

const UNIVERSE = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'XRPUSDT'];
const params = deriveRunParams(createChampionConfig(), UNIVERSE, 5000);

/** Intents that a scratch engine has decided. */
function intentsOf({ region }: ScratchEngine): number {
  return Atomics.load(region.words, wordIndex(tailOffset(region.layout, 'intent')));
}

describe('a rehearsal', () => {
  test('is played when nothing came, and only then', () => {
    const outcomes = [WOKEN, TIMED_OUT, READY, TIMED_OUT, TIMED_OUT] as const;
    let waits = 0;
    let plays = 0;
    const rehearsal = { play: () => plays++ } as unknown as Rehearsal;
    const idle = new RehearsingIdle({ idle: () => outcomes[waits++]! }, rehearsal);
    expect(outcomes.map(() => idle.idle())).toEqual(outcomes);
    expect(plays).toBe(3);
  });

  test('goes on for as long as a run may wait', () => {
    const rehearsal = new Rehearsal(params, true);
    for (let i = 0; i < 20_000; i++) rehearsal.play();
  });

  test('asks every gate and decides nothing, where the warm-up decides often', () => {
    const hurry = eager(params);
    const quiet = { ...hurry, config: { ...hurry.config, min_notional: Number.MAX_VALUE } };
    const [warmUp, rehearsal] = [new ScratchEngine(hurry, false), new ScratchEngine(quiet, false)];
    eachMadeUpFrame(params, (frame) => {
      warmUp.take(frame);
      rehearsal.take(frame);
    });
    expect(intentsOf(warmUp)).toBeGreaterThan(100);
    expect(intentsOf(rehearsal)).toBe(0);
  });
});
