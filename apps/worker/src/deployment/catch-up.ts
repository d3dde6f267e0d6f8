import type { Database } from '@flow/db/client';
import { eventChannel, jobChannel } from '@flow/db/events';
import type { Announcer } from '@flow/db/events';
import { catchUpRegion } from '@flow/operations/deployment';
import type { Logger } from 'pino';
import type { JobHandler } from '../jobs/run-jobs.ts';
import { systemContext } from '../system-context.ts';

export interface CatchUpDependencies {
  db: Database;
  announcer: Announcer;
  log: Logger;
  now: () => Date;
  newId: () => string;
}

// The return of its cluster wakes it; what else it waits for is looked at this often.
const lookAgainMs = 60_000;

/** Catches up a region that was skipped, as soon as that is possible. */
export function catchUpRegions(dependencies: CatchUpDependencies): JobHandler {
  return async (job) => {
    if (job.tenantId === null) return { kind: 'done' };
    const { announcer, log, now } = dependencies;
    const ctx = systemContext(dependencies, job.tenantId, 'catches up a region that was skipped');
    const result = await catchUpRegion(ctx, { targetDeploymentId: job.key });
    announcer.announce(eventChannel);
    if (result.kind === 'waits') return { kind: 'waiting', until: new Date(now().getTime() + lookAgainMs) };
    if (result.kind === 'started') {
      announcer.announce(jobChannel);
      log.info({ deployment: result.deploymentId, targetDeployment: job.key }, 'a region that was skipped is caught up');
    }
    return { kind: 'done' };
  };
}
