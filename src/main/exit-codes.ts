import { constants } from 'node:os';

/** Bad input or usage. */
export const EXIT_INPUT = 2;
/** A frozen thing has changed: hash drift. */
export const EXIT_INVARIANT = 3;
/** A journal holds what its writer cannot have left behind. */
export const EXIT_CORRUPTION = 4;
/** Anything else that went wrong. */
export const EXIT_FAILURE = 1;
/** `diff`: the two are not equal, as diff(1) says it. What keeps it from an answer has another code, faults aside. */
export const EXIT_DIFFERENT = 1;

type StopSignal = 'SIGINT' | 'SIGTERM';

/** What a shell reports for a process that ended by a signal: 130 for SIGINT, 143 for SIGTERM. */
export function exitCodeOfSignal(signal: StopSignal): number {
  return 128 + constants.signals[signal];
}

/**
 * Signals this soon after the first one are the same wish: a terminal sends its Ctrl-C to the whole process group, and
 * npx and the starter of the pinned runtime (bin/dolphin.mjs) each pass on what they got.
 */
export const SAME_WISH_MS = 1000;

/**
 * Turns SIGINT and SIGTERM into an orderly stop; a second wish ends the process at once. Hold it until the output is
 * written: without it a signal kills.
 * @param stop - called once, at the first signal.
 */
export function onStopSignals(stop: () => void): { readonly received: StopSignal | null; release(): void } {
  const state: { received: StopSignal | null } = { received: null };
  let receivedAtMs = 0;
  const handle = (signal: NodeJS.Signals) => {
    if (state.received !== null) {
      if (performance.now() - receivedAtMs > SAME_WISH_MS) process.exit(exitCodeOfSignal(state.received));
      return;
    }
    state.received = signal as StopSignal;
    receivedAtMs = performance.now();
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
