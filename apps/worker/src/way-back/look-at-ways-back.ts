import { judgeWayBack } from '@flow/core/way-back';
import type { WayBack } from '@flow/core/way-back';
import type { Database } from '@flow/db/client';
import { eventChannel, jobChannel } from '@flow/db/events';
import type { Announcer } from '@flow/db/events';
import { wake, wakeDueWayBacks } from '@flow/db/jobs';
import { findWayBackSubject, removeWayBack, saveWayBack } from '@flow/db/way-back';
import type { JobHandler, JobResult } from '../jobs/run-jobs.ts';
import { seeWayBack } from './see-way-back.ts';
import type { SeeingDependencies } from './see-way-back.ts';

export interface WayBackDependencies extends SeeingDependencies {
  db: Database;
  announcer: Announcer;
  now: () => Date;
}

const minuteMs = 60_000;
const sweepEveryMs = 5 * minuteMs;
const atOnce = 500;
/** What works is believed for longer than what is in doubt, which may be mended at any moment. */
const againAfterMs = { works: 720 * minuteMs, none: 720 * minuteMs, doubtful: 15 * minuteMs } as const satisfies Record<
  WayBack['light'],
  number
>;

/** Has one worker look for what is due now, and from then on again and again. */
export function wakeWaysBack({ db, now }: Pick<WayBackDependencies, 'db' | 'now'>): Promise<void> {
  return wake(db.prisma, { kind: 'wayBack', key: 'all', tenantId: null, runAt: now() });
}

/** Looks at the way back of one service in one region, or, without a tenant, wakes those that are due. */
export function lookAtWaysBack(dependencies: WayBackDependencies): JobHandler {
  return async (job, signal) => {
    if (job.tenantId === null) return sweep(dependencies);
    const [serviceId = '', targetId = ''] = job.key.split('/');
    return look(dependencies, { tenantId: job.tenantId, place: { serviceId, targetId }, signal });
  };
}

async function sweep({ db, announcer, now }: WayBackDependencies): Promise<JobResult> {
  const count = await wakeDueWayBacks(db, { at: now(), limit: atOnce });
  if (count > 0) announcer.announce(jobChannel);
  return { kind: 'waiting', until: new Date(now().getTime() + (count === atOnce ? minuteMs : sweepEveryMs)) };
}

interface Look {
  tenantId: string;
  place: { serviceId: string; targetId: string };
  signal: AbortSignal;
}

async function look(dependencies: WayBackDependencies, { tenantId, place, signal }: Look): Promise<JobResult> {
  const { db, announcer, now } = dependencies;
  const subject = await findWayBackSubject(db.prisma, tenantId, place);
  if (subject === null) {
    await removeWayBack(db, tenantId, place);
    return { kind: 'done' };
  }
  const { light, sentence } = judgeWayBack(await seeWayBack(dependencies, { tenantId, subject, signal }));
  const lookedAt = now();
  const nextAt = new Date(lookedAt.getTime() + againAfterMs[light]);
  await saveWayBack(db, tenantId, { ...place, deploymentId: subject.running.deploymentId, light, sentence, lookedAt, nextAt });
  announcer.announce(eventChannel);
  return { kind: 'done' };
}
