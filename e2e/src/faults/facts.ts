import { deploymentState } from '@flow/core/deployment';
import type { DeploymentState } from '@flow/core/deployment';
import { eventsAfter } from '@flow/db/events';
import type { LoggedEvent } from '@flow/db/events';
import type { Database } from '@flow/db/client';
import { kinds } from '@flow/delivery/cluster';
import type { ClusterClient } from '@flow/delivery/cluster';
import { readHistory } from '@flow/delivery/helm';
import { projectRollout } from '@flow/delivery/rollouts';
import { z } from 'zod';
import { eventually } from '../contract/eventually.ts';
import { namespace } from './ground.ts';
import type { Ground } from './ground.ts';

/** How one deployment ended, without ids and times: the same for every run of the same scenario. */
export interface EndState {
  deployment: { state: string; reason: string | null };
  targets: readonly { region: string; state: string; reason: string | null }[];
  /** What runs in each region according to the cluster itself. */
  running: readonly { region: string; digest: string; phase: string; isStable: boolean }[];
  /** Version that Flow says is running. */
  shown: readonly { region: string; digest: string }[];
  /** Transitions as the audit log tells them. */
  transitions: readonly string[];
  actions: readonly string[];
  /** What the pages were told of the acts of people: one line for each. */
  told: readonly string[];
  /** Good revisions of the release that this deployment made. */
  revisions: readonly { region: string; made: number }[];
}

export interface Subject {
  deploymentId: string;
  releaseName: string;
  clients: ReadonlyMap<string, ClusterClient>;
}

const transition = z.object({ state: deploymentState });

/** Reads how a deployment ended, from the database and from the clusters. */
export async function endStateOf(db: Database, ground: Ground, subject: Subject): Promise<EndState> {
  const { tenantId } = ground;
  const { deploymentId, releaseName } = subject;
  const deployment = await db.prisma.deployment.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: deploymentId } },
    include: { targets: { orderBy: { wave: 'asc' } } },
  });
  const actions = await db.prisma.engineAction.findMany({ where: { tenantId, deploymentId } });
  const shown = await db.prisma.runningVersion.findMany({
    where: { tenantId, serviceId: deployment.serviceId },
    orderBy: { region: 'asc' },
  });
  const audit = await transitionsOf(db, tenantId, deploymentId);
  const regions = await Promise.all(
    ground.clusters.map(async ({ region }) => {
      const client = subject.clients.get(region);
      if (client === undefined) throw new Error(`no client for ${region}`);
      const rollout = await client.get({ kind: kinds.rollouts, namespace, name: releaseName });
      const view = rollout.ok ? projectRollout(rollout.value) : null;
      const history = await readHistory(client, { namespace, name: releaseName });
      const good = history.filter(({ status }) => status === 'deployed' || status === 'superseded');
      return {
        running: {
          region,
          digest: /@(sha256:[0-9a-f]+)$/.exec(view?.image ?? '')?.[1] ?? '',
          phase: view?.phase ?? 'absent',
          isStable: view !== null && view.currentPodHash === view.stablePodHash,
        },
        revision: { region, made: good.filter((revision) => revision.deploymentId === deploymentId).length },
      };
    }),
  );
  return {
    deployment: { state: deployment.state, reason: deployment.reason },
    targets: deployment.targets.map(({ region, state, reason }) => ({ region, state, reason })),
    running: regions.map((each) => each.running),
    shown: shown.map(({ region, digest }) => ({ region, digest })),
    transitions: audit.map(({ from, to }) => `${from} > ${to}`),
    // What was refused because the world had moved on did nothing, and people ask again: how often depends on what they saw when.
    actions: actions
      .filter(({ state }) => state !== 'refused')
      .map(({ kind, state, requestedBy }) => `${kind} ${state}${requestedBy === null ? '' : ' for a person'}`)
      .toSorted(),
    told: (await eventsOf(db, deploymentId)).flatMap(({ data }) => (data['outcome'] === 'done' ? ['done'] : [])),
    revisions: regions.map((each) => each.revision),
  };
}

/** The transitions of a deployment as the audit log tells them, oldest first. */
export async function transitionsOf(
  db: Database,
  tenantId: string,
  deploymentId: string,
): Promise<{ from: DeploymentState; to: DeploymentState }[]> {
  const rows = await db.prisma.auditEntry.findMany({
    where: { tenantId, subject: `deployment:${deploymentId}`, action: 'deployment.transition' },
    orderBy: [{ at: 'asc' }, { id: 'asc' }],
  });
  return rows.map((row) => ({ from: transition.parse(row.before).state, to: transition.parse(row.after).state }));
}

/** The events of one deployment, read as a web process reads them, once all of them can be read. */
export async function eventsOf(db: Database, deploymentId: string): Promise<LoggedEvent[]> {
  const topic = `deployment:${deploymentId}`;
  // A transaction holds back what is newer than itself, in whichever database of the server it runs: a test beside this one may have one open.
  const heldBack = 'SELECT FROM event WHERE $1 = ANY(topics) AND tx_id >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint LIMIT 1';
  await eventually('every event of the deployment can be read', async () => (await db.pool.query(heldBack, [topic])).rowCount === 0);
  const found: LoggedEvent[] = [];
  let cursor = { txId: 0n, position: 0n };
  for (;;) {
    const page = await eventsAfter(db, cursor, 1_000);
    const last = page.at(-1);
    if (last === undefined) return found;
    found.push(...page.filter(({ topics }) => topics.includes(topic)));
    cursor = last.cursor;
  }
}
