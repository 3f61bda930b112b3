import { InputError } from '../../model/input-error.ts';
import { readReport } from '../../report/json.ts';
import { COLOR_STYLE, PLAIN_STYLE } from '../../report/terminal-style.ts';
import { explainJson } from './explain-json.ts';
import { ExplainRerun } from './explain-rerun.ts';
import { parseAt } from './explain-target.ts';
import { explainText } from './explain-text.ts';

const MAX_COLUMNS = 100;

export interface ExplainFlags {
  readonly at: string;
  readonly asset?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** `dolphin explain`: one bar of a finished replay, gate by gate. Answers the exit code. */
export async function explainCommand(reportPath: string, flags: ExplainFlags): Promise<number> {
  const asked = parseAt(flags.at);
  const report = readReport(reportPath);
  const asset = flags.asset === undefined ? null : assetIndexOf(flags.asset, report.universe);
  const rerun = await ExplainRerun.of(report, reportPath, flags.data);
  const explained = await rerun.explain(asked);
  const context = { universe: report.universe, config: report.config };
  if (flags.json === true) {
    process.stdout.write(explainJson(explained, context, asset));
    return 0;
  }
  const style = process.stdout.isTTY ? COLOR_STYLE : PLAIN_STYLE;
  const columns = Math.min(MAX_COLUMNS, process.stdout.columns ?? 80);
  process.stdout.write(explainText(explained, context, asset, style, columns));
  return 0;
}

function assetIndexOf(name: string, universe: readonly string[]): number {
  const index = universe.indexOf(name);
  if (index >= 0) return index;
  const shown = universe.slice(0, 6).join(', ');
  throw new InputError(
    `--asset: must be one of the run's ${universe.length} assets (${shown}${universe.length > 6 ? ', ...' : ''}), was "${name}"`,
  );
}
