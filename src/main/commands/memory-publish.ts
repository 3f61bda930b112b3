import { planReplay, type ReplayPlan } from '../../adapters/day-folder/plan.ts';
import { openMemory } from '../../adapters/memory/open-memory.ts';
import { InputError } from '../../model/input-error.ts';
import { checkUniverse, loadStrategy } from '../config/load-config.ts';
import { memoryPlaceOf } from '../config/memory-place.ts';
import { EXIT_FAILURE, exitCodeOfSignal, onStopSignals } from '../exit-codes.ts';
import { BookPublisher } from '../memory-publish/book-publisher.ts';
import type { FramePublisher, PublisherContext } from '../memory-publish/frame-publisher.ts';
import { type PublishResult, publishRun } from '../memory-publish/publish-run.ts';
import { SafetyPublisher } from '../memory-publish/safety-publisher.ts';
import { ScanPublisher } from '../memory-publish/scan-publisher.ts';
import { ProgressLine } from '../progress-line.ts';

export interface MemoryPublishFlags {
  readonly memory?: string;
  readonly data: string;
  readonly from?: string;
  readonly to?: string;
  readonly config?: string;
  readonly set: readonly string[];
  readonly barInterval?: number | 'auto';
  readonly speed: number;
  readonly json?: boolean;
}

/** One kind of value that days are published as. */
interface Publication {
  /** What is written, in words. */
  readonly subject: string;
  readonly needsSignals: boolean;
  readonly open: (context: PublisherContext, plan: ReplayPlan) => FramePublisher;
}

/** `dolphin memory publish-scan`: the eigenvalue scanner's writer. Answers the exit code. */
export function publishScanCommand(flags: MemoryPublishFlags): Promise<number> {
  return publish(flags, {
    subject: 'latest_eigen_scan',
    needsSignals: true,
    open: (context) => new ScanPublisher(context),
  });
}

/** `dolphin memory publish-books`: the order-book flow's writer. Answers the exit code. */
export function publishBooksCommand(
  flags: MemoryPublishFlags & { /** Path of the fallback file, false for none. */ readonly cache: string | false },
): Promise<number> {
  return publish(flags, {
    subject: 'order books',
    needsSignals: false,
    open: (context, { dir, files }) => {
      if (files.every(({ bookPath }) => bookPath === null)) {
        throw new InputError(`--data ${dir}: none of its days has an order book (ob/YYYY-MM-DD.parquet)`);
      }
      return new BookPublisher(context, flags.cache === false ? null : flags.cache);
    },
  });
}

/** `dolphin memory publish-safety`: the survival stack's writer. Answers the exit code. */
export function publishSafetyCommand(flags: MemoryPublishFlags): Promise<number> {
  return publish(flags, {
    subject: 'DOLPHIN_SAFETY',
    needsSignals: true,
    open: (context, { factors }) => new SafetyPublisher(context, factors),
  });
}

async function publish(flags: MemoryPublishFlags, { subject, needsSignals, open }: Publication): Promise<number> {
  const { memory: memoryConfig } = memoryPlaceOf(flags);
  if (memoryConfig === null)
    throw new InputError('--memory, or a --config with a memory, must name a store to publish into');
  if (memoryConfig.kind === 'none') throw new InputError('--memory none keeps nothing: name a store to publish into');
  const settings = subject === 'DOLPHIN_SAFETY' ? [...flags.set, 'survival=true'] : flags.set;
  const { config } = loadStrategy(flags.config ?? null, settings);
  const { data: dir, from, to, barInterval, speed } = flags;
  const { bar_interval_ms: configBarIntervalMs, reference_asset: referenceAsset } = config;
  const plan = await planReplay({ dir, from, to, barInterval, configBarIntervalMs, referenceAsset });
  checkUniverse(config, plan.universe, flags.config ?? '--set');
  const progress = new ProgressLine(process.stderr, null);
  let frames = 0;
  let isStopped = false;
  const signals = onStopSignals(() => {
    isStopped = true;
  });
  try {
    progress.start(() => frames);
    const result = await publishRun({
      port: openMemory(memoryConfig),
      plan,
      config,
      speed,
      needsSignals,
      openPublisher: (context) => open(context, plan),
      isStopped: () => isStopped,
      onFrame: () => {
        frames++;
      },
      say: (line) => progress.say(`dolphin: ${line}`),
    }).finally(() => progress.clear());
    process.stdout.write(flags.json === true ? `${JSON.stringify({ subject, ...result })}\n` : lineOf(subject, result));
    return exitCodeOf(result, signals.received);
  } finally {
    signals.release();
  }
}

function lineOf(subject: string, result: PublishResult): string {
  const { offered, stored, superseded, older, unanswered, pending } = result;
  const lost = pending === 0 ? '' : `; ${pending} entries are NOT stored as they were last`;
  return (
    `${subject}: ${offered} values offered: ${stored} stored, ${superseded} replaced by newer ones before they were sent, ` +
    `${older} older than what was there, ${unanswered} without an answer at first${lost}\n`
  );
}

/** A value that is not stored, or lost to a newer one, is no success. */
function exitCodeOf({ pending, older }: PublishResult, signal: 'SIGINT' | 'SIGTERM' | null): number {
  if (pending > 0 || older > 0) return EXIT_FAILURE;
  return signal === null ? 0 : exitCodeOfSignal(signal);
}
