import { type Command, InvalidArgumentError, Option } from 'commander';
import { WAIT_MODES } from '../shm/idle.ts';
import { ASSETS, RATES_HZ } from './commands/bench-latency-plan.ts';
import { wholeNumber } from './flag-parsers.ts';

/** `dolphin bench latency`. */
export function addBench(program: Command): void {
  const bench = program.command('bench').description('measure this machine');
  bench
    .command('latency')
    .description(
      'frames at planned times through source, engine and execution: latency per stage, beside other channels',
    )
    .option('--full', 'every rate, width and way of waiting: about an hour; without it five minutes')
    .option('--no-peers', 'leave C, Disruptor and MessagePort out')
    .option('--json <file>', 'also write the results; - for standard output alone; default bench/results/latency.json')
    .option('--rate <hz>', `only this rate: ${RATES_HZ.filter((rate) => rate > 0).join(', ')} or max`, parseRate)
    .option('--assets <count>', `only this width: ${ASSETS.join(' or ')}`, parseAssets)
    .addOption(new Option('--wait <strategy>', 'only this way of waiting').choices(WAIT_MODES))
    .option('--frames <count>', 'frames that count at each point', wholeNumber(1, 70_000))
    .action(async (flags) => {
      const { benchLatencyCommand } = await import('./commands/bench-latency.ts');
      process.exitCode = await benchLatencyCommand(flags);
    });
}

/** Frames per second; 0 for `max`. */
function parseRate(text: string): number {
  const rate = text === 'max' ? 0 : Number(text);
  if (RATES_HZ.some((known) => known === rate) && text !== '0') return rate;
  throw new InvalidArgumentError('must be 1, 10, 100, 1000 or max.');
}

function parseAssets(text: string): number {
  const assets = Number(text);
  if (ASSETS.some((known) => known === assets)) return assets;
  throw new InvalidArgumentError(`must be ${ASSETS.join(' or ')}.`);
}
