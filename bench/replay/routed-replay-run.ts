import { loadStrategy } from '../../src/main/config/load-config.ts';
import { ReplayRun } from '../../src/main/replay-run.ts';
import { type ReplaySource, sourceFromDays } from '../../src/main/replay-source.ts';
import { DEFAULT_SEED, routedSource } from '../../src/main/routed-source.ts';
import { decisionHash } from '../../src/report/decision-hash.ts';

/*
 * routed-replay-run.ts FOLDER analytic|routed
 *
 * A process of its own, so that it can be held on chosen cores: replays the folder through the worker threads, parked, and
 * prints what it took and what came of it as one JSON line.
 */
const [folder = '', fills = ''] = process.argv.slice(2);
const strategy = loadStrategy(null, ['direction=both', 'max_hold_bars=12']);
const days = await sourceFromDays(strategy, { data: folder, configName: 'bench' });
const source: ReplaySource = fills === 'routed' ? routedSource(days, { venue: 'bars', seed: DEFAULT_SEED }) : days;
const run = new ReplayRun({
  ...source,
  recording: null,
  wait: 'park',
  speed: 0,
  scannerMode: 'ahead',
  onDayEnd: () => undefined,
  onAlarm: (line) => console.error(line),
});

const cpuBefore = process.cpuUsage();
const { engine, execution } = await run.run();
const { user, system } = process.cpuUsage(cpuBefore);
const { bars, seconds } = engine.span;
console.log(
  JSON.stringify({
    bars,
    framesStepped: run.framesStepped,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    trades: engine.run.trades.length,
    decisionHash: decisionHash(engine.run.trades),
    orderLogHash: execution.routed?.orderLogHash ?? '',
    orders: execution.routed?.execution.counters['orders'] ?? 0,
  }),
);
