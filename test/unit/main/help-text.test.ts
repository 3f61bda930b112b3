import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { buildProgram } from '../../../src/main/cli.ts';

const WIDTH = 80;

interface Shown {
  readonly path: string;
  readonly command: Command;
}

function everyCommand(command: Command, path = 'dolphin'): Shown[] {
  return [{ path, command }, ...command.commands.flatMap((child) => everyCommand(child, `${path} ${child.name()}`))];
}

/** What `--help` prints, texts behind the options included. */
function helpOf(command: Command): string {
  let shown = '';
  command.configureOutput({ writeOut: (text) => (shown += text), getOutHelpWidth: () => WIDTH });
  command.outputHelp();
  return shown;
}

test.each(everyCommand(buildProgram()))(
  '$path --help fits the screen, but for examples to be copied',
  ({ command }) => {
    const help = helpOf(command);
    const tooLong = help.split('\n').filter((line) => line.length > WIDTH && !line.includes('npx dolphin'));
    expect(help).toContain('Usage:');
    expect(tooLong).toEqual([]);
  },
);

test.each([
  [['journal', 'prune', '--nope'], '(see dolphin journal prune --help)'],
  [['replay', '--nope'], '(see dolphin replay --help)'],
])('%j points to its own help', async (args, hint) => {
  let shown = '';
  const program = buildProgram();
  for (const { command } of everyCommand(program)) command.configureOutput({ writeErr: (text) => (shown += text) });
  await expect(program.parseAsync(args, { from: 'user' })).rejects.toThrow();
  expect(shown).toContain(hint);
});
