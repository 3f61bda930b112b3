import { readFileSync } from 'node:fs';
import { InputError } from '../model/input-error.ts';
import type { Report } from '../model/report.ts';
import { reportSchema, routedReportSchema, SCHEMA_VERSION } from './report-schema.ts';

/**
 * A report as JSON: floats in full precision, NaN and infinities as null, one line per day, trade and file, so that two
 * reports can be compared with a line-wise diff. Ends with a newline.
 */
export function reportJson(report: Report): string {
  return `${valueJson(report, '')}\n`;
}

/**
 * The report in a file.
 *
 * @throws InputError when the file cannot be read, is not JSON, or is not a report of this version; the message names
 * the file, the place in it and the rule.
 */
export function readReport(path: string): Report {
  return parseReport(readText(path), path);
}

/** The report in a text; `path` is only named in errors. Throws as {@link readReport}. */
export function parseReport(text: string, path: string): Report {
  const value = parseJson(text, path);
  const { schemaVersion: version, fill } = (value ?? {}) as { schemaVersion?: unknown; fill?: unknown };
  if (version === undefined) throw new InputError(`${path} is not a report of dolphin replay: it has no schemaVersion`);
  if (version !== SCHEMA_VERSION) {
    throw new InputError(
      `${path} is a report of schemaVersion ${JSON.stringify(version)}; this dolphin reads ${SCHEMA_VERSION}`,
    );
  }
  const result = (fill === undefined ? reportSchema : routedReportSchema).safeParse(value);
  if (!result.success) throw new InputError(`${path} is not a whole report: ${describeIssues(result.error.issues)}`);
  // The schema holds the keys of `config` that a report's words need; the rest of it passes through unread.
  return result.data as unknown as Report;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new InputError(`cannot read report ${path}: ${(error as NodeJS.ErrnoException).code ?? error}`);
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`${path} is not JSON: ${(error as Error).message}`);
  }
}

function describeIssues(issues: readonly { readonly path: PropertyKey[]; readonly message: string }[]): string {
  const named = issues.slice(0, 3).map((issue) => `${issue.path.map(String).join('.')}: ${issue.message}`);
  const more = issues.length > named.length ? ` (and ${issues.length - named.length} more)` : '';
  return named.join('; ') + more;
}

/** Objects over several lines, but each element of a list of objects on a line of its own. */
function valueJson(value: unknown, indent: string): string {
  const inner = `${indent}  `;
  if (Array.isArray(value) && value.some((element) => typeof element === 'object' && element !== null)) {
    return `[\n${value.map((element) => inner + JSON.stringify(element)).join(',\n')}\n${indent}]`;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([key, member]) => `${inner}${JSON.stringify(key)}: ${valueJson(member, inner)}`);
  return `{\n${members.join(',\n')}\n${indent}}`;
}
