import { describe, expect, test } from 'vitest';
import { parseRequest } from '../../../../src/main/control/control-line.ts';

describe('parseRequest', () => {
  test.each(['status', 'halt', 'resume', 'flatten', 'reset', 'stop'])('knows %s', (command) => {
    expect(parseRequest(JSON.stringify({ command, other: 1 }))).toBe(command);
  });

  const rule = 'command must be one of status, halt, resume, flatten, reset, stop; ';
  test.each<[string, string, string]>([
    ['no JSON', '{"command":', 'request must be one line of JSON, could not be parsed'],
    ['no object', '17', `${rule}was missing`],
    ['null', 'null', `${rule}was missing`],
    ['no command', '{}', `${rule}was missing`],
    ['another command', '{"command":"HALT"}', `${rule}was "HALT"`],
    ['a name that every object has', '{"command":"constructor"}', `${rule}was "constructor"`],
    ['a number', '{"command":1}', `${rule}was 1`],
    ['a long one, cut', `{"command":"${'x'.repeat(500)}"}`, `${rule}was "${'x'.repeat(79)}`],
  ])('refuses %s', (_situation, line, error) => {
    expect(parseRequest(line)).toEqual({ ok: false, error });
  });
});
