import type { SystemMemory } from '../../adapters/memory/system-memory.ts';
import type { AcbUpdate } from '../../model/memory-values.ts';
import { MS_PER_DAY } from '../../model/time.ts';
import { ACB_BETA, ACB_BOOST, ACB_REFUSED_SEQ, ACB_UPDATE_SEQ, CellWriter } from '../../shm/cell.ts';
import type { Region } from '../../shm/region.ts';

/**
 * `DOLPHIN_FEATURES["acb_boost"]` into the engine's cell, which takes it at the top of its next step (semantics §6.2). Values
 * that the schema refuses never get there; how many there were does, as `acbRejected` of the day.
 */
export class AcbFeed {
  private readonly memory: SystemMemory;
  private readonly cell: CellWriter;
  private readonly takesStanding: boolean;
  private readonly startedMs = Date.now();
  /** What stood in the memory before; `unknown` while it could not be asked. */
  private standing: AcbUpdate | 'unknown' | null = 'unknown';
  private newest: AcbUpdate | null = null;

  /**
   * @param takesStanding - false in a replay: what is pushed while it runs holds, not what was there for another day.
   */
  constructor(region: Region, memory: SystemMemory, takesStanding: boolean) {
    this.memory = memory;
    this.cell = new CellWriter(region, 'acb');
    this.takesStanding = takesStanding;
  }

  /** The value given to the engine last, or null. */
  get latest(): AcbUpdate | null {
    return this.newest;
  }

  async start(): Promise<void> {
    const { acbBoost } = this.memory;
    const reading = await acbBoost.read();
    if (reading.kind !== 'unreachable') this.standing = reading.kind === 'ok' ? reading.value : null;
    acbBoost.listen((update) => this.onValue(update));
  }

  /** Tells the engine of values that were refused since. */
  tellRefusals(): void {
    const { map, key } = this.memory.acbBoost;
    const refused = this.memory.status().refusedEntries[`${map}[${key}]`]?.count ?? 0;
    if (refused === this.cell.values[ACB_REFUSED_SEQ]) return;
    this.cell.values[ACB_REFUSED_SEQ] = refused;
    this.cell.publish();
  }

  private onValue(update: AcbUpdate): void {
    if (this.isStanding(update) && !(this.takesStanding && this.isOfToday(update))) return;
    this.newest = update;
    const { values } = this.cell;
    values[ACB_UPDATE_SEQ] = (values[ACB_UPDATE_SEQ] as number) + 1;
    values[ACB_BOOST] = update.boost;
    values[ACB_BETA] = update.beta;
    this.cell.publish();
  }

  /** A value holds until the next day (semantics §6.2): yesterday's is no news for a run that begins, or goes on, today. */
  private isOfToday({ tsMs }: AcbUpdate): boolean {
    return Number.isNaN(tsMs) || Math.floor(tsMs / MS_PER_DAY) === Math.floor(this.startedMs / MS_PER_DAY);
  }

  /** The first value heard may have been there before the run. */
  private isStanding({ boost, beta, tsMs }: AcbUpdate): boolean {
    const { standing } = this;
    this.standing = null;
    if (standing === null) return false;
    if (standing === 'unknown') return !(tsMs >= this.startedMs);
    return standing.boost === boost && standing.beta === beta && Object.is(standing.tsMs, tsMs);
  }
}
