import { LONG, SHORT } from '../../model/direction.ts';

/** A divergence beyond this is no signal but a broken scan (semantics §1). */
const MAX_ABS_VEL_DIV = 10;

/** Layer 1: the velocity divergence is a usable number. */
export function isVelDivUsable(velDiv: number): boolean {
  return velDiv >= -MAX_ABS_VEL_DIV && velDiv <= MAX_ABS_VEL_DIV;
}

/**
 * Side that a divergence asks for under a direction rule; 0 when none (`both` at exactly 0).
 * @param rule - SHORT, LONG, or 0 for both.
 */
export function directionOfSignal(rule: number, velDiv: number): number {
  if (rule !== 0) return rule;
  return velDiv < 0 ? SHORT : velDiv > 0 ? LONG : 0;
}

/** The divergence as SHORT reads it: more negative is stronger, whatever the side. */
export function signedStrength(direction: number, velDiv: number): number {
  return direction === SHORT ? velDiv : -velDiv;
}

/** Strength class of a signal: 0 extreme, 1 strong, 2 moderate, 3 weak. */
export function strengthBucket(strength: number): number {
  if (strength <= -0.075) return 0;
  if (strength <= -0.05) return 1;
  return strength <= -0.035 ? 2 : 3;
}
