import { catchUpState, deploymentState, plan, targetState } from '@flow/core/deployment';
import type { CatchUpState, DeploymentState, Plan, TargetState } from '@flow/core/deployment';
import { analysisView, rolloutView } from '@flow/core/rollout';
import type { AnalysisView, RolloutView } from '@flow/core/rollout';
import { z } from 'zod';
import type { Tx } from '../client/index.ts';
import { clusterHealth } from '@flow/core/cluster';
import type { ClusterHealth } from '@flow/core/cluster';
import { createdBefore, toPage } from '../paging/index.ts';
import type { Page, PageQuery } from '../paging/index.ts';

/** One target as a list shows it: a word, a step, a weight. */
export interface TargetGlance {
  id: string;
  region: string;
  wave: number;
  state: TargetState;
  stepIndex: number | null;
  stepCount: number;
  canaryWeight: number;
}

/** A row of the list of deployments. */
export interface DeploymentRow {
  id: string;
  kind: string;
  state: DeploymentState;
  reason: string | null;
  invoker: string;
  requestedBy: string | null;
  serviceId: string;
  serviceSlug: string;
  serviceName: string;
  environmentId: string;
  environmentSlug: string;
  environmentName: string;
  artifactId: string;
  /** The run that asked for it; null when a person or a program did. */
  runId: string | null;
  /** The promotion rule by which Flow asked for it; null for all others. */
  promotionRuleId: string | null;
  version: string;
  commitSha: string;
  commitMessage: string;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  targets: TargetGlance[];
}

const placeSelect = {
  service: { select: { slug: true, name: true } },
  environment: { select: { slug: true, name: true } },
  artifact: { select: { version: true, commitSha: true, commitMessage: true } },
} as const;

const rowSelect = {
  id: true,
  kind: true,
  state: true,
  reason: true,
  invoker: true,
  requestedBy: true,
  serviceId: true,
  environmentId: true,
  artifactId: true,
  runId: true,
  promotionRuleId: true,
  createdAt: true,
  startedAt: true,
  finishedAt: true,
  ...placeSelect,
  targets: { select: { id: true, region: true, wave: true, state: true, observed: true }, orderBy: { region: 'asc' } },
} as const;

interface Stored {
  state: string;
  service: { slug: string; name: string };
  environment: { slug: string; name: string };
  artifact: { version: string; commitSha: string; commitMessage: string };
}

interface Placed {
  state: DeploymentState;
  serviceSlug: string;
  serviceName: string;
  environmentSlug: string;
  environmentName: string;
  version: string;
  commitSha: string;
  commitMessage: string;
}

function placed<Row extends Stored>({
  service,
  environment,
  artifact,
  ...row
}: Row): Omit<Row, 'service' | 'environment' | 'artifact'> & Placed {
  return {
    ...row,
    state: deploymentState.parse(row.state),
    serviceSlug: service.slug,
    serviceName: service.name,
    environmentSlug: environment.slug,
    environmentName: environment.name,
    ...artifact,
  };
}

/** A list shows how far a canary has come, and need not read the rest of what is known of it. */
const canaryGlance = rolloutView.pick({ stepIndex: true, stepCount: true, canaryWeight: true }).strip();

function glance(target: { id: string; region: string; wave: number; state: string; observed: unknown }): TargetGlance {
  const rollout = canaryGlance.nullable().catch(null).parse(target.observed);
  return {
    id: target.id,
    region: target.region,
    wave: target.wave,
    state: targetState.parse(target.state),
    stepIndex: rollout?.stepIndex ?? null,
    stepCount: rollout?.stepCount ?? 0,
    canaryWeight: rollout?.canaryWeight ?? 0,
  };
}

export interface DeploymentFilter {
  serviceId?: string | undefined;
  environmentId?: string | undefined;
  artifactId?: string | undefined;
  runId?: string | undefined;
  promotionRuleId?: string | undefined;
  states?: readonly DeploymentState[] | undefined;
  createdAfter?: Date | undefined;
}

