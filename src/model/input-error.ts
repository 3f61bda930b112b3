/** Bad input or usage: one message that names what, where, the value and the rule. Exit code 2. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** A frozen thing has changed (a drifted champion). Exit code 3. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}
