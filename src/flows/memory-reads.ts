import type { CapitalTrack } from '../adapters/memory/capital-track.ts';
import type { Reading } from '../adapters/memory/refusals.ts';
import type { SystemMemory } from '../adapters/memory/system-memory.ts';
import type { CapitalState, PnlPart, SafetyValue } from '../model/memory-values.ts';
import { MemoryLost } from './memory-lost.ts';

/** `DOLPHIN_SAFETY["latest"]`, from a memory that answered. */
export type SafetyReading = Exclude<Reading<SafetyValue>, { readonly kind: 'unreachable' }>;

/** Capital state of a track; null when there is none. @throws MemoryLost; Error when it cannot be understood. */
export async function readCapitalState(track: CapitalTrack): Promise<CapitalState | null> {
  const reading = await track.readState();
  if (reading.kind === 'ok') return reading.value;
  if (reading.kind === 'absent') return null;
  const isLost = reading.kind === 'unreachable';
  throw new (isLost ? MemoryLost : Error)(`the capital state cannot be read: ${reading.reason}`);
}

/** A track's result of a day (`YYYY-MM-DD`); null when there is none that can be understood. @throws MemoryLost. */
export async function readDayResult(track: CapitalTrack, date: string): Promise<PnlPart | null> {
  const reading = await track.readPnl(date);
  if (reading.kind === 'unreachable') throw new MemoryLost(`the day's result cannot be read: ${reading.reason}`);
  return reading.kind === 'ok' ? reading.value[track.track] : null;
}

/** What the survival stack says now. @throws MemoryLost. */
export async function readSafety({ safety }: SystemMemory): Promise<SafetyReading> {
  const reading = await safety.read();
  if (reading.kind === 'unreachable') throw new MemoryLost(`DOLPHIN_SAFETY cannot be read: ${reading.reason}`);
  return reading;
}
