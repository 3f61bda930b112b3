import { join } from 'node:path';
import { EmbeddedStore } from '../../../src/adapters/embedded/embedded-store.ts';
import type { Deployment } from '../../../src/adapters/memory/maps.ts';
import type { MemoryPort } from '../../../src/adapters/memory/memory-port.ts';
import { SystemMemory } from '../../../src/adapters/memory/system-memory.ts';
import type { FlowName } from '../../../src/adapters/run-table/run-record.ts';
import type { CheckedDeployment } from '../../../src/flows/deployment-options.ts';
import type { FlowOutcome } from '../../../src/flows/flow-run.ts';
import { type DayOrder, type FlowHost, runDay } from '../../../src/flows/run-day.ts';
import { deploymentOf, openFlowHost } from '../../../src/main/commands/flow-setup.ts';

/** Operations of a memory, counted from 1, of which none is carried out; `behind`: the first one is, but not answered. */
export interface Cut {
  readonly from: number;
  readonly to: number;
  readonly where: 'before' | 'behind';
}

/** The real embedded store with a wire that can be cut. */
export class CutMemory implements MemoryPort {
  readonly kind = 'embedded';
  isDown = false;
  refusal: string | null = null;
  /** Reads and compare-and-sets so far. */
  operations = 0;
  cut: Cut | null = null;
  /** Asked before each compare-and-set; may cut the wire, or end the process. */
  beforeWrite: (map: string, key: string) => void = () => undefined;
  /** Told of each compare-and-set that has happened. */
  afterWrite: (map: string, key: string) => void = () => undefined;
  readonly #store: EmbeddedStore;

  constructor(path: string) {
    this.#store = EmbeddedStore.open(path);
  }

  async get(map: string, key: string) {
    return this.#fate() === 'answered' && !this.isDown ? this.#store.get(map, key) : DOWN;
  }
  put(map: string, key: string, text: string) {
    return this.isDown ? Promise.resolve(DOWN) : this.#store.put(map, key, text);
  }
  async compareAndSet(map: string, key: string, expected: string | null, text: string) {
    this.beforeWrite(map, key);
    const fate = this.#fate();
    if (this.isDown || fate === 'lost') return DOWN;
    const outcome = await this.#store.compareAndSet(map, key, expected, text);
    this.afterWrite(map, key);
    return fate === 'answered' ? outcome : UNANSWERED;
  }
  keys(map: string) {
    return this.isDown ? Promise.resolve(DOWN) : this.#store.keys(map);
  }
  listen(map: string, key: string | null, onValue: (key: string, text: string) => void) {
    return this.#store.listen(map, key, onValue);
  }
  onConnected(listener: () => void) {
    return this.#store.onConnected(listener);
  }
  ready() {
    return Promise.resolve(!this.isDown);
  }
  status() {
    return { ...this.#store.status(), refusal: this.refusal };
  }
  close() {
    return this.#store.close();
  }

  #fate(): 'answered' | 'lost' | 'unanswered' {
    this.operations += 1;
    if (this.cut === null || this.operations < this.cut.from || this.operations >= this.cut.to) return 'answered';
    return this.cut.where === 'behind' && this.operations === this.cut.from ? 'unanswered' : 'lost';
  }
}

const DOWN = { kind: 'unreachable', reason: 'the wire is cut' } as const;
const UNANSWERED = { kind: 'unknown', reason: 'the wire was cut before the answer' } as const;

/** One machine with its flows: a state folder, a folder of days, and memory that can fail. */
export class FlowBench {
  readonly state: string;
  readonly data: string;
  readonly host: FlowHost;
  /** Prepares each memory that a run opens. */
  onMemory: (memory: CutMemory) => void = () => undefined;
  config: string | undefined;

  constructor(state: string, data: string) {
    this.state = state;
    this.data = data;
    const { backends, ...host } = openFlowHost(state);
    const memory = ({ options }: CheckedDeployment) => {
      const opened = new CutMemory(options.memory.slice('embedded:'.length));
      this.onMemory(opened);
      return opened;
    };
    this.host = { ...host, backends: { ...backends, memory } };
  }

  deployment(flow: FlowName, deployment: Deployment = 'blue'): CheckedDeployment {
    const { state, data, config } = this;
    return deploymentOf(flow, {
      state,
      data,
      deployment,
      barInterval: 'auto',
      ...(config === undefined ? {} : { config }),
    });
  }

  run(
    flow: FlowName,
    date: string,
    order: Partial<DayOrder> = {},
    signal = new AbortController().signal,
  ): Promise<FlowOutcome> {
    return runDay(
      this.host,
      this.deployment(flow),
      { date, trigger: 'manual', isDryRun: false, adopt: false, isShared: false, ...order },
      { signal, retryDelayMs: 1 },
    );
  }

  /** Asks the memory file as another program would. */
  async asking<T>(question: (memory: SystemMemory) => Promise<T>): Promise<T> {
    const memory = new SystemMemory(EmbeddedStore.open(join(this.state, 'memory.db')), 'blue');
    try {
      return await question(memory);
    } finally {
      await memory.close();
    }
  }
}
