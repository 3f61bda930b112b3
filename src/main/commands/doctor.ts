import { alignRows } from '../../report/text-table.ts';
import { EXIT_FAILURE } from '../exit-codes.ts';
import { type Finding, requiredParts } from '../machine-checks.ts';
import { optionalParts } from '../optional-checks.ts';

export interface DoctorFlags {
  readonly json?: boolean;
}

const STATE_WORDS = { ok: 'ok', limited: 'limited', missing: 'MISSING' } as const;

/** `dolphin doctor`: what is there, what is missing, and how to get it. Exit code 1 only when a required part is missing. */
export async function doctorCommand(flags: DoctorFlags): Promise<number> {
  const required = await requiredParts();
  const optional = optionalParts();
  const isWell = required.every(({ state }) => state !== 'missing');
  if (flags.json === true) process.stdout.write(`${JSON.stringify({ ok: isWell, required, optional }, null, 2)}\n`);
  else process.stdout.write(describe(required, optional, isWell));
  return isWell ? 0 : EXIT_FAILURE;
}

function describe(required: readonly Finding[], optional: readonly Finding[], isWell: boolean): string {
  const lines = table([...required, ...optional]);
  return [
    'Required',
    ...lines.slice(0, required.length),
    '',
    'Optional',
    ...lines.slice(required.length),
    '',
    isWell ? 'All required parts are there.' : 'A required part is missing: see above.',
    '',
  ].join('\n');
}

function table(findings: readonly Finding[]): string[] {
  const rows = findings.map(({ part, state, found, remedy }) => [
    `  ${part}`,
    STATE_WORDS[state],
    remedy === null ? found : `${found}; ${remedy}`,
  ]);
  return alignRows(rows, ['left', 'left', 'left']);
}
