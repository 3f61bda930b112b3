import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PrefectReporter } from '../../../../src/adapters/prefect/prefect-reporter.ts';
import type { RunRecord, TaskRecord } from '../../../../src/adapters/run-table/run-record.ts';
import { type Posted, RecordingPrefect, type Reply } from '../../../support/recording-prefect.ts';
import { freePort } from '../../../support/redis-server.ts';

const DRAIN_MS = 10_000;
const RUN: RunRecord = {
  id: 7,
  flow: 'supervisor',
  deployment: 'blue',
  memory: 'embedded:/m.db',
  date: '2025-05-26',
  trigger: 'schedule',
  isDryRun: false,
  state: 'scheduled',
  createdMs: 1_748_304_300_000,
  startedMs: null,
  endedMs: null,
  reason: null,
  paramHash: null,
  host: 'here',
  pid: 1,
  result: null,
};
const RESULT = {
  capitalBefore: 25_000,
  capital: 25_100,
  pnl: 100,
  trades: 3,
  paramHash: 'h',
  pnlJson: '{}',
  isPublished: true,
};
const TASK: TaskRecord = {
  runId: 7,
  name: 'load_bar_data_task',
  attempt: 1,
  state: 'running',
  startedMs: 0,
  durationMs: null,
  error: null,
};

let server: RecordingPrefect;
let reporter: PrefectReporter;
beforeEach(async () => {
  server = await RecordingPrefect.start();
  reporter = new PrefectReporter(server.settings());
});
afterEach(() => server.close());

const run = (fields: Partial<RunRecord> = {}) => reporter.onRun({ ...RUN, ...fields });
const task = (id: number, fields: Partial<TaskRecord> = {}) => reporter.onTask(id, { ...TASK, ...fields });
const line = (text: string) => reporter.onLog({ runId: 7, tsMs: 1_748_304_300_500, level: 'warning', text });

/** The first requests to a path get this reply, the others the usual one. */
function replying(end: string, ...replies: Reply[]): void {
  server.reply = ({ path }) => (path.endsWith(end) ? replies.shift() : undefined);
}

