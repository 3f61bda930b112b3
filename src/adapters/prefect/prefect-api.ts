import type { FlowName, LogLevel, LogRecord, RunRecord } from '../run-table/run-record.ts';
import type { Answer, PrefectClient } from './prefect-client.ts';
import { type PrefectState, SCHEDULED } from './prefect-states.ts';

/** Flows as the deployments of spec 1.0 §11.3 are called, without their colour. */
const FLOW_NAMES: Readonly<Record<FlowName, string>> = {
  paper: 'dolphin-paper',
  supervisor: 'dolphin-nautilus',
  acb: 'dolphin-acb',
};
/** Levels of Python's logging, which the API counts by. */
const LEVELS: Readonly<Record<LogLevel, number>> = { info: 20, warning: 30, error: 40 };
const OPEN_STATES = ['SCHEDULED', 'PENDING', 'RUNNING'];

/** A task run of a flow run: one for all attempts. */
export interface TaskIdentity {
  readonly name: string;
  /** Tells the runs of one task in one flow run apart. */
  readonly key: string;
}

/** The id of what was asked for, or why there is none. */
export type IdAnswer = { readonly kind: 'ok'; readonly id: string } | Exclude<Answer, { readonly kind: 'ok' }>;

/**
 * The requests of a reporter, as the API of Prefect 3 (checked against 3.8.8) takes them. Each may be made again after an answer
 * that was lost: flow runs and task runs have keys, transitions of flow runs have ids. One exception: a task's second RUNNING
 * then counts one attempt too many.
 */
export class PrefectApi {
  readonly #client: PrefectClient;

  constructor(client: PrefectClient) {
    this.#client = client;
  }

  /** Finds or makes the flow run of a run, scheduled. */
  async flowRun(run: RunRecord, signal: AbortSignal): Promise<IdAnswer> {
    const flow = idOf(await this.#client.post('/flows/', { name: FLOW_NAMES[run.flow] }, signal));
    if (flow.kind !== 'ok') return flow;
    const { flow: name, deployment, date, memory, trigger, isDryRun } = run;
    const body = {
      flow_id: flow.id,
      name: `${name}-${deployment}-${date}`,
      idempotency_key: idempotencyKeyOf(run),
      parameters: { date, deployment, memory, trigger, dry_run: isDryRun },
      tags: [`deployment:${deployment}`, `trigger:${trigger}`, ...(isDryRun ? ['dry-run'] : [])],
      state: SCHEDULED,
    };
    return idOf(await this.#client.post('/flow_runs/', body, signal));
  }

  /** @param transitionId - UUID of this transition, the same at every try. */
  async setFlowRunState(id: string, state: PrefectState, transitionId: string, signal: AbortSignal): Promise<Answer> {
    const body = { state: { ...state, state_details: { transition_id: transitionId } } };
    return transitionOf(state, await this.#client.post(`/flow_runs/${id}/set_state`, body, signal));
  }

  /** Finds or makes a task run, running. */
  async taskRun(flowRunId: string, { name, key }: TaskIdentity, signal: AbortSignal): Promise<IdAnswer> {
    const body = { flow_run_id: flowRunId, task_key: name, dynamic_key: key, name, state: { type: 'RUNNING' } };
    return idOf(await this.#client.post('/task_runs/', body, signal));
  }

  async setTaskRunState(id: string, state: PrefectState, signal: AbortSignal): Promise<Answer> {
    return transitionOf(state, await this.#client.post(`/task_runs/${id}/set_state`, { state }, signal));
  }

  /** Ids of the task runs of a flow run that have not ended. */
  async openTaskRuns(
    flowRunId: string,
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'ok'; readonly ids: readonly string[] } | Exclude<Answer, { readonly kind: 'ok' }>> {
    const filter = { flow_runs: { id: { any_: [flowRunId] } }, task_runs: { state: { type: { any_: OPEN_STATES } } } };
    const answer = await this.#client.post('/task_runs/filter', filter, signal);
    if (answer.kind !== 'ok') return answer;
    return { kind: 'ok', ids: (answer.value as readonly { readonly id: string }[]).map(({ id }) => id) };
  }

  logs(flowRunId: string, lines: readonly LogRecord[], signal: AbortSignal): Promise<Answer> {
    const body = lines.map(({ tsMs, level, text }) => ({
      name: 'dolphin',
      level: LEVELS[level],
      message: text,
      timestamp: new Date(tsMs).toISOString(),
      flow_run_id: flowRunId,
    }));
    return this.#client.post('/logs/', body, signal);
  }
}

/** What a run is known by, also to the process that finds it crashed: its row on its machine. */
export function idempotencyKeyOf({ host, memory, flow, deployment, date, id, createdMs }: RunRecord): string {
  return [host, memory, flow, deployment, date, id, createdMs].join(' ');
}

function idOf(answer: Answer): IdAnswer {
  if (answer.kind !== 'ok') return answer;
  const id = (answer.value as { readonly id?: unknown } | null)?.id;
  if (typeof id === 'string') return { kind: 'ok', id };
  return { kind: 'refused', reason: 'the answer has no id: is this the URL of an API?' };
}

/** The server answers 200 to a transition that its rules refuse, and says so inside; one that it has made before counts. */
function transitionOf(state: PrefectState, answer: Answer): Answer {
  if (answer.kind !== 'ok') return answer;
  const {
    status,
    state: standing,
    details,
  } = answer.value as {
    readonly status: string;
    readonly state: { readonly type: string } | null;
    readonly details: { readonly reason?: string };
  };
  if (status === 'ACCEPT' || standing?.type === state.type) return answer;
  return { kind: 'refused', reason: `${state.name ?? state.type}: ${status} ${details.reason ?? ''}`.trim() };
}
