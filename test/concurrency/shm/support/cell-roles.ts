import { CellReader, CellWriter } from '../../../../src/shm/cell.ts';
import { isStopRequested, requestStop } from '../../../../src/shm/control.ts';
import type { Region } from '../../../../src/shm/region.ts';
import { InPlaceCellWriter } from './broken-parts.ts';

/** Publishes values of which all four fields are equal, until asked to stop. */
export function churnCell(region: Region, isInPlace: boolean): void {
  const writer = isInPlace ? new InPlaceCellWriter(region, 'acb') : new CellWriter(region, 'acb');
  while (!isStopRequested(region)) {
    writer.values.fill(writer.version + 1);
    writer.publish();
  }
}

/** Takes `values` values; how many were torn, and how often a version went back. */
export function judgeCell(region: Region, values: number): { taken: number; torn: number; backwards: number } {
  const reader = new CellReader(region, 'acb');
  let [taken, torn, backwards, last] = [0, 0, 0, 0];
  for (; taken < values && torn === 0; taken++) {
    while (!reader.refresh());
    if (!reader.values.every((value) => value === reader.version)) torn += 1;
    if (reader.version <= last) backwards += 1;
    last = reader.version;
  }
  requestStop(region);
  return { taken, torn, backwards };
}
