import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClientNotActiveError, ClientOfflineError, TargetDisconnectedError } from 'hazelcast-client';
import { expect, test, vi } from 'vitest';
import { hazelcastCredentials } from '../../../src/adapters/hazelcast/credentials.ts';
import { DeadlineError, NotSentError, writeFailure } from '../../../src/adapters/hazelcast/failure.ts';
import { Operations } from '../../../src/adapters/hazelcast/operations.ts';

const LIMITS = { deadlineMs: 30, maxInFlight: 2 };

function pending<T>() {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

test('an operation that is not answered ends by its deadline and counts as in flight until the client drops it', async () => {
  const operations = new Operations(LIMITS);
  const hung = pending<number>();
  await expect(operations.run(() => hung.promise)).rejects.toThrow(DeadlineError);
  expect(operations.inFlight).toBe(1);
  void operations.run(() => hung.promise).catch(() => {});
  await expect(operations.run(() => Promise.resolve(1))).rejects.toThrow(
    '2 operations are in flight, the most allowed',
  );
  hung.resolve(1);
  await vi.waitFor(() => expect(operations.inFlight).toBe(0));
  await expect(operations.run(() => Promise.resolve(2))).resolves.toBe(2);
});

test('a write is not sent before the one ahead of it has ended for certain, deadline or not', async () => {
  const operations = new Operations(LIMITS);
  const sent: string[] = [];
  const hung = pending<string>();
  const send = (name: string, answer: Promise<string>) => () => {
    sent.push(name);
    return answer;
  };
  await expect(operations.runWrite('k', send('first', hung.promise))).rejects.toThrow(DeadlineError);
  await expect(operations.runWrite('k', send('second', Promise.resolve('2')))).rejects.toThrow(NotSentError);
  await expect(operations.runWrite('j', send('other key', Promise.resolve('3')))).resolves.toBe('3');
  const third = operations.runWrite('k', send('third', Promise.resolve('4')));
  hung.resolve('1');
  await expect(third).resolves.toBe('4');
  expect(sent).toEqual(['first', 'other key', 'third']);
});

test('only what was certainly not sent is unreachable, all else may have happened', () => {
  expect(writeFailure(new ClientOfflineError()).kind).toBe('unreachable');
  expect(writeFailure(new ClientNotActiveError('x')).kind).toBe('unreachable');
  expect(writeFailure(new NotSentError('x')).kind).toBe('unreachable');
  expect(writeFailure(new TargetDisconnectedError('x')).kind).toBe('unknown');
  expect(writeFailure(new DeadlineError('x')).kind).toBe('unknown');
});

test('credentials come from the environment or a file of this user alone, and are never shown', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dolphin-secret-'));
  const file = join(folder, 'password');
  writeFileSync(file, 'hunter2\n', { mode: 0o600 });
  const user = { DOLPHIN_HAZELCAST_USERNAME: 'me' };
  expect(hazelcastCredentials({})).toBeNull();
  expect(hazelcastCredentials({ ...user, DOLPHIN_HAZELCAST_PASSWORD: 'p' })).toEqual({ username: 'me', password: 'p' });
  expect(hazelcastCredentials({ ...user, DOLPHIN_HAZELCAST_PASSWORD_FILE: file })).toEqual({
    username: 'me',
    password: 'hunter2',
  });
  expect(() => hazelcastCredentials(user)).toThrow(
    'DOLPHIN_HAZELCAST_PASSWORD or DOLPHIN_HAZELCAST_PASSWORD_FILE must be set',
  );
  expect(() => hazelcastCredentials({ DOLPHIN_HAZELCAST_PASSWORD: 'hunter2' })).toThrow(
    /^(?!.*hunter2).*USERNAME must be set/,
  );
  chmodSync(file, 0o640);
  expect(() => hazelcastCredentials({ ...user, DOLPHIN_HAZELCAST_PASSWORD_FILE: file })).toThrow(
    `DOLPHIN_HAZELCAST_PASSWORD_FILE: ${file} must be readable by its owner only (chmod 600), its mode is 640`,
  );
  rmSync(folder, { recursive: true });
});
