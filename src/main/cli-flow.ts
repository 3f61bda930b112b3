import { type Command, Option } from 'commander';
import { DEPLOYMENTS } from '../adapters/memory/maps.ts';
import { FLOWS, type FlowName } from '../adapters/run-table/run-record.ts';
import { MISSED_POLICIES } from '../flows/due-dates.ts';
import { parseDate, wholeNumber } from './flag-parsers.ts';
import { barIntervalOption } from './help-text.ts';

const FLOW_HELP = 'paper, supervisor or acb';
const PREFECT_HELP = 'URL of the API of a Prefect server that is told of each run, such as http://127.0.0.1:4200/api';
const QUEUE_HELP = 'redis://HOST:PORT: days are taken by whichever machine serves the same queue';

/** `dolphin flow run | serve | register | ls | show | factors`. */
export function addFlow(program: Command): void {
  const flow = program.command('flow').description('days that run by themselves and hand capital on');
  addRun(flow);
  addRegister(flow);
  addServe(flow);
  addLs(flow);
  addShow(flow);
  addFactors(flow);
}

/** Flags that say how the days of a flow are run. */
function withDeployment(command: Command): Command {
  return withState(command)
    .requiredOption('--data <dir>', 'folder with one YYYY-MM-DD.parquet per day')
    .option('--config <file>', 'strategy in YAML; default the champion')
    .option(
      '--memory <where>',
      "embedded:PATH, hazelcast://HOST:PORT[,...]?cluster=NAME or none; default the config's, else a file in the state folder",
    )
    .addOption(barIntervalOption())
    .addOption(
      new Option('--deployment <name>', "whose capital it is; default the config's, else blue").choices(DEPLOYMENTS),
    );
}

function withState(command: Command): Command {
  return command.option('--state <dir>', 'folder of run table and results', 'runs/flows');
}

function flowArgument(command: Command): Command {
  return command.addArgument(command.createArgument('<flow>', FLOW_HELP).choices(FLOWS));
}

function addRun(flow: Command): void {
  withDeployment(flowArgument(flow.command('run')))
    .description('run one day of a flow now; a day that is in the capital already is not traded again')
    .requiredOption('--date <date>', 'the day to trade, YYYY-MM-DD', parseDate)
    .option('--dry-run', 'check data, parameters and capital; write nothing')
    .option('--adopt', 'go on with a state of another strategy, or one marked DO-NOT-USE')
    .option('--queue <url>', QUEUE_HELP)
    .option('--prefect <url>', PREFECT_HELP)
    .option('--json', 'the run as JSON')
    .action(async (name: FlowName, flags) => {
      const { flowRunCommand } = await import('./commands/flow-run.ts');
      process.exitCode = await flowRunCommand(name, flags);
    });
}

function addRegister(flow: Command): void {
  withDeployment(flowArgument(flow.command('register')))
    .description('have "flow serve" run a flow every day')
    .option('--at <time>', 'time of day, HH:MM in UTC; default acb 00:01, paper 00:05, supervisor 00:10')
    .action(async (name: FlowName, flags) => {
      const { flowRegisterCommand } = await import('./commands/flow-register.ts');
      process.exitCode = flowRegisterCommand(name, flags);
    });
}

function addServe(flow: Command): void {
  withState(flow.command('serve'))
    .description('run the registered flows at their times until Ctrl-C')
    .addOption(
      new Option('--missed <policy>', 'days whose time passed while nothing served')
        .choices(MISSED_POLICIES)
        .default('catch-up'),
    )
    .option('--queue <url>', QUEUE_HELP)
    .option('--prefect <url>', PREFECT_HELP)
    .option('--once', 'do what is due now, then end')
    .action(async (flags) => {
      const { flowServeCommand } = await import('./commands/flow-serve.ts');
      process.exitCode = await flowServeCommand(flags);
    });
}

function addLs(flow: Command): void {
  withState(flow.command('ls'))
    .description('list registered flows and the newest runs')
    .option('--limit <n>', 'runs to list', wholeNumber(1, 10_000), 20)
    .option('--json', 'as JSON')
    .action(async (flags) => {
      const { flowLsCommand } = await import('./commands/flow-ls.ts');
      process.exitCode = flowLsCommand(flags);
    });
}

function addShow(flow: Command): void {
  withState(flow.command('show').argument('<id>', 'number of a run', wholeNumber(1, Number.MAX_SAFE_INTEGER)))
    .description('show the attempts and the log of one run')
    .option('--json', 'as JSON')
    .action(async (id: number, flags) => {
      const { flowShowCommand } = await import('./commands/flow-show.ts');
      process.exitCode = flowShowCommand(id, flags);
    });
}

function addFactors(flow: Command): void {
  flow
    .command('factors')
    .description('write factors.csv from published daily tables, each value on the day after its own')
    .requiredOption('--external <dir>', 'folder of funding_btc_daily.csv, dvol_btc_daily.csv and fear_greed_daily.csv')
    .requiredOption('--out <file>', 'factors.csv, to lie beside the days')
    .option('--scans <dir>', 'days with scan columns: the daily mean of their 750-bar velocity')
    .action(async (flags) => {
      const { flowFactorsCommand } = await import('./commands/flow-factors.ts');
      process.exitCode = await flowFactorsCommand(flags);
    });
}
