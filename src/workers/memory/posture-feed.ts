import type { SystemMemory } from '../../adapters/memory/system-memory.ts';
import { NO_POSTURE } from '../../engine/live-cells.ts';
import type { SafetyValue } from '../../model/memory-values.ts';
import { postureFromName } from '../../model/posture.ts';
import { MS_PER_DAY, NS_PER_MS } from '../../model/time.ts';
import { CellWriter, POSTURE_CODE, POSTURE_RM, POSTURE_TS_DAY, POSTURE_TS_NS_OF_DAY } from '../../shm/cell.ts';
import type { Region } from '../../shm/region.ts';

/**
 * `DOLPHIN_SAFETY["latest"]` into the posture's cell. A memory that is out of reach takes its word back: what the survival
 * stack says meanwhile, nobody knows.
 */
export class PostureFeed {
  private readonly memory: SystemMemory;
  private readonly cell: CellWriter;
  private newest: SafetyValue | null = null;
  private isReachable = true;

  constructor(region: Region, memory: SystemMemory) {
    this.memory = memory;
    this.cell = new CellWriter(region, 'posture');
  }

  /** The value published last, or null. */
  get latest(): SafetyValue | null {
    return this.newest;
  }

  start(): void {
    this.memory.safety.listen((value) => {
      this.newest = value;
      this.publish(value);
    });
  }

  /** Looks whether the memory can be reached; to be called once a second. */
  watch(): void {
    const { connected } = this.memory.status();
    if (connected === this.isReachable) return;
    this.isReachable = connected;
    if (connected) void this.sayAgain();
    else this.takeBack();
  }

  /** What the memory has now: one that came back empty says nothing. */
  private async sayAgain(): Promise<void> {
    const reading = await this.memory.safety.read();
    if (reading.kind === 'unreachable' || !this.isReachable) return;
    this.newest = reading.kind === 'ok' ? reading.value : null;
    if (this.newest !== null) this.publish(this.newest);
  }

  private takeBack(): void {
    const { values } = this.cell;
    values.fill(Number.NaN);
    values[POSTURE_CODE] = NO_POSTURE;
    this.cell.publish();
  }

  private publish(value: SafetyValue): void {
    const { values } = this.cell;
    const day = Math.floor(value.tsMs / MS_PER_DAY); // NaN where the writer gave no time
    values[POSTURE_CODE] = postureFromName(value.posture);
    values[POSTURE_RM] = value.rm;
    values[POSTURE_TS_DAY] = day;
    values[POSTURE_TS_NS_OF_DAY] = (value.tsMs - day * MS_PER_DAY) * NS_PER_MS;
    this.cell.publish();
  }
}
