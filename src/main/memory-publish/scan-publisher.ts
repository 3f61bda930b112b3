import {
  FRAME_SCAN,
  type FrameView,
  SIGNAL_INSTABILITY_50,
  SIGNAL_INSTABILITY_150,
  SIGNAL_V50,
  SIGNAL_V150,
  SIGNAL_V300,
  SIGNAL_V750,
  SIGNAL_VEL_DIV,
} from '../../model/frame.ts';
import type { EigenScan } from '../../model/memory-values.ts';
import type { FramePublisher, PublisherContext } from './frame-publisher.ts';

/** The eigenvalue scanner's part of the memory: each accepted scan into `DOLPHIN_FEATURES["latest_eigen_scan"]`. */
export class ScanPublisher implements FramePublisher {
  readonly #context: PublisherContext;
  #day = Number.NEGATIVE_INFINITY;
  #lastScanNumber = Number.NEGATIVE_INFINITY;

  constructor(context: PublisherContext) {
    this.#context = context;
  }

  onFrame(frame: FrameView): void {
    if (frame.kind !== FRAME_SCAN || !this.#isAccepted(frame)) return;
    const { memory, tally, universe } = this.#context;
    tally.add(memory.latestScan.write(scanOf(frame, universe)));
  }

  onEnd(): void {}

  /** A repeated number is no scan of its own; numbers may restart with each day. Semantics §1. */
  #isAccepted({ tsEventDay, scanNumber }: FrameView): boolean {
    if (tsEventDay !== this.#day) this.#lastScanNumber = Number.NEGATIVE_INFINITY;
    this.#day = tsEventDay;
    if (!(scanNumber > this.#lastScanNumber)) return false;
    this.#lastScanNumber = scanNumber;
    return true;
  }
}

/** A SCAN frame as the memory has it. @param universe - symbols in index order. */
export function scanOf({ signals, payload, ...frame }: FrameView, universe: readonly string[]): EigenScan {
  return {
    scanNumber: frame.scanNumber,
    day: frame.tsEventDay,
    nsOfDay: frame.tsEventNsOfDay,
    velDiv: finiteOrNaN(signals[SIGNAL_VEL_DIV] as number),
    v50: finiteOrNaN(signals[SIGNAL_V50] as number),
    v150: finiteOrNaN(signals[SIGNAL_V150] as number),
    v300: finiteOrNaN(signals[SIGNAL_V300] as number),
    v750: finiteOrNaN(signals[SIGNAL_V750] as number),
    instability50: finiteOrNaN(signals[SIGNAL_INSTABILITY_50] as number),
    instability150: finiteOrNaN(signals[SIGNAL_INSTABILITY_150] as number),
    assetPrices: Object.fromEntries(universe.map((symbol, a) => [symbol, finiteOrNaN(payload[a] as number)])),
  };
}

/** JSON has no infinities; like NaN they are no price and no signal (semantics §1). */
function finiteOrNaN(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}
