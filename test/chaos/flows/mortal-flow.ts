import { FlowBench } from '../../integration/flows/flow-bench.ts';

/** Where a run of a flow kills its own process, as SIGKILL would from outside; `never`: it ends by itself. */
export const DEATHS = ['engine-runs', 'result-unwritten', 'before-state', 'after-state', 'never'] as const;
export type Death = (typeof DEATHS)[number];

const [state, data, flow, date, death] = process.argv.slice(2) as [
  string,
  string,
  'paper' | 'supervisor',
  string,
  Death,
];

const die = () => process.kill(process.pid, 'SIGKILL');
const isState = (map: string, key: string) => map === 'DOLPHIN_STATE_BLUE' && key.startsWith('latest');
const bench = new FlowBench(state, data);
bench.onMemory = (memory) => {
  if (death === 'before-state') memory.beforeWrite = (map, key) => void (isState(map, key) && die());
  if (death === 'after-state') memory.afterWrite = (map, key) => void (isState(map, key) && die());
};
const { runner } = bench.host.backends;
bench.host.backends.runner = (deployment) => {
  const engine = runner(deployment);
  const { run } = engine;
  engine.run = async (...day) => {
    const running = run.apply(engine, day);
    if (death === 'engine-runs') setImmediate(die);
    const result = await running;
    if (death === 'result-unwritten') die();
    return result;
  };
  return engine;
};
const outcome = await bench.run(flow, date);
process.stdout.write(`${outcome.state}\n`);
