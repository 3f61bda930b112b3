import { type AddHelpTextContext, type Command, Option } from 'commander';
import { collect, parseBarInterval, parseSpeed } from './flag-parsers.ts';

const DEFAULT_WIDTH = 80;

/** Text behind a command's help, wrapped as the help is. @param text - paragraphs; each newline begins a line. */
export function tail(text: string): (context: AddHelpTextContext) => string {
  return ({ command, error }) => {
    const help = command.createHelp();
    help.prepareContext({ error });
    return `\n${help.boxWrap(text, help.helpWidth ?? DEFAULT_WIDTH)}`;
  };
}

/** Has each command name its own help when it is not understood. */
export function pointToOwnHelp(command: Command, path = 'dolphin'): void {
  command.showHelpAfterError(`(see ${path} --help)`);
  for (const child of command.commands) pointToOwnHelp(child, `${path} ${child.name()}`);
}

/** `--set KEY=VALUE`, for all commands that take a strategy. */
export function setOption(): Option {
  return new Option('--set <key=value>', 'one key of the strategy; repeatable').argParser(collect).default([], 'none');
}

/** `--speed max | real | Nx`. */
export function speedOption(): Option {
  return new Option('--speed <speed>', 'max, real, or Nx (50x)').argParser(parseSpeed).default(0, 'max');
}

/** `--bar-interval MS | auto`. */
export function barIntervalOption(): Option {
  return new Option(
    '--bar-interval <ms>',
    "milliseconds, or auto to adopt what the data has; default the strategy's",
  ).argParser(parseBarInterval);
}
