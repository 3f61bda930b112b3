import { parentPort, workerData } from 'node:worker_threads';
import { EigenScanner } from '../alpha/scanner/eigen-scanner.ts';
import { isStopRequested } from '../shm/control.ts';
import { Doorbell } from '../shm/doorbell.ts';
import { readWorkerState } from '../shm/heartbeats.ts';
import { createIdleStrategy } from '../shm/idle.ts';
import { type Agent, runDutyCycle } from './duty-cycle.ts';
import type { ScannerWorkerOptions } from './messages.ts';
import { ScannerInbox } from './scanner-inbox.ts';
import { runWorker } from './worker-life.ts';

const options = workerData as ScannerWorkerOptions;

await runWorker('SCANNER', options.region, parentPort, async ({ region, heartbeat, ready }) => {
  const { universe, excluded, barIntervalMs, thresholds } = options;
  const scanner = new EigenScanner({ assets: universe.length, excluded, barIntervalMs, thresholds });
  const inbox = new ScannerInbox(region, (day, nsOfDay, prices, signals) => {
    scanner.step(day, nsOfDay, prices, 0, signals, 0);
  });
  const agent: Agent = {
    doWork: () => inbox.answerAll(),
    // A stop alone is no reason: market data may wait for this very scan.
    isDone: () => {
      const marketData = readWorkerState(region, 'MARKET_DATA');
      return (marketData === 'STOPPED' || marketData === 'FAILED') && (isStopRequested(region) || !inbox.isDataReady());
    },
  };
  const isReady = () => inbox.isDataReady() || agent.isDone();
  ready();
  runDutyCycle(agent, createIdleStrategy(options.wait, new Doorbell(region, 'scanRequest'), isReady), heartbeat);
});