/** Deployments of the tenant, newest first. */
export async function listDeployments(
  reader: Tx,
  tenantId: string,
  query: PageQuery & { filter: DeploymentFilter },
): Promise<Page<DeploymentRow>> {
  const { states, createdAfter, ...equal } = query.filter;
  const given = Object.fromEntries(Object.entries(equal).filter(([, value]) => value !== undefined));
  const rows = await reader.deployment.findMany({
    where: {
      tenantId,
      ...given,
      ...(states === undefined || states.length === 0 ? {} : { state: { in: [...states] } }),
      AND: [createdBefore(query.cursor), createdAfter === undefined ? {} : { createdAt: { gte: createdAfter } }],
    },
    select: rowSelect,
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: query.limit + 1,
  });
  return toPage(
    rows.map((row) => ({ ...placed(row), targets: row.targets.map(glance).toSorted((a, b) => a.wave - b.wave) })),
    query.limit,
    (row) => row.createdAt,
  );
}

/** One target of a deployment as its page shows it. */
export interface TargetDetail {
  id: string;
  targetId: string;
  region: string;
  clusterId: string;
  namespace: string;
  releaseName: string;
  wave: number;
  state: TargetState;
  reason: string | null;
  releaseRevision: number | null;
  previousRevision: number | null;
  podHash: string | null;
  observed: RolloutView | null;
  analyses: AnalysisView[];
  startedAt: Date | null;
  finishedAt: Date | null;
  /** Of a region that was skipped since its cluster could not be reached; null of all others. */
  catchUp: CatchUpState | null;
  /** The deployment that catches it up; null when there is none. */
  catchUpId: string | null;
  /** The cluster that it is in: while it cannot be reached, `observed` is what was seen last. */
  cluster: { name: string; health: ClusterHealth; healthReason: string | null; healthSince: Date | null };
}

export interface DeploymentDetail extends Omit<DeploymentRow, 'targets'> {
  rowVersion: number;
  digest: string;
  plan: Plan;
  snapshotHash: string;
  verdict: unknown;
  requestedAction: string | null;
  requestedActionBy: string | null;
  currentWave: number;
  waveFinishedAt: Date | null;
  /** The last wave, counted from 0, that a person has let begin, and how many failed regions were accepted. */
  continuedWave: number;
  acceptedFailures: number;
  /** Whether it starts by itself once nothing stands against it any more. */
  startsItself: boolean;
  notBefore: Date | null;
  /** The earlier deployment whose chart and configuration it takes again. */
  repeats: { id: string; createdAt: Date } | null;
  targets: TargetDetail[];
}

const targetSelect = {
  id: true,
  targetId: true,
  region: true,
  clusterId: true,
  namespace: true,
  releaseName: true,
  wave: true,
  state: true,
  reason: true,
  releaseRevision: true,
  previousRevision: true,
  podHash: true,
  observed: true,
  analyses: true,
  startedAt: true,
  finishedAt: true,
  catchUp: true,
  catchUpId: true,
  target: { select: { cluster: { select: { name: true, health: true, healthReason: true, healthSince: true } } } },
} as const;

/** One deployment with its targets, or null. */
export async function findDeploymentWithTargets(reader: Tx, tenantId: string, id: string): Promise<DeploymentDetail | null> {
  const row = await reader.deployment.findUnique({
    where: { tenantId_id: { tenantId, id } },
    select: {
      ...rowSelect,
      version: true,
      plan: true,
      snapshotHash: true,
      verdict: true,
      requestedAction: true,
      requestedActionBy: true,
      currentWave: true,
      waveFinishedAt: true,
      continuedWave: true,
      acceptedFailures: true,
      startsItself: true,
      notBefore: true,
      repeats: { select: { id: true, createdAt: true } },
      artifact: { select: { ...placeSelect.artifact.select, digest: true } },
      targets: { select: targetSelect, orderBy: [{ wave: 'asc' }, { region: 'asc' }] },
    },
  });
  if (row === null) return null;
  const { targets, version: rowVersion, ...rest } = row;
  return { ...placed(rest), rowVersion, digest: rest.artifact.digest, plan: plan.parse(rest.plan), targets: targets.map(toTarget) };
}

function toTarget({
  target: { cluster },
  ...row
}: Omit<TargetDetail, 'state' | 'observed' | 'analyses' | 'cluster' | 'catchUp'> & {
  state: string;
  catchUp: string | null;
  observed: unknown;
  analyses: unknown;
  target: { cluster: Omit<TargetDetail['cluster'], 'health'> & { health: string } };
}): TargetDetail {
  return {
    ...row,
    cluster: { ...cluster, health: clusterHealth.parse(cluster.health) },
    state: targetState.parse(row.state),
    catchUp: catchUpState.nullable().parse(row.catchUp),
    observed: rolloutView.nullable().catch(null).parse(row.observed),
    analyses: z.array(analysisView).catch([]).parse(row.analyses),
  };
}
