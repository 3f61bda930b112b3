import { parentPort, workerData } from 'node:worker_threads';
import { createExecutionReport, REPORT_FILLED } from '../../../src/model/execution-report.ts';
import type { FrameView } from '../../../src/model/frame.ts';
import type { Intent } from '../../../src/model/intent.ts';
import { Heartbeat } from '../../../src/shm/heartbeats.ts';
import { attachRegion } from '../../../src/shm/region.ts';
import { runDutyCycle } from '../../../src/workers/duty-cycle.ts';
import { ReportOutbox, RoutedExecution, type SteppedSession } from '../../../src/workers/routed-execution.ts';
import { reportsOfFrame, type ScriptedExecution } from './script.ts';

const { buffer, plan } = workerData as ScriptedExecution;
const region = attachRegion(buffer);
const heartbeat = new Heartbeat(region, 'EXECUTION');
const outbox = new ReportOutbox();
const report = createExecutionReport();

/** Answers each frame with as many reports as planned, and each intent with one, numbered in the order of telling. */
class ScriptedSession implements SteppedSession {
  told = 0;
  readonly frames: number[] = [];
  readonly intents: number[] = [];

  onFrame(frame: FrameView): void {
    this.frames.push(frame.sequence);
    for (let i = 0; i < reportsOfFrame(plan, frame.sequence); i++) this.tell(frame.sequence);
  }

  onIntent(intent: Intent): void {
    this.intents.push(intent.sequence);
    this.tell(-1);
  }

  stopWorking(): void {
    this.tell(-2);
  }

  private tell(status: number): void {
    report.kind = REPORT_FILLED;
    report.clientOrderSeq = this.told++;
    report.status = status;
    outbox.report(report);
  }
}

const session = new ScriptedSession();
const execution = new RoutedExecution(region, {
  session,
  outbox,
  watermark: null,
  ticks: null,
  flush: () => undefined,
});
heartbeat.setState('RUNNING');
let failure = '';
try {
  runDutyCycle(execution, execution, heartbeat);
} catch (error) {
  failure = (error as Error).message;
}
parentPort?.postMessage({ told: session.told, frames: session.frames, intents: session.intents, failure });
heartbeat.setState(failure === '' ? 'STOPPED' : 'FAILED');
