import { deploymentState, mayBecome, targetMayBecome, targetState } from '@flow/core/deployment';
import type { DeploymentState, TargetState } from '@flow/core/deployment';
import type { Database } from '@flow/db/client';
import type { LoggedEvent } from '@flow/db/events';
import { z } from 'zod';
import { eventsOf, transitionsOf } from './facts.ts';
import type { Ground } from './ground.ts';

interface Target {
  id: string;
  wave: number;
  region: string;
  state: string;
}

type Transition = { from: DeploymentState; to: DeploymentState };

const changed = z.object({ state: deploymentState, targets: z.array(z.object({ id: z.string(), state: targetState })) });

/** Which of the promises of this ended deployment are broken, each in a sentence; none is expected. */
export async function brokenPromises(db: Database, ground: Ground, deploymentId: string): Promise<string[]> {
  const { tenantId } = ground;
  const deployment = await db.prisma.deployment.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: deploymentId } },
    include: { targets: { orderBy: { wave: 'asc' } }, approval: true },
  });
  const actions = await db.prisma.engineAction.findMany({ where: { tenantId, deploymentId } });
  const job = await db.prisma.job.findUnique({ where: { kind_key: { kind: 'deployment', key: deploymentId } } });
  const audit = await transitionsOf(db, tenantId, deploymentId);
  const events = await eventsOf(db, deploymentId);
  const hasStarted = audit.some(({ to }) => to === 'deploying');
  const isApproved = deployment.approval?.state === 'approved' && deployment.approval.subjectHash === deployment.snapshotHash;
  return [
    ...unless(deployment.activePlace === null, 'an ended deployment still holds its place'),
    ...unless(hasStarted || actions.every(({ kind }) => kind === 'prepare'), 'there is an effect without a start'),
    ...unless(!hasStarted || isApproved, 'it started without the approval of exactly what was prepared'),
    ...actions.filter(({ state }) => state === 'intended').map(({ key }) => `the action ${key} has no end`),
    ...unless(job === null, 'an ended deployment still has a job'),
    ...brokenPath(audit, deployment.state, events),
    ...brokenTargets(deployment.targets, toldOf(events)),
  ];
}

function unless(isKept: boolean, sentence: string): string[] {
  return isKept ? [] : [sentence];
}

function toldOf(events: readonly LoggedEvent[]): z.infer<typeof changed>[] {
  return events.flatMap(({ data }) => changed.safeParse(data).data ?? []);
}

/** An audit entry for each transition, each by an edge of the table, from the first state to the last; and the pages were told the same. */
function brokenPath(audit: readonly Transition[], last: string, events: readonly LoggedEvent[]): string[] {
  const path = ['preparing', ...audit.map(({ to }) => to)];
  const states = ['preparing', ...toldOf(events).map(({ state }) => state)].filter((state, index, all) => state !== all[index - 1]);
  return [
    ...audit.flatMap(({ from, to }, index) => [
      ...unless(from === path[index], `the audit log goes on from ${from}, where it had come to ${String(path[index])}`),
      ...unless(mayBecome(from, to), `the table has no way from ${from} to ${to}`),
    ]),
    ...unless(path.at(-1) === last, `the audit log ends at ${String(path.at(-1))}, the deployment is ${last}`),
    ...unless(states.join() === path.join(), `the pages were told ${states.join(' > ')}, the audit log tells ${path.join(' > ')}`),
  ];
}

/** Targets go by the edges of their table, wave by wave, and the pages were told where they ended. */
function brokenTargets(targets: readonly Target[], told: readonly z.infer<typeof changed>[]): string[] {
  const current = new Map<string, TargetState>(targets.map(({ id }) => [id, 'pending']));
  const wasHealthy = new Set<string>();
  const broken = told
    .flatMap((change) => change.targets)
    .flatMap(({ id, state }) => {
      const before = current.get(id) ?? 'pending';
      const wave = targets.find((target) => target.id === id)?.wave ?? 0;
      const isInOrder = targets.every((target) => target.wave >= wave || wasHealthy.has(target.id));
      if (state === 'healthy') wasHealthy.add(id);
      current.set(id, state);
      return [
        ...unless(targetMayBecome(before, state), `the table has no way for a target from ${before} to ${state}`),
        ...unless(before !== 'pending' || state !== 'applying' || isInOrder, `${id} began before the wave before it was healthy`),
      ];
    });
  const untold = targets
    .filter(({ id, state }) => current.get(id) !== state)
    .map(({ id, state, region }) => `the pages were told that ${region} is ${String(current.get(id))}, it is ${state}`);
  return [...broken, ...untold];
}
