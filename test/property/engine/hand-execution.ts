import type { DolphinActor } from '../../../src/engine/actor.ts';
import {
  createExecutionReport,
  REPORT_FILLED,
  REPORT_INTENT_DONE,
  REPORT_PARTIALLY_FILLED,
} from '../../../src/model/execution-report.ts';
import type { FrameView } from '../../../src/model/frame.ts';
import {
  INTENT_CANCEL_ENTRY,
  INTENT_ENTRY,
  INTENT_EXIT,
  type Intent,
  type IntentSink,
} from '../../../src/model/intent.ts';

/** Share of an intent that is filled at the first frame after it; the rest follows at the third. */
const FIRST_SHARE = 0.4;
const LAST_FRAME = 3;

/** Stands for execution: every intent is filled in two parts, at its decision price and the times of the frames. */
export class HandExecution implements IntentSink {
  private working: { readonly intent: Intent; frames: number; filled: number }[] = [];

  emit(intent: Intent): void {
    if (intent.kind === INTENT_ENTRY || intent.kind === INTENT_EXIT) {
      this.working.push({ intent: { ...intent }, frames: 0, filled: 0 });
    } else if (intent.kind === INTENT_CANCEL_ENTRY) {
      for (const work of this.working) work.frames = LAST_FRAME;
    }
  }

  /** Reports what happened up to `frame`, before the actor takes it. */
  reportTo(actor: DolphinActor, frame: FrameView): void {
    const { working } = this;
    this.working = [];
    for (const work of working) {
      const { intent } = work;
      const wasCanceled = work.frames >= LAST_FRAME;
      work.frames++;
      const isDone = work.frames >= LAST_FRAME;
      const lastQty = wasCanceled
        ? 0
        : isDone
          ? intent.qty - work.filled
          : work.frames === 1
            ? FIRST_SHARE * intent.qty
            : 0;
      work.filled += lastQty;
      const { tsEventDay, tsEventNsOfDay } = frame;
      const about = { intentSequence: intent.sequence, assetIndex: intent.assetIndex, tsEventDay, tsEventNsOfDay };
      const report = { ...createExecutionReport(), ...about, qtyCum: work.filled };
      const fill = { lastPx: intent.price, lastQty, fee: 1e-4 * intent.price * lastQty };
      if (lastQty > 0) actor.onReport({ ...report, ...fill, kind: isDone ? REPORT_FILLED : REPORT_PARTIALLY_FILLED });
      if (isDone) actor.onReport({ ...report, kind: REPORT_INTENT_DONE });
      else this.working.push(work);
    }
  }
}
