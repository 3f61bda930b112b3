import { expect, test } from 'vitest';
import { blankAcbUpdate, blankPostureUpdate, type LiveCells, NO_CELLS } from '../../../src/engine/live-cells.ts';
import { createFrame } from '../../../src/model/frame.ts';
import { STALKER, TURTLE } from '../../../src/model/posture.ts';
import { fillCellsFrame, JournalledCells } from '../../../src/workers/journalled-inputs.ts';
import { ResumedCells } from '../../../src/workers/resumed-cells.ts';

const frame = createFrame(1);
const acb = { version: 4, boost: 1.25, beta: 0.5, refusals: 2, hasValue: true };
const posture = { version: 9, posture: STALKER, rm: 0.8, tsDay: 20_458, tsNsOfDay: 5e9 } as const;

test.each([
  ['both', acb, posture],
  ['the ACB alone', acb, null],
  ['the posture alone', null, posture],
  ['neither', null, null],
])('a frame of the ring says what the cells answered, once: %s', (_what, acbSaid, postureSaid) => {
  const cells = new JournalledCells();
  fillCellsFrame(frame, { acb, posture, hasChanged: true }); // what an earlier frame left in the slot
  fillCellsFrame(frame, { acb: acbSaid, posture: postureSaid, hasChanged: false });
  cells.prepare(frame);
  const takenAcb = blankAcbUpdate();
  const takenPosture = blankPostureUpdate();
  expect(cells.takePosture(takenPosture)).toBe(postureSaid !== null);
  expect(takenPosture).toEqual(postureSaid ?? blankPostureUpdate());
  expect(cells.takeAcb(takenAcb)).toBe(acbSaid !== null);
  expect(takenAcb).toEqual(acbSaid ?? blankAcbUpdate());
  expect([cells.takePosture(takenPosture), cells.takeAcb(takenAcb)]).toEqual([false, false]);
  expect([cells.postureVersion(), cells.acbVersion()]).toEqual([takenPosture.version, takenAcb.version]);
});

test('a change underneath a step is another version, asked once', () => {
  const cells = new JournalledCells();
  fillCellsFrame(frame, { acb: null, posture, hasChanged: true });
  cells.prepare(frame);
  const taken = blankAcbUpdate();
  cells.takeAcb(taken);
  expect([cells.acbVersion(), cells.acbVersion()]).toEqual([taken.version + 1, taken.version]);
});

test('a run that goes on hears its journal first, and other threads as soon as it has caught up', () => {
  const journalled = new JournalledCells();
  let said: typeof TURTLE | null = TURTLE;
  const present: LiveCells = {
    ...NO_CELLS,
    takePosture: (update) => {
      if (said === null) return false;
      Object.assign(update, { version: 1, posture: said });
      said = null;
      return true;
    },
  };
  let isCatchingUp = true;
  const cells = new ResumedCells(journalled, present, () => isCatchingUp);
  const taken = blankPostureUpdate();
  expect(cells.takePosture(taken)).toBe(false); // the journal has none here, and the other's waits
  fillCellsFrame(frame, { acb: null, posture, hasChanged: false });
  journalled.prepare(frame);
  expect([cells.takePosture(taken), taken.posture]).toEqual([true, STALKER]);
  isCatchingUp = false;
  expect([cells.takePosture(taken), taken.posture]).toEqual([true, TURTLE]);
  expect(cells.takePosture(taken)).toBe(false);
});
