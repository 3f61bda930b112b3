/** Posture of the survival stack, from full operation to none; codes as stored in cells and frames. */
export const APEX = 0;
export const STALKER = 1;
export const TURTLE = 2;
export const HIBERNATE = 3;
export type Posture = typeof APEX | typeof STALKER | typeof TURTLE | typeof HIBERNATE;

export const POSTURE_NAMES = ['APEX', 'STALKER', 'TURTLE', 'HIBERNATE'] as const;
export type PostureName = (typeof POSTURE_NAMES)[number];

/** Code of a posture's name, or -1 for a name that is none. */
export function postureFromName(name: string): Posture | -1 {
  return POSTURE_NAMES.indexOf(name as PostureName) as Posture | -1;
}
