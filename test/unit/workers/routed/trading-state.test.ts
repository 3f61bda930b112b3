import { describe, expect, test } from 'vitest';
import { REPORT_CANCELED, REPORT_DENIED } from '../../../../src/model/execution-report.ts';
import { MAX_HOLD } from '../../../../src/model/exit-reason.ts';
import { INTENT_EXIT, INTENT_TRADING_STATE } from '../../../../src/model/intent.ts';
import { DENY_REDUCING } from '../../../../src/risk/denial-reason.ts';
import { TRADING_ACTIVE, TRADING_REDUCING } from '../../../../src/risk/pre-trade-gate.ts';
import { SessionStage } from './session-stage.ts';

/** The engine tells that the operator bars entries, or lets them be again. */
const tell = (stage: SessionStage, reason: number) =>
  stage.decide({ kind: INTENT_TRADING_STATE, reason, direction: 0, assetIndex: -1, price: 0, qty: 0 });

function stageAt(price: number): SessionStage {
  const stage = new SessionStage();
  stage.bar(0, price);
  return stage;
}

describe('entries are barred', () => {
  test('a working entry is canceled, and no market order follows', () => {
    const stage = stageAt(100);
    stage.decide();
    stage.bar(5, 100);
    tell(stage, TRADING_REDUCING);
    stage.bar(10, 100); // the cancel has arrived
    stage.bar(15, 90); // far through the limit
    for (let second = 20; second <= 60; second += 5) stage.bar(second, 90);
    expect(stage.reports.some(({ kind }) => kind === REPORT_CANCELED)).toBe(true);
    expect([stage.fills, stage.done, stage.ordersSent]).toEqual([[], [0], 1]);
  });

  test('a new entry is denied, and an exit is not', () => {
    const stage = stageAt(100);
    stage.decide();
    stage.bar(5, 99.8);
    stage.bar(10, 99.8); // 1 is held
    tell(stage, TRADING_REDUCING);
    stage.decide({ kind: INTENT_EXIT, reason: MAX_HOLD, price: 99.8 });
    stage.bar(15, 99.8);
    stage.bar(20, 99.8);
    stage.decide();
    stage.bar(25, 99.8);
    expect(stage.done).toEqual([1, 1, 0]);
    expect(stage.reports.filter(({ kind }) => kind === REPORT_DENIED)).toMatchObject([{ status: DENY_REDUCING }]);
    expect(stage.session.account.qty(0)).toBe(0);
  });

  test('until they may be again', () => {
    const stage = stageAt(100);
    tell(stage, TRADING_REDUCING);
    tell(stage, TRADING_ACTIVE);
    stage.decide();
    stage.bar(5, 99.8);
    stage.bar(10, 99.8);
    expect(stage.done).toEqual([1]);
  });
});
