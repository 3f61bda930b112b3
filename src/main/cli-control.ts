import type { Command } from 'commander';
import type { Order } from './control/control-line.ts';
import { tail } from './help-text.ts';

const RUN_HELP = 'id of a run or its beginning, its process id, or its run directory; default the only one';

/** `dolphin status` and the operator's orders, to runs in other processes of this user. */
export function addControl(program: Command): void {
  addStatus(program);
  addOrder(program, 'halt', 'bar entries; exits go on');
  addOrder(program, 'resume', 'allow entries again');
  addOrder(program, 'flatten', 'bar entries and close the open position at its next valid price');
  addOrder(program, 'reset', 'reset the circuit breaker by hand');
  addOrder(program, 'stop', 'end a run in order, as Ctrl-C does');
}

function addStatus(program: Command): void {
  program
    .command('status')
    .argument('[run]', RUN_HELP)
    .description('show what runs and what the flows have come to: at a glance, then in full')
    .option('--json', 'as JSON; with --watch one line each time')
    .option('--watch', 'again every second, until the run has ended')
    .option('--state <dir>', 'folder of the flows; default runs/flows, where it is there')
    .addHelpText('after', tail('Exit code 1 when no run is running or one does not answer, also when flows are shown.'))
    .action(async (run, flags) => {
      const { statusCommand } = await import('./commands/status.ts');
      process.exitCode = await statusCommand(run, flags);
    });
}

function addOrder(program: Command, order: Order, description: string): void {
  program
    .command(order)
    .argument('[run]', RUN_HELP)
    .description(description)
    .option('--yes', 'do not ask; needed where there is no terminal')
    .option('--json', 'the answer as JSON')
    .addHelpText(
      'after',
      tail(
        'May be given again and changes nothing then. Exit code 0: obeyed; 1: not confirmed, or the run did not obey.',
      ),
    )
    .action(async (run, flags) => {
      const { controlCommand } = await import('./commands/control.ts');
      process.exitCode = await controlCommand(order, run, flags);
    });
}
