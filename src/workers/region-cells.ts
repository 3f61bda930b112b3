import type { AcbUpdate, LiveCells, PostureUpdate } from '../engine/live-cells.ts';
import {
  ACB_BETA,
  ACB_BOOST,
  ACB_REFUSED_SEQ,
  ACB_UPDATE_SEQ,
  CellReader,
  POSTURE_CODE,
  POSTURE_RM,
  POSTURE_TS_DAY,
  POSTURE_TS_NS_OF_DAY,
} from '../shm/cell.ts';
import type { Region } from '../shm/region.ts';

/** The engine's view of the cells: atomics instead of spec 1.0's lock, and never a wait. */
export class RegionCells implements LiveCells {
  private readonly acb: CellReader;
  private readonly posture: CellReader;
  private readonly mc: CellReader;
  private takenVersion = 0;
  private takenPosture = 0;
  private updateSeq = 0;
  private refusedSeq = 0;

  constructor(region: Region) {
    this.acb = new CellReader(region, 'acb');
    this.posture = new CellReader(region, 'posture');
    this.mc = new CellReader(region, 'mc');
  }

  acbVersion(): number {
    return newestVersion(this.acb);
  }

  postureVersion(): number {
    return newestVersion(this.posture);
  }

  mcVersion(): number {
    return newestVersion(this.mc);
  }

  takeAcb(update: AcbUpdate): boolean {
    const version = newestVersion(this.acb);
    update.version = version;
    if (version === this.takenVersion) return false;
    this.takenVersion = version;
    const { values } = this.acb;
    const updateSeq = values[ACB_UPDATE_SEQ] as number;
    const refusedSeq = values[ACB_REFUSED_SEQ] as number;
    update.boost = values[ACB_BOOST] as number;
    update.beta = values[ACB_BETA] as number;
    update.hasValue = updateSeq !== this.updateSeq;
    update.refusals = refusedSeq - this.refusedSeq;
    this.updateSeq = updateSeq;
    this.refusedSeq = refusedSeq;
    return true;
  }

  takePosture(update: PostureUpdate): boolean {
    const version = newestVersion(this.posture);
    update.version = version;
    if (version === this.takenPosture) return false;
    this.takenPosture = version;
    const { values } = this.posture;
    update.posture = values[POSTURE_CODE] as PostureUpdate['posture'];
    update.rm = values[POSTURE_RM] as number;
    update.tsDay = values[POSTURE_TS_DAY] as number;
    update.tsNsOfDay = values[POSTURE_TS_NS_OF_DAY] as number;
    return true;
  }
}

/**
 * Version of the newest published value. It is taken to find out: a value that only waits tells that there is one, not
 * how many came before it.
 */
function newestVersion(cell: CellReader): number {
  cell.refresh();
  return cell.version;
}
