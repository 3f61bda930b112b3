/**
 * What the run table keeps. Times are UNIX ms; a date is the trading day that a run works on, `YYYY-MM-DD`.
 */

export const FLOWS = ['paper', 'supervisor', 'acb'] as const;
export type FlowName = (typeof FLOWS)[number];

/**
 * scheduled → running ⇄ retrying → completed | failed | skipped; crashed: its process ended without saying so. `skipped`
 * ran nothing: the day is in the capital already, or was missed and is passed over by policy.
 */
export const RUN_STATES = ['scheduled', 'running', 'retrying', 'completed', 'failed', 'skipped', 'crashed'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** Why a run was made. */
export type RunTrigger = 'manual' | 'schedule' | 'catch-up' | 'queue';

/** Whose days are counted once: one history per flow, deployment and memory. */
export interface RunTrack {
  readonly flow: FlowName;
  readonly deployment: string;
  /** Name of the memory whose capital it hands on, such as `embedded:/var/lib/dolphin/memory.db`. */
  readonly memory: string;
}

export interface NewRun extends RunTrack {
  readonly date: string;
  readonly trigger: RunTrigger;
  readonly isDryRun: boolean;
}

/** What a completed day did to the capital, USDT. */
export interface RunResult {
  readonly capitalBefore: number;
  readonly capital: number;
  readonly pnl: number;
  readonly trades: number;
  readonly paramHash: string;
  /** The result as it goes to the memory (model's PnlResult), JSON. */
  readonly pnlJson: string;
  /** False while the memory does not have it: it was out of reach. */
  readonly isPublished: boolean;
}

export interface RunRecord extends NewRun {
  /** Rises from 1. */
  readonly id: number;
  readonly state: RunState;
  readonly createdMs: number;
  readonly startedMs: number | null;
  readonly endedMs: number | null;
  /** In one sentence: why it failed, was skipped, or is retrying; null otherwise. */
  readonly reason: string | null;
  readonly paramHash: string | null;
  readonly host: string;
  readonly pid: number;
  /** Null unless completed with a result. */
  readonly result: RunResult | null;
}

export type TaskState = 'running' | 'completed' | 'failed' | 'timed out';

/** One attempt of one task of a run. */
export interface TaskRecord {
  readonly runId: number;
  readonly name: string;
  /** From 1. */
  readonly attempt: number;
  readonly state: TaskState;
  readonly startedMs: number;
  readonly durationMs: number | null;
  readonly error: string | null;
}

export type LogLevel = 'info' | 'warning' | 'error';

export interface LogRecord {
  readonly runId: number;
  readonly tsMs: number;
  readonly level: LogLevel;
  readonly text: string;
}

/** A flow that `serve` runs every day. */
export interface FlowDeployment {
  /** As spec 1.0 §11.3 names them: `dolphin-paper-blue`, `dolphin-nautilus-blue`. */
  readonly name: string;
  readonly track: RunTrack;
  /** Five fields, UTC. */
  readonly cron: string;
  readonly registeredMs: number;
  /** How its days are run; the owner's, opaque here. JSON. */
  readonly optionsJson: string;
}
