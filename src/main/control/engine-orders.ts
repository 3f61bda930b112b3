import { CommandRingProducer, INSUFFICIENT_CAPACITY } from '../../shm/record-ring.ts';
import type { Region } from '../../shm/region.ts';
import { ENGINE_ORDERS, type EngineOrder } from './control-line.ts';

/** Main's end of the command ring: operator and memory worker give their orders through this one. */
export class EngineOrders {
  private readonly commands: CommandRingProducer;
  private readonly slots: number;

  constructor(region: Region) {
    this.commands = new CommandRingProducer(region);
    this.slots = region.shape.commandSlots;
  }

  /** False when the engine has left too many orders untaken; it is counted. */
  give(order: EngineOrder): boolean {
    const { record } = this.commands;
    record.kind = ENGINE_ORDERS[order];
    record.argument = 0;
    return this.commands.offer() !== INSUFFICIENT_CAPACITY;
  }

  /** True once the engine has obeyed everything that it was given. */
  get areAllTaken(): boolean {
    return this.commands.freeSlots() === this.slots;
  }
}
