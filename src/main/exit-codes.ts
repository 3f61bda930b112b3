import { constants } from 'node:os';

/** Bad input or usage. */
export const EXIT_INPUT = 2;
/** A frozen thing has changed: hash drift. */
export const EXIT_INVARIANT = 3;
/** Anything else that went wrong. */
export const EXIT_FAILURE = 1;

type StopSignal = 'SIGINT' | 'SIGTERM';

/** What a shell reports for a process that ended by a signal: 130 for SIGINT, 143 for SIGTERM. */
export function exitCodeOfSignal(signal: StopSignal): number {
  return 128 + constants.signals[signal];
}

/**
 * Turns SIGINT and SIGTERM into an orderly stop; the second one ends the process at once.
 * @param stop - called once, at the first signal.
 */
export function onStopSignals(stop: () => void): { readonly received: StopSignal | null; release(): void } {
  const state: { received: StopSignal | null } = { received: null };
  const handle = (signal: NodeJS.Signals) => {
    if (state.received !== null) process.exit(exitCodeOfSignal(state.received));
    state.received = signal as StopSignal;
    stop();
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  return {
    get received() {
      return state.received;
    },
    release() {
      process.off('SIGINT', handle);
      process.off('SIGTERM', handle);
    },
  };
}
