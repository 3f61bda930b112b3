import { describe, expect, it } from 'vitest';
import { decodeAnyDay } from '../../../src/adapters/day-folder/decode.ts';
import { encodeSignal, type SignalMessage } from '../../../src/adapters/redis/signal-message.ts';
import { createFrame } from '../../../src/model/frame.ts';
import type { EnrichedSignal } from '../../../src/model/signal.ts';
import { isoFrom } from '../../../src/model/time.ts';
import { DayFrames } from '../../../src/replay/day-frames.ts';
import { attachDayBlock } from '../../../src/shm/day-block.ts';
import { SignalStage } from '../../../src/workers/signal-stage.ts';
import { runDirect } from '../../support/direct-report.ts';
import { type GoldenCase, goldenCases, planOf } from '../../support/golden-case.ts';

async function messagesOf(golden: GoldenCase): Promise<SignalMessage[]> {
  const plan = await planOf(golden);
  const stage = new SignalStage({ ...plan, config: golden.config });
  const frame = createFrame(plan.universe.length);
  const messages: SignalMessage[] = [];
  for (const file of plan.files) {
    const { buffer, shape } = await decodeAnyDay({ ...file, universe: plan.universe });
    const frames = new DayFrames(attachDayBlock(buffer, shape), file.day);
    while (frames.hasNext) {
      frames.fill(frame);
      const message = stage.messageOf(frame);
      if (message !== null) messages.push(message);
    }
  }
  return messages;
}

describe('generator and enricher in one line', () => {
  const golden = goldenCases().find(({ name }) => name === 'edges/champion')!;

  it('says of every asset that the engine entered what the engine knew of it', async () => {
    const plan = await planOf(golden);
    const { trades } = await runDirect(plan, golden.config);
    const signals = new Map<string, EnrichedSignal>();
    const factorDays = new Map<string, number>();
    for (const message of await messagesOf(golden)) {
      if (message.kind !== 'scan') continue;
      const ts = isoFrom(message.scan.day, message.scan.nsOfDay);
      for (const signal of message.signals) signals.set(`${ts} ${signal.symbol}`, signal);
      if (message.factors !== null) factorDays.set(ts.slice(0, 10), message.factors.day - message.scan.day);
    }
    const { min_irp_alignment, dc_min_magnitude_bps, ob_min_fill_probability } = golden.config;
    let withBook = 0;
    expect(trades.length).toBeGreaterThan(20);
    for (const trade of trades) {
      const signal = signals.get(`${trade.entryTs} ${trade.asset}`)!;
      expect(signal).toMatchObject({ direction: trade.direction, price: trade.entry });
      // The gates that let it through, asked of the signal's own figures.
      expect(signal.irpAlignment).toBeGreaterThanOrEqual(min_irp_alignment);
      expect(signal.direction * signal.momentum * 1e4).toBeGreaterThanOrEqual(dc_min_magnitude_bps);
      if (signal.book === null) continue;
      withBook++;
      expect(signal.book.fillProbability).toBeGreaterThanOrEqual(ob_min_fill_probability);
      expect(signal.direction * signal.book.depthAsymmetry).not.toBeNaN();
    }
    expect(withBook).toBeGreaterThan(0);
    // Factors are of the scan's own day, never of a later one.
    expect([...factorDays.values()].every((offset) => offset === 0)).toBe(true);
    expect(factorDays.size).toBeGreaterThan(0);
  });

  it('makes the same messages of the same days, to the last byte: that is what lets a publisher begin anew', async () => {
    const [first, second] = [await messagesOf(golden), await messagesOf(golden)];
    expect(first.length).toBeGreaterThan(5000);
    expect(second.map(encodeSignal)).toEqual(first.map(encodeSignal));
  });
});
