import { type Command, InvalidArgumentError, Option } from 'commander';
import { DEPLOYMENTS } from '../adapters/memory/maps.ts';
import { FILL_MODES, VENUE_MODELS } from '../model/fill-mode.ts';
import { FSYNC_POLICIES } from '../replay/journal/fsync-policy.ts';
import { WAIT_MODES } from '../shm/idle.ts';
import { wholeNumber } from './flag-parsers.ts';
import { setOption } from './help-text.ts';

const SEED_MAX = 2 ** 32 - 1;

/** The flags of `RunFlags`: the same for every command that runs the engine. */
export function addRunFlags(command: Command): Command {
  return addMemoryFlags(addJournalFlags(addFillFlags(addStrategyFlags(command))))
    .addOption(new Option('--wait <strategy>', 'how idle threads wait').choices(WAIT_MODES).default('park'))
    .option('--run-dir <dir>', 'where "dolphin status" and "stop" find this run; default a folder of its own');
}

function addStrategyFlags(command: Command): Command {
  return command
    .option('--config <file>', 'strategy in YAML; default the champion')
    .addOption(setOption())
    .option('--survival', 'postures from a survival stack over the same frames, and the result without it beside')
    .option('--json <file>', 'also write the JSON report; - for standard output alone');
}

function addFillFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--fill <mode>', 'analytic: at the price of the bar; routed: by orders at a simulated venue')
        .choices(FILL_MODES)
        .default('analytic'),
    )
    .addOption(
      new Option('--venue <model>', 'routed: what fills orders, a price per bar (default) or books and trades').choices(
        VENUE_MODELS,
      ),
    )
    .option('--seed <number>', "routed: of the venue's randomness; default 1", wholeNumber(0, SEED_MAX));
}

function addJournalFlags(command: Command): Command {
  return command
    .option('--record <dir>', 'keep a journal of everything consumed and decided in this folder')
    .option('--resume', 'go on with the interrupted journal of --record')
    .addOption(new Option('--fsync <policy>', 'when the journal syncs').choices(FSYNC_POLICIES).default('interval'))
    .option('--segment-mib <size>', 'size at which a segment of the journal is closed, MiB', parseSegmentMib, 64);
}

function addMemoryFlags(command: Command): Command {
  return command
    .option(
      '--memory <where>',
      'where results and capital go: embedded:PATH, hazelcast://HOST:PORT[,...]?cluster=dolphin or none; ' +
        "default the config's, else none",
    )
    .addOption(
      new Option('--deployment <name>', "whose capital it is; default the config's, else blue").choices(DEPLOYMENTS),
    )
    .option('--adopt', 'go on with a capital state that another strategy made');
}

/** Also below 1, which tests and small machines use. */
function parseSegmentMib(text: string): number {
  const size = Number(text);
  if (!(size > 0 && size <= 1024)) throw new InvalidArgumentError('must be a number of MiB above 0, at most 1024.');
  return size;
}
