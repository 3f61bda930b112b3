import { describe, expect, test } from 'vitest';
import { acbUpdateOf } from '../../../src/flows/acb-flow.ts';
import { checkDeployment, dailyCron, deploymentName } from '../../../src/flows/deployment-options.ts';
import { choosePosture } from '../../../src/flows/posture-choice.ts';
import { InputError } from '../../../src/model/input-error.ts';
import { APEX, TURTLE } from '../../../src/model/posture.ts';
import { dayFromDate } from '../../../src/model/time.ts';
import { ACBPositionSizer } from '../../../src/risk/acb-position-sizer.ts';

const DAY = dayFromDate('2026-01-20');
const quiet = (day: number, w750Velocity = Number.NaN) => ({
  day,
  fundingBtc: 0.0001,
  dvolBtc: 40,
  fearGreed: 60,
  w750Velocity,
});
const TENSE = { day: DAY, fundingBtc: -0.00015, dvolBtc: 60, fearGreed: 20, w750Velocity: 5 };

describe('the ACB update of a date', () => {
  test('holds boost, beta and cut of its factors, dated by its midnight', () => {
    // Three stress signals: 1 + 0.5 ln 4; w750 5 above p60 of 1..12 never, 5 < 7.6: beta 0.2.
    const before = Array.from({ length: 12 }, (_, i) => quiet(DAY - 12 + i, i + 1));
    expect(acbUpdateOf({ factors: [...before, TENSE], direction: 'short' }, '2026-01-20')).toEqual({
      boost: 1 + 0.5 * Math.log(4),
      beta: 0.2,
      cut: 0.55,
      tsMs: Date.parse('2026-01-20T00:00:00Z'),
    });
  });

  test('w750 above the 60th percentile of the days before: beta 0.8', () => {
    const before = Array.from({ length: 12 }, (_, i) => quiet(DAY - 12 + i, i / 10));
    expect(acbUpdateOf({ factors: [...before, TENSE], direction: 'both' }, '2026-01-20')).toMatchObject({
      beta: 0.8,
      boost: 1 + 0.5 * Math.log(4),
    });
  });

  test("LONG has LONG's boost; a day without factors is neutral", () => {
    expect(acbUpdateOf({ factors: [TENSE], direction: 'long' }, '2026-01-20').boost).toBeCloseTo(
      1 - (0.5 * Math.log(4)) / Math.log(6),
      15,
    );
    expect(acbUpdateOf({ factors: [TENSE], direction: 'short' }, '2026-01-21')).toMatchObject({
      boost: 1,
      beta: 0,
      cut: 0,
    });
  });
});

describe('ACBPositionSizer', () => {
  test('multiplies, then cuts', () => {
    const sizer = new ACBPositionSizer({ boost: 1.5, beta: 0.2, cut: 0.45 });
    // 1.5 * (1 + 0.2 * 8) * 0.5 = 1.95; 1000 * 1.95 * 0.55 = 1072.5
    expect(sizer.multiplier(2, 0.5)).toBeCloseTo(1.95, 12);
    expect(sizer.size(1000, 2, 0.5)).toBeCloseTo(1072.5, 9);
  });

  test('clamps boost and beta as the engine does', () => {
    expect(new ACBPositionSizer({ boost: 9, beta: -1, cut: 0 }).multiplier(3)).toBe(2);
  });

  test.each([
    ['a cut between the six', { boost: 1, beta: 0, cut: 0.5 }, 'cut must be one of 0, 0.15, 0.45, 0.55, 0.75, 0.8'],
    ['a boost that is none', { boost: Number.NaN, beta: 0, cut: 0 }, 'must be finite'],
  ])('refuses %s', (_situation, sizing, words) => {
    expect(() => new ACBPositionSizer(sizing)).toThrow(RangeError);
    expect(() => new ACBPositionSizer(sizing)).toThrow(words);
  });
});

describe('posture of a day', () => {
  const recorded = { day: DAY, posture: TURTLE, rm: 0.6 } as const;
  const now = { kind: 'ok', value: { posture: 'STALKER', rm: 0.8, sensors: null, tsMs: 0 } } as const;

  test('what was recorded for it wins over what the stack says now', () => {
    expect(choosePosture('2026-01-20', recorded, now).safety).toBe(recorded);
    expect(choosePosture('2026-01-20', null, now).safety).toEqual({ day: DAY, posture: 1, rm: 0.8 });
  });

  test.each([
    ['absent', { kind: 'absent' } as const],
    ['malformed (Rm: too big)', { kind: 'malformed', reason: 'Rm: too big' } as const],
    ['out of reach', null],
  ])('%s: APEX, with a warning', (words, reading) => {
    const { safety, note } = choosePosture('2026-01-20', null, reading);
    expect(safety).toBe(null);
    expect(APEX).toBe(0);
    expect(note).toMatchObject({ level: 'warning', text: expect.stringContaining(words) });
  });
});

describe('a deployment', () => {
  const registered = {
    name: 'dolphin-paper-blue',
    track: { flow: 'paper', deployment: 'blue', memory: 'none' } as const,
    cron: '5 0 * * *',
    registeredMs: 0,
    optionsJson: JSON.stringify({ data: '/days', config: null, memory: 'none', barInterval: 'auto' }),
  };

  test('is named and timed as in spec 1.0 §11.3', () => {
    expect(deploymentName('supervisor', 'blue')).toBe('dolphin-nautilus-blue');
    expect(dailyCron('00:05')).toBe('5 0 * * *');
    expect(checkDeployment(registered)).toMatchObject({ atMs: 300_000, options: { barInterval: 'auto' } });
  });

  test.each([
    ['24:00', () => dailyCron('24:00')],
    ['blue or green', () => checkDeployment({ ...registered, track: { ...registered.track, deployment: 'red' } })],
    ['data', () => checkDeployment({ ...registered, optionsJson: '{"config":null}' })],
    ['M H * * *', () => checkDeployment({ ...registered, cron: '*/5 * * * *' })],
  ])('that is wrong is refused: %s', (words, make) => {
    expect(make).toThrow(InputError);
    expect(make).toThrow(words);
  });
});
