const HIDDEN = '(hidden)';

/** The text without a secret, wherever it stands in it: servers quote what they were sent. */
export function hideSecret(text: string, secret: string | undefined): string {
  return secret === undefined || secret === '' ? text : text.replaceAll(secret, HIDDEN);
}

/**
 * Takes a secret out of an error, in place, before anybody else sees it: of its message, its stack, and of the command that
 * a client hangs on it (the arguments of a login are the secret).
 * @returns the same error.
 */
export function hideSecretIn<T extends Error>(error: T, secret: string | undefined): T {
  error.message = hideSecret(error.message, secret);
  if (error.stack !== undefined) error.stack = hideSecret(error.stack, secret);
  if ('command' in error) delete (error as { command?: unknown }).command;
  return error;
}
