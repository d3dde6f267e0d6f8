import { findDrift, nameOf } from '@flow/core/drift';
import type { FoundDrift } from '@flow/core/drift';
import { FlowError } from '@flow/core/fault';
import { findAskedReapply, findRunningRelease, listDrift } from '@flow/db/drift';
import type { ComparedRelease } from '@flow/db/drift';
import { eventChannel } from '@flow/db/events';
import { mayStill } from '@flow/db/tenancy';
import { putBack, readDeployed } from '@flow/delivery/drift';
import type { DeployedObject } from '@flow/delivery/drift';
import { recordReapply } from '@flow/operations/drift';
import { holdRelease } from '../deployment/hold-release.ts';
import type { HeldRelease } from '../deployment/hold-release.ts';
import type { JobHandler } from '../jobs/run-jobs.ts';
import { systemContext } from '../system-context.ts';
import { compareRelease, fingerprintOf } from './compare-release.ts';
import type { DriftDependencies } from './compare-release.ts';

type ReapplyDependencies = DriftDependencies & { holder: string };
type Ended = { to: 'done' | 'failed'; result: string };

// Until whoever writes to the release has ended.
const tryAgainMs = 3_000;

/** Carries out the wish to apply again what was deployed in one target, and compares it anew. A repeat after a crash finds less to do, or nothing. */
export function reapplyReleases(dependencies: ReapplyDependencies): JobHandler {
  return async (job, signal) => {
    const [serviceId = '', targetId = ''] = job.key.split('/');
    const { tenantId } = job;
    const { db, now } = dependencies;
    const wish = tenantId === null ? null : await findAskedReapply(db.prisma, tenantId, { serviceId, targetId });
    if (tenantId === null || wish === null) return { kind: 'done' };
    const release = await findRunningRelease(db.prisma, tenantId, { serviceId, targetId });
    const refused = await whyNot(dependencies, { tenantId, userId: wish.by, release });
    const ended = refused ?? (release === null ? null : await apply(dependencies, release, signal));
    if (ended === null) return { kind: 'waiting', until: new Date(now().getTime() + tryAgainMs) };
    await recordReapply(systemContext(dependencies, tenantId, 'applies again what was deployed'), { serviceId, targetId, ...ended });
    dependencies.announcer.announce(eventChannel);
    if (release !== null && refused === null) await compareRelease(dependencies, release, signal);
    return { kind: 'done' };
  };
}

async function whyNot(
  { db }: ReapplyDependencies,
  { tenantId, userId, release }: { tenantId: string; userId: string; release: (ComparedRelease & { isMoving: boolean }) | null },
): Promise<Ended | null> {
  // What a person has asked for ends with their access.
  if (!(await mayStill(db.prisma, tenantId, { userId, right: 'deployment:ask' })))
    return { to: 'failed', result: 'Whoever asked to apply it again may not do it here any more' };
  if (release === null) return { to: 'failed', result: 'Nothing of the service runs there any more' };
  if (release.isMoving) return { to: 'failed', result: 'A deployment began to move there: it applies what it brings' };
  return null;
}

/** Null while someone else writes to the release. */
async function apply(dependencies: ReapplyDependencies, release: ComparedRelease, signal: AbortSignal): Promise<Ended | null> {
  let ended: Ended | null = null;
  const { clusterId, namespace, releaseName, serviceId } = release;
  const held = { clusterId, ref: { namespace, name: releaseName }, by: `drift/${serviceId}`, signal };
  try {
    await holdRelease(dependencies, held, async (mine) => {
      ended = await putAllBack(dependencies, release, mine);
    });
  } catch (error) {
    // A cluster that does not answer is tried again for as long as that takes.
    if (!(error instanceof FlowError) || error.code === 'upstream') throw error;
    return { to: 'failed', result: error.message };
  }
  return ended;
}

async function putAllBack(
  { db }: ReapplyDependencies,
  release: ComparedRelease,
  { cluster, ref, signal }: HeldRelease,
): Promise<Ended | null> {
  const { tenantId, deploymentId } = release;
  const read = await readDeployed(cluster.client, ref, { deploymentId, signal });
  if (read.kind === 'moving') return null;
  if (read.kind === 'unreadable') return { to: 'failed', result: read.why };
  const known = await listDrift(db.prisma, tenantId, { serviceId: release.serviceId, targetId: release.targetId });
  const adopted = new Set(
    known.filter((one) => one.adoptedAt !== null).map(({ object, path, fingerprint }) => `${object} ${path} ${fingerprint}`),
  );
  const drift = findDrift(read.objects).filter(
    (one) => !adopted.has(`${one.kind}/${one.name} ${one.path} ${fingerprintOf(one.difference)}`),
  );
  const failures: string[] = [];
  let count = 0;
  for (const object of read.objects) {
    const own = drift.filter((one) => isOf(one, object));
    if (own.length === 0 || signal.aborted) continue;
    const outcome = await putBack(cluster.client, ref, { object, drift: own });
    if (outcome.ok) count += own.length;
    else failures.push(outcome.why);
  }
  signal.throwIfAborted();
  if (failures.length > 0) return { to: 'failed', result: `In ${release.region} not all could be applied again: ${failures.join('; ')}` };
  return {
    to: 'done',
    result: `In ${release.region} ${count} ${count === 1 ? 'difference was' : 'differences were'} put back as deployed`,
  };
}

function isOf({ kind, name }: FoundDrift, { wanted }: DeployedObject): boolean {
  const own = nameOf(wanted);
  return own.kind === kind && own.name === name;
}
