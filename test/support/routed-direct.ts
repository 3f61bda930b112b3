import { plannedDays } from '../../src/main/frame-origin.ts';
import type { ReplaySource } from '../../src/main/replay-source.ts';
import type { FrameView } from '../../src/model/frame.ts';
import { createIntent, type Intent, type IntentSink } from '../../src/model/intent.ts';
import type { EngineRun } from '../../src/model/trade.ts';
import { DayDecoder } from '../../src/workers/day-decoder.ts';
import { dayParts } from '../../src/workers/day-parts.ts';
import { DirectReplay } from '../../src/workers/direct-replay.ts';
import { OrderLogHash } from '../../src/workers/routed/order-log-hash.ts';
import { RoutedSession } from '../../src/workers/routed/routed-session.ts';
import type { RoutedSessionOptions } from '../../src/workers/routed/routed-session-options.ts';
import { ReportOutbox } from '../../src/workers/routed-execution.ts';
import { scannerThresholds } from '../../src/workers/scan-day.ts';

export interface RoutedDirect {
  readonly run: EngineRun;
  readonly orderLogHash: string;
  readonly stateHash: string;
}

/** The intents of a step, until execution works them. */
class Staged implements IntentSink {
  private readonly intents: Intent[] = [];

  emit(intent: Intent): void {
    this.intents.push(Object.assign(createIntent(), intent));
  }

  drain(work: (intent: Intent) => void): void {
    for (const intent of this.intents.splice(0)) work(intent);
  }
}

/** A routed replay by direct call: engine and session on this thread, in the order of lockstep (design §3). */
export async function runRoutedDirect({ inputs, universe, origin }: ReplaySource): Promise<RoutedDirect> {
  const { config, barIntervalMs } = inputs;
  const files = plannedDays(origin);
  const staged = new Staged();
  const outbox = new ReportOutbox();
  const orderLog = new OrderLogHash();
  const replay = new DirectReplay({ ...inputs, universe, fills: 'routed', intents: staged });
  const session = new RoutedSession(inputs.routed as RoutedSessionOptions, { reports: outbox, tape: orderLog });
  const decoder = await DayDecoder.create(
    {
      files,
      universe,
      excluded: replay.engine.params.excluded,
      barIntervalMs,
      scannerThresholds: scannerThresholds(config),
      needsScanner: files.some((file) => !file.hasSignals),
      scannerRate: config.scanner_rate,
      scannerMode: 'ahead',
      decoders: 1,
    },
    () => true,
  );
  const workStaged = () => staged.drain((intent) => session.onIntent(intent));
  const beforeFrame = (frame: FrameView): boolean => {
    workStaged();
    session.onFrame(frame);
    outbox.drain((report) => replay.hear(report));
    return true;
  };
  for (const file of files) {
    const day = await decoder.next();
    if (day === null) continue;
    for await (const frames of dayParts(day, file.day)) replay.feedFrames(frames, beforeFrame);
  }
  await decoder.close();
  workStaged();
  session.stopWorking();
  outbox.drain((report) => replay.hear(report));
  const run = replay.finish();
  return { run, orderLogHash: orderLog.digest(), stateHash: replay.stateHash() };
}
