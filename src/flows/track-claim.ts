import type { CapitalTrack } from '../adapters/memory/capital-track.ts';
import { heldMessage } from '../adapters/memory/leases.ts';
import type { Ownership } from '../adapters/memory/ownership.ts';
import { MemoryLost } from './memory-lost.ts';

/** A claim that shows no sign of life for this long is another's to take. */
export const CLAIM_TTL_MS = 10_000;
/** A living holder trades a day: minutes, not hours. */
const MAX_WAIT_MS = 30_000;

export interface ClaimWait {
  readonly signal: AbortSignal;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Told once when another process holds the claim. */
  onHeld(text: string): void;
  /** Told when a newer claim was seen: stop. */
  onLost(text: string): void;
}

/** `held`: another process that lives has it. */
export type TrackClaim =
  | { readonly kind: 'ok'; readonly ownership: Ownership }
  | { readonly kind: 'held'; readonly text: string };

/**
 * Claims the right to write a track's state; waits for a holder that is dead to expire, and a while for one that lives.
 * @throws MemoryLost when the memory does not answer.
 */
export async function claimTrack(track: CapitalTrack, wait: ClaimWait): Promise<TrackClaim> {
  const startMs = performance.now();
  let wasTold = false;
  for (;;) {
    const claimed = await track.claim(CLAIM_TTL_MS, ({ owner, epoch }) => {
      wait.onLost(`${track.leaseName} was claimed by ${owner} (epoch ${epoch})`);
    });
    if (claimed.kind === 'ok') return claimed;
    if (claimed.kind !== 'held') throw new MemoryLost(`${track.leaseName} cannot be claimed: ${claimed.reason}`);
    const text = heldMessage(track.leaseName, claimed);
    if (performance.now() - startMs > MAX_WAIT_MS) return { kind: 'held', text };
    if (!wasTold) wait.onHeld(text);
    wasTold = true;
    await wait.sleep(Math.min(claimed.waitMs, 1000), wait.signal);
  }
}
