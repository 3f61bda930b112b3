/** Binance USD-M, newClientOrderId: `^[\.A-Z\:/a-z0-9_-]{1,36}$`. */
const VENUE_MAX_LENGTH = 36;
const PREFIX_ALPHABET = /^[.A-Z:/a-z0-9_-]+$/;
const RADIX = 36;
const EPOCH_DIGITS = 6;
const SEQ_DIGITS = 8;
const OWN_DIGITS = /^[0-9a-z]{14}$/;

/** Longest prefix that leaves room for epoch and sequence. A broker's prefix (10 characters) fits. */
export const CLIENT_ORDER_PREFIX_MAX = VENUE_MAX_LENGTH - EPOCH_DIGITS - SEQ_DIGITS;
/** Epochs and sequences beyond these would change the length of an id. */
export const RUN_EPOCH_MAX = RADIX ** EPOCH_DIGITS - 1;
export const CLIENT_ORDER_SEQ_MAX = RADIX ** SEQ_DIGITS - 1;

/** An id of ours, taken apart: a reusable record. */
export interface ParsedClientOrderId {
  runEpoch: number;
  clientOrderSeq: number;
}

/**
 * Client order ids `<prefix><runEpoch><seq>` (design §3): epoch and sequence in base 36 with leading zeros, 6 and 8 digits. An
 * epoch is drawn once per life of a process and a sequence counts its orders, so no id is ever used twice: at the venue an id
 * is unique among open orders only, which makes an order findable, not repeatable. Text is made at the edge; inside an
 * order is its sequence.
 */
export class ClientOrderIds {
  readonly runEpoch: number;
  private readonly prefix: string;
  private readonly stem: string;

  /**
   * @param prefix - marks every order of ours at the venue.
   * @param runEpoch - a whole number in [0, RUN_EPOCH_MAX], greater than that of every earlier life.
   * @throws RangeError when either breaks the rule of the venue.
   */
  constructor(prefix: string, runEpoch: number) {
    if (!PREFIX_ALPHABET.test(prefix) || prefix.length > CLIENT_ORDER_PREFIX_MAX) {
      throw new RangeError(
        `client order prefix must be 1 to ${CLIENT_ORDER_PREFIX_MAX} of A-Z a-z 0-9 . : / _ -, was "${prefix}"`,
      );
    }
    requireWhole('run epoch', runEpoch, RUN_EPOCH_MAX);
    this.prefix = prefix;
    this.runEpoch = runEpoch;
    this.stem = prefix + digits(runEpoch, EPOCH_DIGITS);
  }

  /** @throws RangeError when the sequence is no whole number in [0, CLIENT_ORDER_SEQ_MAX]. */
  format(clientOrderSeq: number): string {
    requireWhole('client order sequence', clientOrderSeq, CLIENT_ORDER_SEQ_MAX);
    return this.stem + digits(clientOrderSeq, SEQ_DIGITS);
  }

  /**
   * Takes an id of this prefix apart, also one of another run.
   * @returns false for an id that is not ours; `out` is then unchanged.
   */
  parseInto(out: ParsedClientOrderId, id: string): boolean {
    const own = id.slice(this.prefix.length);
    if (!id.startsWith(this.prefix) || !OWN_DIGITS.test(own)) return false;
    out.runEpoch = Number.parseInt(own.slice(0, EPOCH_DIGITS), RADIX);
    out.clientOrderSeq = Number.parseInt(own.slice(EPOCH_DIGITS), RADIX);
    return true;
  }
}

function digits(value: number, width: number): string {
  return value.toString(RADIX).padStart(width, '0');
}

function requireWhole(what: string, value: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= 0 && value <= max) return;
  throw new RangeError(`${what} must be a whole number from 0 to ${max}, was ${value}`);
}
