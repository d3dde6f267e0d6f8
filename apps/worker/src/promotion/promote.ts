import { eventChannel, jobChannel } from '@flow/db/events';
import type { Announcer } from '@flow/db/events';
import { promoteByRule } from '@flow/operations/promotion';
import type { JobHandler } from '../jobs/run-jobs.ts';
import { systemContext } from '../system-context.ts';

type Dependencies = Parameters<typeof systemContext>[0] & { announcer: Announcer };

/** Promotes what the rules promote of a service, and comes again when the next of its soaks and schedules says so. */
export function promoteServices(dependencies: Dependencies): JobHandler {
  return async (job) => {
    if (job.tenantId === null) return { kind: 'done' };
    const ctx = systemContext(dependencies, job.tenantId, 'promotes by rule');
    const { deploymentIds, again } = await promoteByRule(ctx, { serviceId: job.key });
    if (deploymentIds.length > 0) {
      dependencies.announcer.announce(jobChannel);
      dependencies.announcer.announce(eventChannel);
    }
    return again === null ? { kind: 'done' } : { kind: 'waiting', until: again };
  };
}
