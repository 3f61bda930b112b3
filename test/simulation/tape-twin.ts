import { TapeReplay } from '../../src/exec/tape-replay.ts';
import { TapedMachine } from '../../src/exec/taped-machine.ts';
import { NO_TAPE, type TapeKind, type TapeSink } from '../../src/model/execution-tape.ts';
import { APPROVE_ALL } from '../../src/model/order.ts';
import { executionSettingsOf, type RoutedSessionOptions } from '../../src/workers/routed/routed-session-options.ts';
import { requireThat } from './violation.ts';

/** A second execution machine that lives by the tape of the first alone, and must do the same. */
export class TapeTwin implements TapeSink {
  private readonly replay: TapeReplay;

  /** @param session - settings of the session that writes the tape. */
  constructor(session: RoutedSessionOptions) {
    const { instruments, runEpoch } = session;
    const nobody = { submit: () => undefined, cancel: () => undefined, query: () => undefined };
    const ports = {
      venue: nobody,
      reports: { report: () => undefined },
      irregularities: { irregular: () => undefined },
      check: APPROVE_ALL,
      touches: { readInto: () => undefined },
    };
    const options = { runEpoch, settings: executionSettingsOf(session), instruments };
    this.replay = new TapeReplay(new TapedMachine(options, ports, NO_TAPE));
  }

  write(kind: TapeKind, values: Float64Array): void {
    this.replay.write(kind, values);
  }

  /** The tape is at its end. @throws Violation where the two machines part. */
  finish(): void {
    const { difference, beyondEnd, records } = this.replay.finish();
    const facts = { records, beyondEnd, difference: JSON.stringify(difference) };
    requireThat(difference === null && beyondEnd === 0, 'execution alone, from its tape, does the same', facts);
  }
}
