import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { onStopSignals, SAME_WISH_MS } from '../../src/main/exit-codes.ts';

let exits: (number | undefined)[];
beforeEach(() => {
  exits = [];
  vi.useFakeTimers({ toFake: ['performance'] });
  vi.spyOn(process, 'exit').mockImplementation((code) => {
    exits.push(code as number | undefined);
    return undefined as never;
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** The handler that onStopSignals put on SIGINT, called as the process would; the runner's own are left alone. */
function listen(stop: () => void) {
  const before = process.listeners('SIGINT');
  const signals = onStopSignals(stop);
  const [handler] = process.listeners('SIGINT').filter((listener) => !before.includes(listener));
  return { signals, send: (signal: NodeJS.Signals) => handler?.(signal) };
}

test('the copies of one Ctrl-C that a terminal, npx and a starter bring are one stop', () => {
  const stop = vi.fn();
  const { signals, send } = listen(stop);
  send('SIGINT');
  vi.advanceTimersByTime(SAME_WISH_MS / 2);
  send('SIGINT');
  send('SIGTERM');
  signals.release();
  expect(stop).toHaveBeenCalledTimes(1);
  expect(signals.received).toBe('SIGINT');
  expect(exits).toEqual([]);
});

test('a later one ends the process at once, with the code of the first', () => {
  const stop = vi.fn();
  const { signals, send } = listen(stop);
  send('SIGTERM');
  vi.advanceTimersByTime(SAME_WISH_MS + 1);
  send('SIGINT');
  signals.release();
  expect(stop).toHaveBeenCalledTimes(1);
  expect(exits).toEqual([143]);
});

test('a released handler leaves none behind', () => {
  const before = process.listenerCount('SIGINT') + process.listenerCount('SIGTERM');
  onStopSignals(() => undefined).release();
  expect(process.listenerCount('SIGINT') + process.listenerCount('SIGTERM')).toBe(before);
});
