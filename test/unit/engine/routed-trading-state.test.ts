import { expect, test } from 'vitest';
import { COMMAND_FLATTEN, COMMAND_HALT, COMMAND_RESUME } from '../../../src/model/command.ts';
import { RISK } from '../../../src/model/exit-reason.ts';
import { INTENT_CANCEL_ENTRY, INTENT_ENTRY, INTENT_TRADING_STATE } from '../../../src/model/intent.ts';
import { TRADING_ACTIVE, TRADING_REDUCING } from '../../../src/risk/pre-trade-gate.ts';
import { RoutedRun } from './routed-run.ts';

const told = (run: RoutedRun): number[][] => run.intents.map(({ sequence, kind, reason }) => [sequence, kind, reason]);

test('a halt reaches execution with the next bar, once, and so does its end, before the decisions of the bar', () => {
  const run = new RoutedRun();
  run.decideShort();
  run.actor.onCommand(COMMAND_HALT);
  expect(run.intents).toHaveLength(1);
  run.eth(49);
  run.eth(49);
  run.actor.onCommand(COMMAND_HALT);
  run.eth(49);
  expect(told(run).slice(1)).toEqual([[1, INTENT_TRADING_STATE, TRADING_REDUCING]]);
  run.done(0); // its cancel ended it without a fill
  run.actor.onCommand(COMMAND_RESUME);
  run.eth(48, { velDiv: -0.03 });
  expect(told(run).slice(2)).toEqual([
    [2, INTENT_TRADING_STATE, TRADING_ACTIVE],
    [3, INTENT_ENTRY, 0],
  ]);
});

test('a halt that ends before the next bar was none to execution', () => {
  const run = new RoutedRun();
  run.decideShort();
  run.actor.onCommand(COMMAND_HALT);
  run.actor.onCommand(COMMAND_RESUME);
  run.eth(49);
  expect(run.intents).toHaveLength(1);
});

test('a flatten bars entries at execution first, and then cancels the working one', () => {
  const run = new RoutedRun();
  run.decideShort();
  run.actor.onCommand(COMMAND_FLATTEN);
  run.eth(49);
  expect(told(run).slice(1)).toEqual([
    [1, INTENT_TRADING_STATE, TRADING_REDUCING],
    [2, INTENT_CANCEL_ENTRY, RISK],
  ]);
});