describe('a day', () => {
  test('with a retry, a time limit that was passed and a log is told in the order of its events', async () => {
    run();
    run({ state: 'running' });
    task(1);
    task(1, { state: 'failed', durationMs: 5, error: 'no file' });
    line('attempt 1 of 3 failed');
    run({ state: 'retrying', reason: 'no file' });
    run({ state: 'running' });
    task(2, { attempt: 2 });
    task(2, { attempt: 2, state: 'completed', durationMs: 6 });
    task(3, { name: 'heartbeat_task' });
    task(3, { name: 'heartbeat_task', state: 'timed out', durationMs: 9, error: 'late' });
    task(4, { name: 'heartbeat_task' });
    task(4, { name: 'heartbeat_task', state: 'completed', durationMs: 1 });
    run({ state: 'completed', result: RESULT });
    expect(await reporter.close(DRAIN_MS)).toMatchObject({ missed: 0 });
    expect(server.said()).toEqual([
      '/flows/',
      '/flow_runs/ SCHEDULED',
      '/flow_runs/ID/set_state PENDING',
      '/flow_runs/ID/set_state RUNNING',
      '/task_runs/ RUNNING',
      '/logs/',
      '/task_runs/ID/set_state AwaitingRetry',
      '/flow_runs/ID/set_state AwaitingRetry',
      '/flow_runs/ID/set_state Retrying',
      '/task_runs/ID/set_state Retrying',
      '/task_runs/ID/set_state COMPLETED',
      '/task_runs/ RUNNING',
      '/task_runs/ID/set_state TimedOut',
      '/task_runs/ RUNNING',
      '/task_runs/ID/set_state COMPLETED',
      '/flow_runs/ID/set_state COMPLETED',
    ]);
    const made = server.bodiesOf('/task_runs/').map(({ name, dynamic_key: key }) => `${name} ${key}`);
    expect(made).toEqual(['load_bar_data_task 1', 'heartbeat_task 3', 'heartbeat_task 4']);
    expect(server.bodiesOf('/set_state').at(-1).state.message).toBe('capital 25000 -> 25100, pnl 100, 3 trades');
  });

  test('is known by its flow, name, tags, parameters and the key of its row', async () => {
    run();
    line('posture APEX');
    await reporter.close(DRAIN_MS);
    expect(server.bodiesOf('/flows/')).toEqual([{ name: 'dolphin-nautilus' }]);
    expect(server.bodiesOf('/flow_runs/')).toEqual([
      {
        flow_id: 'id-1',
        name: 'supervisor-blue-2025-05-26',
        idempotency_key: 'here embedded:/m.db supervisor blue 2025-05-26 7 1748304300000',
        parameters: {
          date: '2025-05-26',
          deployment: 'blue',
          memory: 'embedded:/m.db',
          trigger: 'schedule',
          dry_run: false,
        },
        tags: ['deployment:blue', 'trigger:schedule'],
        state: { type: 'SCHEDULED' },
      },
    ]);
    expect(server.bodiesOf('/logs/')).toEqual([
      [
        {
          name: 'dolphin',
          level: 30,
          message: 'posture APEX',
          timestamp: '2025-05-27T00:05:00.500Z',
          flow_run_id: 'id-2',
        },
      ],
    ]);
  });

  test.each([
    [
      'skipped',
      { state: 'skipped', reason: 'in the capital' },
      { type: 'CANCELLED', name: 'Skipped', message: 'in the capital' },
    ],
    ['failed', { state: 'failed', reason: 'no file' }, { type: 'FAILED', message: 'no file' }],
    ['crashed', { state: 'crashed', reason: 'stopped' }, { type: 'CRASHED', message: 'stopped' }],
    ['completed without a result', { state: 'completed' }, { type: 'COMPLETED' }],
  ] as const)('that is %s says so', async (_situation, fields, state) => {
    run();
    run(fields);
    expect(await reporter.close(DRAIN_MS)).toMatchObject({ missed: 0 });
    const { state_details, ...sent } = server.bodiesOf('/set_state').at(-1).state;
    expect(sent).toEqual(state);
  });

  test('whose last task failed for good has it failed, also when nothing comes behind', async () => {
    run();
    task(1);
    task(1, { state: 'failed', durationMs: 5, error: 'no file' });
    run({ state: 'failed', reason: 'no file' });
    await reporter.close(DRAIN_MS);
    expect(server.said().slice(-2)).toEqual(['/task_runs/ID/set_state FAILED', '/flow_runs/ID/set_state FAILED']);
  });

  test('lines that wait together go together', async () => {
    run();
    for (const text of ['a', 'b', 'c']) line(text);
    await reporter.close(DRAIN_MS);
    expect(server.bodiesOf('/logs/').map((lines) => lines.map(({ message }: { message: string }) => message))).toEqual([
      ['a', 'b', 'c'],
    ]);
  });

  test('a line that comes while others are on their way goes behind them', async () => {
    const isSent = new Promise<void>((resolve) => {
      server.reply = ({ path }) => {
        if (path.endsWith('/logs/')) resolve();
        return undefined;
      };
    });
    run();
    line('a');
    await isSent;
    line('b');
    expect(await reporter.close(DRAIN_MS)).toMatchObject({ missed: 0 });
    expect(server.bodiesOf('/logs/').map(([{ message }]) => message)).toEqual(['a', 'b']);
  });

  test('of a process that is gone is found by its key and crashed, with the tasks that it left open', async () => {
    replying('/filter', { status: 200, body: [{ id: 'id-90' }, { id: 'id-91' }] });
    run({ state: 'crashed', reason: 'its process ended without saying so' });
    expect(await reporter.close(DRAIN_MS)).toEqual({ offered: 3, missed: 0, reason: null });
    expect(server.said()).toEqual([
      '/flows/',
      '/flow_runs/ SCHEDULED',
      '/task_runs/filter',
      '/task_runs/ID/set_state CRASHED',
      '/task_runs/ID/set_state CRASHED',
      '/flow_runs/ID/set_state CRASHED',
    ]);
  });
});

