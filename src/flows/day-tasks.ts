import type { Track } from '../adapters/memory/maps.ts';
import type { TaskOptions } from './task.ts';

/** A flow that trades a day. */
export type TradingFlow = 'paper' | 'supervisor';

/** The steps of a trading flow; null: the flow has no such task. */
export interface DayTasks {
  readonly track: Track;
  readonly probe: TaskOptions | null;
  readonly config: TaskOptions;
  readonly claim: TaskOptions;
  readonly restore: TaskOptions;
  readonly load: TaskOptions;
  readonly posture: TaskOptions;
  readonly run: TaskOptions;
  readonly write: TaskOptions;
  readonly heartbeat: TaskOptions | null;
  readonly log: TaskOptions | null;
}

const ONE_MINUTE_MS = 60_000;
const RUN_TIMEOUT_MS = 600_000;

/**
 * Tasks of the two flows with the names, retries and time limits of spec 1.0 §11.1 and §11.2. What the paper flow does there
 * without a task of its own (claiming, reading posture and capital) has one here, so that the run table shows it.
 */
export const DAY_TASKS: Readonly<Record<TradingFlow, DayTasks>> = {
  paper: {
    track: 'paper',
    probe: null,
    config: task('load_config', 0),
    claim: task('claim_state', 2),
    restore: task('restore_capital', 2, ONE_MINUTE_MS),
    load: { ...task('load_day_scans', 2), retriesBadInput: true },
    posture: task('read_posture', 2),
    run: task('run_engine_day', 0, RUN_TIMEOUT_MS),
    write: task('write_hz_state', 3),
    heartbeat: null,
    log: task('log_pnl', 0),
  },
  supervisor: {
    track: 'nautilus',
    probe: task('hz_probe_task', 3, 30_000),
    config: task('validate_champion_params', 0),
    claim: task('claim_state_task', 2),
    restore: task('restore_capital_task', 2, ONE_MINUTE_MS),
    load: { ...task('load_bar_data_task', 2), retriesBadInput: true },
    posture: task('read_posture_task', 2),
    run: task('run_nautilus_backtest_task', 0, RUN_TIMEOUT_MS),
    write: task('write_hz_result_task', 3),
    heartbeat: task('heartbeat_task', 0),
    log: null,
  },
};

function task(name: string, retries: number, timeoutMs: number | null = null): TaskOptions {
  return { name, retries, timeoutMs };
}
