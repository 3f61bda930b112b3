import { type FrameView, SIGNAL_VALUES } from '../model/frame.ts';
import { blankFrame, readSlotHeader, type SlotVectors, slotOffset, slotVectors } from './bar-slot.ts';
import { Counter } from './counters.ts';
import { tailOffset, wordIndex } from './layout.ts';
import type { Region } from './region.ts';

/**
 * A reader of the bar ring that does not gate: the producer may overtake it. It copies a frame out, then checks that
 * the producer had not announced the slot's next use meanwhile, and counts what it lost. Any thread; starts at the
 * newest frame. The producer announces a quarter of the ring ahead, so an observer may lag by three quarters.
 */
export class BarRingObserver {
  /** The frame of the last poll() that returned true; its vectors are copies of its own. */
  readonly frame: FrameView;
  /** Frames that this observer lost. All observers' losses stand in the counter `observerLapped`. */
  lapped = 0;

  readonly #region: Region;
  readonly #slots: number;
  readonly #vectors: readonly SlotVectors[];
  readonly #copy: SlotVectors;
  readonly #tail: number;
  readonly #claim: number;
  readonly #fence = new Int32Array(new SharedArrayBuffer(4));
  readonly #lappedTotal: Counter;
  #next: number;

  constructor(region: Region) {
    this.#region = region;
    this.#slots = region.shape.barSlots;
    this.#vectors = slotVectors(region);
    this.#copy = {
      signals: new Float64Array(SIGNAL_VALUES),
      payload: new Float64Array(region.layout.payloadValues),
      assetVelDivs: new Float64Array(region.layout.assetVelDivValues),
    };
    this.frame = blankFrame(this.#copy);
    this.#tail = wordIndex(tailOffset(region.layout, 'bar'));
    this.#claim = wordIndex(region.layout.barClaim);
    this.#lappedTotal = new Counter(region, 'observerLapped');
    this.#next = Atomics.load(region.words, this.#tail);
  }

  /** Copies the next frame into `frame`; false when there is none, or when the producer overtook the copy. */
  poll(): boolean {
    const tail = Atomics.load(this.#region.words, this.#tail);
    if (tail === this.#next) return false;
    if (this.#isOvertaken()) {
      this.#skipTo((tail - 1) | 0);
      // Between tail and claim all but the newest quarter is safe, but a tiny ring may be overtaken at once again.
      if (this.#isOvertaken()) return false;
    }
    this.#copyOut(this.#next & (this.#slots - 1));
    // The store keeps the copy's reads before the load of the claim, on arm64 too (release, then acquire).
    Atomics.store(this.#fence, 0, 0);
    if (this.#isOvertaken()) {
      this.#skipTo(Atomics.load(this.#region.words, this.#tail));
      return false;
    }
    this.#next = (this.#next + 1) | 0;
    return true;
  }

  #isOvertaken(): boolean {
    const claim = Atomics.load(this.#region.words, this.#claim);
    return ((claim - this.#next) | 0) > this.#slots;
  }

  #skipTo(next: number): void {
    const lost = (next - this.#next) | 0;
    this.lapped += lost;
    this.#lappedTotal.add(lost);
    this.#next = next;
  }

  #copyOut(slot: number): void {
    const { words, doubles } = this.#region;
    const vectors = this.#vectors[slot]!;
    readSlotHeader(words, doubles, slotOffset(this.#region, slot), this.frame);
    this.#copy.signals.set(vectors.signals);
    this.#copy.payload.set(vectors.payload);
    this.#copy.assetVelDivs.set(vectors.assetVelDivs);
  }
}
