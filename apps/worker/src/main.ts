import { traceOfLog } from '@flow/telemetry/trace';
import pino from 'pino';
import { readEnvironment } from './env.ts';
import { startWorker } from './worker.ts';

const environment = readEnvironment();
const log = pino({ name: 'worker', level: environment.logLevel, mixin: traceOfLog });
const worker = await startWorker(environment, log);
process.stdout.write(`${JSON.stringify({ ready: true, process: 'worker' })}\n`);

let isStopping = false;
const stop = (): void => {
  // A second signal ends at once.
  if (isStopping) process.exit(1);
  isStopping = true;
  worker.stop().then(
    () => process.exit(0),
    (error: unknown) => {
      log.error({ err: error }, 'the worker did not stop cleanly');
      process.exit(1);
    },
  );
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
// Under a supervisor that was killed there is nobody left to send a signal.
process.on('disconnect', stop);
