import { ClientNotActiveError, ClientOfflineError } from 'hazelcast-client';
import type { Unknown, Unreachable } from '../memory/memory-port.ts';

/** Our own deadline has passed; the request may still be carried out. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/** The request was not sent. */
export class NotSentError extends Error {
  override readonly name = 'NotSentError';
}

/** What a failed write means: only what was certainly not sent is `unreachable`. */
export function writeFailure(error: unknown): Unreachable | Unknown {
  return { kind: wasNotSent(error) ? 'unreachable' : 'unknown', reason: reasonOf(error) };
}

/** What a failed read means. */
export function readFailure(error: unknown): Unreachable {
  return { kind: 'unreachable', reason: reasonOf(error) };
}

function wasNotSent(error: unknown): boolean {
  return error instanceof NotSentError || error instanceof ClientOfflineError || error instanceof ClientNotActiveError;
}

function reasonOf(error: unknown): string {
  if (error instanceof ClientOfflineError) return 'no member is connected';
  return error instanceof Error ? error.message : String(error);
}