describe('a server that does not take a report', () => {
  test('because of a fault of its own is asked again with the same ids', async () => {
    replying('/set_state', { status: 503, body: { detail: 'locked' } });
    run();
    run({ state: 'running' });
    expect(await reporter.close(DRAIN_MS)).toMatchObject({ missed: 0 });
    const [first, second, third] = server.bodiesOf('/set_state').map(({ state }) => state);
    expect(second).toEqual(first);
    expect(third.state_details.transition_id).not.toBe(first.state_details.transition_id);
  });

  test('by its rules is not asked again, and it counts', async () => {
    const details = { reason: 'This run is already running' };
    replying('/set_state', { status: 200, body: { status: 'ABORT', state: { type: 'RUNNING' }, details } });
    run();
    run({ state: 'running' });
    expect(await reporter.close(DRAIN_MS)).toEqual({
      offered: 3,
      missed: 1,
      reason: 'PENDING: ABORT This run is already running',
    });
  });

  test('because it has it already has been told', async () => {
    const details = { reason: 'Run is already in terminal state CRASHED.' };
    replying('/set_state', { status: 200, body: { status: 'ABORT', state: { type: 'CRASHED' }, details } });
    run({ state: 'crashed' });
    expect(await reporter.close(DRAIN_MS)).toMatchObject({ missed: 0 });
  });

  test('that would have made the run is asked for it by the next', async () => {
    replying('/flow_runs/', { status: 422, body: { detail: 'odd' } });
    run();
    run({ state: 'running' });
    expect(await reporter.close(DRAIN_MS)).toEqual({ offered: 3, missed: 1, reason: 'HTTP 422 {"detail":"odd"}' });
    expect(server.said().slice(-3)).toEqual([
      '/flow_runs/ SCHEDULED',
      '/flow_runs/ID/set_state PENDING',
      '/flow_runs/ID/set_state RUNNING',
    ]);
  });

  test('and says nothing at all is asked again behind the deadline of a request', async () => {
    const impatient = new PrefectReporter(server.settings(), { requestDeadlineMs: 50 });
    replying('/flow_runs/', 'silence');
    impatient.onRun(RUN);
    expect(await impatient.close(DRAIN_MS)).toEqual({ offered: 1, missed: 0, reason: null });
    expect(server.bodiesOf('/flow_runs/')).toHaveLength(2);
  });

  test('and is frozen holds nobody up longer than the drain', async () => {
    const patient = new PrefectReporter(server.settings(), { requestDeadlineMs: 3_600_000 });
    server.reply = () => 'silence';
    patient.onRun(RUN);
    patient.onRun({ ...RUN, state: 'running' });
    expect(await patient.close(100)).toEqual({ offered: 3, missed: 3, reason: 'no answer before the end' });
  });

  test('and is not there: each report counts, and the reason says where nobody listens', async () => {
    const port = await freePort();
    const troubles: string[] = [];
    const alone = new PrefectReporter(
      { api: `http://127.0.0.1:${port}/api`, key: undefined, ca: undefined },
      { onTrouble: (reason) => troubles.push(reason) },
    );
    alone.onRun(RUN);
    alone.onRun({ ...RUN, state: 'running' });
    const { offered, missed, reason } = await alone.close(100);
    expect([offered, missed]).toEqual([3, 3]);
    expect(reason).toContain(`ECONNREFUSED 127.0.0.1:${port}`);
    expect(troubles).toEqual([reason]);
  });

  test('and is none of Prefect: each report counts', async () => {
    server.reply = () => ({ status: 200, body: 'welcome' });
    run();
    expect((await reporter.close(DRAIN_MS)).reason).toContain('is this the URL of an API?');
  });
});

test('the key goes with each request and into no reason, though the server repeats it', async () => {
  const keyed = new PrefectReporter(server.settings('pnu_hunter2'));
  server.reply = ({ headers }: Posted) => ({ status: 401, body: { detail: `unknown ${headers.authorization}` } });
  keyed.onRun(RUN);
  const { reason } = await keyed.close(DRAIN_MS);
  expect(server.posted[0]!.headers.authorization).toBe('Bearer pnu_hunter2');
  expect(reason).toBe('HTTP 401 {"detail":"unknown Bearer (hidden)"}');
});
