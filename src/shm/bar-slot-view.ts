import type { FrameView } from '../model/frame.ts';
import { blankFrame, pointFrameAt, readSlotHeader, type SlotVectors, slotOffset, slotVectors } from './bar-slot.ts';
import type { Region } from './region.ts';

/**
 * Reads slots of the bar ring where somebody else says that they lie, and keeps from overwriting: execution in lockstep
 * reads the frame that the engine has before it and has not released (design §3). Any thread.
 */
export class BarSlotView {
  /** The frame of the last read(), in place: its vectors are valid until the engine releases it. */
  readonly frame: FrameView;
  private readonly region: Region;
  private readonly vectors: readonly SlotVectors[];

  constructor(region: Region) {
    this.region = region;
    this.vectors = slotVectors(region);
    this.frame = blankFrame(this.vectors[0]!);
  }

  /** @param offset - byte offset of the slot in the region, as {@link BarRingConsumer.slotOffset} has it. */
  read(offset: number): void {
    const { words, doubles, layout } = this.region;
    const slot = (offset - slotOffset(this.region, 0)) / layout.barStrideBytes;
    pointFrameAt(this.frame, this.vectors[slot]!);
    readSlotHeader(words, doubles, offset, this.frame);
  }
}
