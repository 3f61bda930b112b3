import { BarRingProducer } from '../../../../src/shm/bar-ring.ts';
import { CellWriter } from '../../../../src/shm/cell.ts';
import { type Doorbell, type ParkOutcome, WOKEN } from '../../../../src/shm/doorbell.ts';
import {
  type BellName,
  bellOffset,
  CELL_BUFFERS,
  CELL_MIDDLE,
  cellOffset,
  doubleIndex,
  headOffset,
  sleepingOffset,
  tailOffset,
  wordIndex,
} from '../../../../src/shm/layout.ts';
import type { Region } from '../../../../src/shm/region.ts';

/*
 * Parts with one bug each, to see the two-thread tests turn red. They are built around the production classes, which
 * know nothing of them.
 */

/** Takes every slot for released. */
export class UngatedProducer extends BarRingProducer {
  readonly #region: Region;

  constructor(region: Region) {
    super(region);
    this.#region = region;
  }

  override claim(): boolean {
    const { words, layout } = this.#region;
    Atomics.store(
      words,
      wordIndex(headOffset(layout, 'bar')),
      Atomics.load(words, wordIndex(tailOffset(layout, 'bar'))),
    );
    return super.claim();
  }
}

/** A region whose bells lie where nobody listens: whoever is built over it rings in vain. */
export function withDeafBells(region: Region): Region {
  return { ...region, layout: { ...region.layout, bells: region.layout.gauges } };
}

/** A region in which nobody announces what will be rewritten: an observer over it trusts every copy. */
export function withoutClaims(region: Region): Region {
  // Second half of the last gauge's line: reads 0 for ever.
  return { ...region, layout: { ...region.layout, barClaim: region.layout.cells - 64 } };
}

/** Forgets to ask again once its flag is up: the question is answered "no" the first time. */
export function parkWithoutAsking(bell: Doorbell, isReady: () => boolean, timeoutMs: number): ParkOutcome {
  let asked = 0;
  return bell.park(() => asked++ > 0 && isReady(), timeoutMs);
}

/** Reads the bell only after it has asked, so that a ring in between is taken for an old one. */
export function parkWithLateBell(
  region: Region,
  which: BellName,
  isReady: () => boolean,
  timeoutMs: number,
): ParkOutcome | 'lost' {
  const { words, layout } = region;
  const [bell, sleeping] = [wordIndex(bellOffset(layout, which)), wordIndex(sleepingOffset(layout, which))];
  Atomics.store(words, sleeping, 1);
  const isThere = isReady();
  const seen = Atomics.load(words, bell);
  const outcome = isThere ? 'not-equal' : Atomics.wait(words, bell, seen, timeoutMs);
  Atomics.store(words, sleeping, 0);
  return outcome === 'timed-out' && isReady() ? 'lost' : WOKEN;
}

/** Writes the buffer that lies in the middle instead of one of its own. */
export class InPlaceCellWriter extends CellWriter {
  readonly #region: Region;
  readonly #offset: number;

  constructor(region: Region, cell: 'acb') {
    super(region, cell);
    this.#region = region;
    this.#offset = cellOffset(region.layout, cell);
  }

  override publish(): void {
    const { words, doubles } = this.#region;
    this.version += 1;
    const middle = wordIndex(this.#offset + CELL_MIDDLE);
    const base = doubleIndex(this.#offset + CELL_BUFFERS + (Atomics.load(words, middle) & 3) * 128);
    doubles[base] = this.version;
    doubles.set(this.values, base + 1);
    Atomics.or(words, middle, 4);
  }
}
