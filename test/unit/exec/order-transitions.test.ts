import { describe, expect, it } from 'vitest';
import { nextOrderState, ORDER_EVENT_NAMES } from '../../../src/exec/order-transitions.ts';
import { isTerminal, ORDER_NONE, ORDER_STATE_NAMES } from '../../../src/model/order.ts';

/** The table as it is meant: per state, what each event leads to. Everything else is not in it. `=` is the state itself. */
const MEANT: Readonly<Record<string, string>> = {
  intent: 'approve>approved deny>denied',
  approved: 'submit>submitted',
  submitted:
    'accept>accepted partial fill>partially filled fill>filled cancel>canceled expire>expired reject>rejected ' +
    'send cancel>cancel in flight submit lost>submit unknown found open>accepted found partial>partially filled',
  'submit unknown':
    'accept>accepted partial fill>partially filled fill>filled cancel>canceled expire>expired reject>rejected ' +
    'send cancel>cancel in flight submit lost>= found open>accepted found partial>partially filled',
  accepted:
    'accept>= partial fill>partially filled fill>filled cancel>canceled expire>expired send cancel>cancel in flight ' +
    'submit lost>= found open>= found partial>partially filled',
  'partially filled':
    'accept>= partial fill>= fill>filled cancel>canceled expire>expired send cancel>cancel in flight submit lost>= ' +
    'found open>= found partial>=',
  'cancel in flight':
    'accept>= partial fill>= fill>filled cancel>canceled expire>expired reject>rejected cancel reject>cancel unknown ' +
    'submit lost>= cancel lost>cancel unknown found open>= found partial>=',
  'cancel unknown':
    'accept>= partial fill>= fill>filled cancel>canceled expire>expired reject>rejected send cancel>cancel in flight ' +
    'cancel reject>= submit lost>= cancel lost>= found open>accepted found partial>partially filled',
  filled: 'accept>= partial fill>= fill>= cancel reject>= submit lost>= cancel lost>= found open>= found partial>=',
  canceled: 'accept>= partial fill>= cancel>= cancel reject>= submit lost>= cancel lost>= found open>= found partial>=',
  expired: 'accept>= partial fill>= expire>= cancel reject>= submit lost>= cancel lost>= found open>= found partial>=',
  rejected: 'reject>= cancel reject>= submit lost>= cancel lost>=',
};

function meantOf(state: string): Map<string, string> {
  const events = [...ORDER_EVENT_NAMES].sort((a, b) => b.length - a.length).join('|');
  const states = [...ORDER_STATE_NAMES].sort((a, b) => b.length - a.length).join('|');
  const pairs = (MEANT[state] ?? '').matchAll(new RegExp(`(?<=^| )(${events})>(${states}|=)(?= |$)`, 'g'));
  return new Map([...pairs].map(([, event, next]) => [event!, next === '=' ? state : next!]));
}

describe('the transition table of orders', () => {
  it.each(ORDER_STATE_NAMES.map((name, state) => [name, state] as const))('from %s', (name, state) => {
    const meant = meantOf(name);
    for (const [event, eventName] of ORDER_EVENT_NAMES.entries()) {
      const next = nextOrderState(state, event);
      const expected = meant.get(eventName);
      expect(next === ORDER_NONE ? undefined : ORDER_STATE_NAMES[next], eventName).toBe(expected);
    }
  });

  it('never leads out of an end', () => {
    for (let state = 0; state < ORDER_STATE_NAMES.length; state++) {
      if (!isTerminal(state)) continue;
      for (let event = 0; event < ORDER_EVENT_NAMES.length; event++) {
        expect([ORDER_NONE, state]).toContain(nextOrderState(state, event));
      }
    }
  });
});
