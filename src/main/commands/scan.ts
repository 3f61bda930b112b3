import { cpSync, existsSync, mkdirSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { decodeAnyDay } from '../../adapters/day-folder/decode.ts';
import { type PlannedDay, planReplay, type ReplayPlan, SYNTHETIC_MARK } from '../../adapters/day-folder/plan.ts';
import { EigenScanner } from '../../alpha/scanner/eigen-scanner.ts';
import { deriveRunParams } from '../../engine/run-params.ts';
import { SIGNAL_VALUES } from '../../model/frame.ts';
import { InputError } from '../../model/input-error.ts';
import { plural } from '../../report/words.ts';
import { attachDayBlock, type DayBlock } from '../../shm/day-block.ts';
import { scannerThresholds } from '../../workers/scan-day.ts';
import { writeBlockFile } from '../block-file.ts';
import { checkUniverse, loadStrategy } from '../config/load-config.ts';
import { exitCodeOfSignal, onStopSignals } from '../exit-codes.ts';
import { StatusLine } from '../status-line.ts';

/** Scans between two looks at signals and progress: milliseconds at 48 assets, a second at 400. */
const ROWS_PER_TURN = 128;
const DAY_FILE = /^\d{4}-\d{2}-\d{2}\.parquet$/;
/** What a replay reads beside the days: a replay of the output reads the same. */
const TABLES = ['factors.csv', 'safety.csv', SYNTHETIC_MARK] as const;

export interface ScanFlags {
  readonly data: string;
  readonly out: string;
  readonly from?: string;
  readonly to?: string;
  readonly barInterval?: number | 'auto';
  readonly config?: string;
  readonly set: readonly string[];
}

/** `dolphin scan`: price-only days again, with the scan columns that a replay would compute. Answers the exit code. */
export async function scanCommand(flags: ScanFlags): Promise<number> {
  const { config } = loadStrategy(flags.config ?? null, flags.set);
  const plan = await planReplay({
    dir: flags.data,
    from: flags.from,
    to: flags.to,
    barInterval: flags.barInterval,
    configBarIntervalMs: config.bar_interval_ms,
    referenceAsset: config.reference_asset,
  });
  checkUniverse(config, plan.universe, flags.config ?? '--set');
  if (plan.files.every((file) => file.hasSignals)) {
    throw new InputError(`--data ${flags.data}: its days have scan columns already, there is nothing to compute`);
  }
  prepareOutput(flags);
  const scanner = new EigenScanner({
    assets: plan.universe.length,
    excluded: deriveRunParams(config, plan.universe, plan.barIntervalMs).excluded,
    barIntervalMs: plan.barIntervalMs,
    thresholds: scannerThresholds(config),
  });
  let isStopped = false;
  const signals = onStopSignals(() => {
    isStopped = true;
  });
  const line = new StatusLine(process.stderr);
  const written = await scanFolder(plan, scanner, flags.out, line, () => isStopped).finally(() => {
    line.clear();
    signals.release();
  });
  const stopped = written === plan.files.length ? '' : ` of ${plan.files.length}, stopped`;
  process.stdout.write(
    `${flags.out}: ${plural(written, 'day')} with scan columns written${stopped} (from ${flags.data}, ${plural(plan.universe.length, 'asset')})\n` +
      `Next: npx dolphin replay --data ${flags.out}${flags.barInterval === undefined ? '' : ` --bar-interval ${flags.barInterval}`}\n`,
  );
  return signals.received === null ? 0 : exitCodeOfSignal(signals.received);
}

function prepareOutput({ data, out }: ScanFlags): void {
  try {
    mkdirSync(out, { recursive: true });
  } catch (cause) {
    throw new InputError(`--out ${out}: cannot be made (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
  if (realpathSync(out) === realpathSync(data)) {
    throw new InputError(`--out ${out}: is the folder of --data, the days in it are never written over`);
  }
  const present = readdirSync(out).filter((name) => DAY_FILE.test(name));
  if (present.length > 0) {
    throw new InputError(
      `--out ${out}: holds ${present.length} day files already, must have none: choose an empty folder`,
    );
  }
}

/** Days written; fewer than planned when stopped. */
async function scanFolder(
  plan: ReplayPlan,
  scanner: EigenScanner,
  out: string,
  line: StatusLine,
  isStopped: () => boolean,
): Promise<number> {
  for (const name of TABLES) {
    if (existsSync(join(plan.dir, name))) cpSync(join(plan.dir, name), join(out, name));
  }
  const { universe } = plan;
  for (const [index, file] of plan.files.entries()) {
    const decoded = await decodeAnyDay({ path: file.path, day: file.day, bookPath: file.bookPath, universe });
    const block = attachDayBlock(decoded.buffer, decoded.shape);
    const isWhole = await scanDay(scanner, block, file, (row) => {
      line.show(
        `scanning ${file.date}, ${index + 1} of ${plan.files.length}: ${Math.floor((100 * row) / file.rows)} %`,
      );
      return isStopped();
    });
    if (!isWhole) return index;
    const name = `${file.date}.parquet`; // a folder of JSON scans becomes a file
    for (const beside of ['ob', 'bars']) {
      const path = join(plan.dir, beside, name);
      if (existsSync(path)) cpSync(path, join(out, beside, name));
    }
    await writeBlockFile(join(out, name), block, { day: file.day, assets: universe, withSignals: true });
  }
  return plan.files.length;
}

/** Fills the signals of accepted scans, but leaves those of a file that has them; false when stopped. */
async function scanDay(
  scanner: EigenScanner,
  block: DayBlock,
  file: PlannedDay,
  onTurn: (row: number) => boolean,
): Promise<boolean> {
  const { nsOfDay, scanNumbers, prices, rows, assets } = block;
  const signals = file.hasSignals ? new Float64Array(rows * SIGNAL_VALUES) : block.signals;
  let lastNumber = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < rows; row++) {
    if (row % ROWS_PER_TURN === 0) {
      if (onTurn(row)) return false;
      await yieldToEvents();
    }
    const number = scanNumbers[row] as number;
    if (!(number > lastNumber)) continue;
    lastNumber = number;
    scanner.step(file.day, nsOfDay[row] as number, prices, row * assets, signals, row * SIGNAL_VALUES);
  }
  return true;
}
