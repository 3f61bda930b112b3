import { readFileSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/*
 * Preloaded into a process that is measured (node --import; plain JavaScript, so that no type stripping is loaded with it): writes its peak resident memory, in KiB, to PEAK_FILE when it
 * ends. VmHWM and not getrusage, which carries over what the parent had before exec.
 */
const file = process.env['PEAK_FILE'];
if (isMainThread && file !== undefined) {
  process.on('exit', () => {
    const peakKib = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (peakKib !== undefined) writeFileSync(file, peakKib);
  });
}
