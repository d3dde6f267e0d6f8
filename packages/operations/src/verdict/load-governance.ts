import { nobody } from '@flow/core/approval';
import { configurationSnapshot, deploymentState } from '@flow/core/deployment';
import type { ConfigurationSnapshot, Plan } from '@flow/core/deployment';
import { canonicalJson, ownValues, repeatedValues } from '@flow/core/configuration';
import type { Evidence } from '@flow/core/gate';
import type { PlanSubject } from '@flow/core/guardrail';
import type { Invoker, Place, RuleAction, RuleFacts } from '@flow/core/rule';
import type { Governance, Policies } from '@flow/core/verdict';
import { findArtifact, listArtifacts } from '@flow/db/artifact';
import { listEnvironments } from '@flow/db/catalog';
import type { EnvironmentDetail, ServiceDetail } from '@flow/db/catalog';
import type { Tx } from '@flow/db/client';
import { listExemptionsInPlace } from '@flow/db/exemption';
import {
  countMoving,
  countMovingByCluster,
  findPreviousDeployment,
  findRelatedServices,
  findReleasedTargets,
  findSnapshots,
  hasPassedTests,
  listDeploymentsBeside,
  listRunningWithBuild,
} from '@flow/db/facts';
import type { RunningWithBuild } from '@flow/db/facts';
import { listOpenIncidents } from '@flow/db/incident';
import { buildPlan } from '../deployment/build-plan.ts';
import { relationOf, soakOf, standingOf, targetFactsOf, targetsWithoutGood, usualHours, weightOf } from './build-facts.ts';
import { loadEvidence, questionEvidence } from './load-evidence.ts';
import { isUngoverned, loadPolicies } from './load-policies.ts';

/** What is asked for, as far as rules look at it. */
export interface Asked {
  deploymentId: string | null;
  /** Of one that is not there yet: the earlier deployment whose chart and configuration it would take again. */
  repeatsId: string | null;
  kind: 'deploy' | 'rollback';
  action: RuleAction;
  invoker: Invoker;
  /** Name of who asks. */
  by: string;
  /** Null for a preview that names none: the newest of the service. */
  artifactId: string | null;
  /** The plan that was fixed; null for what the environment would give now. */
  plan: Plan | null;
  /** What the rendered manifests say; null before they are rendered. */
  workload: PlanSubject['workload'];
  beginsWave: boolean;
  /** Of a deployment that was asked for: when, by whom (a user id; null for Flow), and not to start before when. Null for one that might be. */
  line: { askedAt: Date; askedBy: string | null; notBefore: Date | null } | null;
  now: Date;
}

interface Subject {
  reader: Tx;
  tenantId: string;
  service: ServiceDetail;
  environment: EnvironmentDetail;
  asked: Asked;
}

const recentMs = 24 * 60 * 60 * 1_000;

/** Loads what governs one request; undefined when nothing is in force, so that ungoverned tenants pay one query. */
export async function loadGovernance(subject: Subject): Promise<Governance | undefined> {
  const policies = await loadPolicies(subject.reader, subject.tenantId);
  return isUngoverned(policies) ? undefined : loadWholeGovernance(subject, policies);
}

/** The same under given policies, with all that there is to know, whether anything looks at it or not. */
export async function loadWholeGovernance(subject: Subject, policies: Policies): Promise<Governance> {
  const { reader, tenantId, service, environment, asked } = subject;
  const plan = asked.plan ?? buildPlan(environment, service.slug);
  const running = await listRunningWithBuild(reader, tenantId, service.id);
  return {
    policies,
    place: placeOf(tenantId, service, environment),
    facts: await loadFacts(subject, running),
    plan: {
      plan,
      fleetSize: environment.targets.length,
      workload: asked.workload,
      // Flow names images by digest whatever the values say.
      imageByDigest: true,
      chart: {
        kind: service.chart.kind,
        source: service.chart.kind === 'flow' ? 'flow' : `${service.repositoryUrl}/${service.chart.path}`,
      },
    },
    evidence: await loadEvidenceFor(subject, policies),
    exemptions: await listExemptionsInPlace(reader, tenantId, { serviceId: service.id, environmentId: environment.id, now: asked.now }),
    // The votes are loaded with the request for approval.
    voting: { ballot: null, electorate: nobody },
    useKey: asked.deploymentId,
    beginsWave: asked.beginsWave,
  };
}

/** Nothing is loaded where no gate looks at it, nor questions where none asks an outside service. */
async function loadEvidenceFor(subject: Subject, policies: Policies): Promise<Evidence[]> {
  const { reader, tenantId, service, environment, asked } = subject;
  const gates = policies.gates.size === 0 ? [] : policies.gates.covering(placeOf(tenantId, service, environment));
  if (gates.length === 0) return [];
  const kept = await loadEvidence(reader, tenantId, { artifactId: await askedArtifact(subject), now: asked.now });
  const isAsking = gates.some(({ checks }) => checks.some(({ kind }) => kind === 'external'));
  if (asked.deploymentId === null || !isAsking) return kept;
  return [...kept, ...(await questionEvidence(reader, tenantId, asked.deploymentId))];
}

/** Where a deployment of the service to the environment would stand, for the scopes of policies. */
export function placeOf(tenantId: string, service: ServiceDetail, environment: EnvironmentDetail): Place {
  return {
    tenantId,
    environmentId: environment.id,
    environmentKind: environment.kind,
    serviceId: service.id,
    tier: String(service.tier),
    regions: environment.targets.map((target) => target.region),
    labels: service.labels,
  };
}

type Running = readonly RunningWithBuild[];

/** What is known of a request, whether anything governs it or not. */
export async function loadRequestFacts(subject: Subject): Promise<RuleFacts> {
  return loadFacts(subject, await listRunningWithBuild(subject.reader, subject.tenantId, subject.service.id));
}

async function loadFacts(subject: Subject, running: Running): Promise<RuleFacts> {
  const { reader, tenantId, service, environment, asked } = subject;
  // One after the other: a transaction has one connection.
  const related = await findRelatedServices(reader, tenantId, service);
  const [dependencies, dependents] = [new Set(related.dependencies.map(idOf)), new Set(related.dependents.map(idOf))];
  const to = { serviceId: service.id, dependencies, dependents };
  const others = await loadOthers(subject, to);
  const incidents = await listOpenIncidents(reader, tenantId, [service.id, ...dependencies, ...dependents]);
  const moving = await countMovingByCluster(reader, asked.deploymentId);
  const released = await findReleasedTargets(reader, tenantId, {
    serviceId: service.id,
    targetIds: targetsWithoutGood(environment, running),
    deploymentId: asked.deploymentId,
  });
  const here = running.filter((one) => one.environmentId === environment.id);
  const artifact = await loadArtifact(subject, running);
  return {
    request: {
      action: asked.action,
      invoker: asked.invoker,
      kind: asked.kind,
      by: asked.by,
      fromVersion: here[0]?.version ?? '',
      toVersion: artifact.version,
      ...(await loadChanges(subject, { here, digest: artifact.digest })),
    },
    service: {
      id: service.id,
      name: service.name,
      tier: String(service.tier),
      owner: service.owner === '' ? 'The owning team' : service.owner,
      labels: service.labels,
      dependencies: [...dependencies],
      dependents: [...dependents],
      workingHours: service.workingHours ?? usualHours,
    },
    environment: { id: environment.id, name: environment.name, kind: environment.kind, labels: {} },
    targets: targetFactsOf(environment, { running, released, moving }),
    others,
    inFlight: {
      tenant: others.filter((other) => other.state === 'inFlight').length,
      platform: await countMoving(reader, asked.deploymentId),
    },
    previous: await loadPrevious(subject),
    artifact,
    incidents: incidents.map((incident) => ({
      id: incident.id,
      title: incident.title,
      severity: incident.severity,
      serviceName: incident.service.name,
      relation: relationOf(incident.service.id, to),
      since: incident.openedAt,
    })),
    errorBudget: null,
    approvals: { count: 0, rejected: false },
  };
}

function idOf({ id }: { id: string }): string {
  return id;
}

const nearness = { same: 0, dependency: 1, dependent: 2, none: 3 } as const;

async function loadOthers({ reader, tenantId, asked }: Subject, to: Parameters<typeof relationOf>[1]): Promise<RuleFacts['others']> {
  const since = new Date(asked.now.getTime() - recentMs);
  const found = await listDeploymentsBeside(reader, tenantId, { deploymentId: asked.deploymentId, since });
  const others = found.flatMap((row) => {
    const state = standingOf(deploymentState.parse(row.state));
    if (state === null) return [];
    return [
      {
        id: row.id,
        serviceId: row.serviceId,
        serviceName: row.service.name,
        relation: relationOf(row.serviceId, to),
        tenantId,
        environmentId: row.environmentId,
        environmentKind: row.environment.kind,
        regions: row.targets.map((target) => target.region),
        clusters: row.targets.map((target) => target.clusterId),
        state,
        digest: row.artifact.digest,
        weight: weightOf(row.targets),
        since: row.finishedAt ?? row.startedAt ?? row.createdAt,
      },
    ];
  });
  return others.toSorted((left, right) => nearness[left.relation] - nearness[right.relation]);
}

async function loadPrevious({ reader, tenantId, service, environment, asked }: Subject): Promise<RuleFacts['previous']> {
  const { deploymentId } = asked;
  const previous = await findPreviousDeployment(reader, tenantId, { serviceId: service.id, environmentId: environment.id, deploymentId });
  const state = previous === null ? null : standingOf(deploymentState.parse(previous.state));
  if (previous === null || state === null || state === 'inFlight' || state === 'queued') return null;
  return { id: previous.id, state, digest: previous.artifact.digest, endedAt: previous.finishedAt ?? previous.createdAt };
}

/** The artifact that is asked for; a preview that names none means the newest of the service. */
async function askedArtifact({ reader, tenantId, service, asked }: Subject): Promise<string | null> {
  return asked.artifactId ?? (await listArtifacts(reader, tenantId, { serviceId: service.id, limit: 1 })).items[0]?.id ?? null;
}

async function loadArtifact(subject: Subject, running: Running): Promise<RuleFacts['artifact']> {
  const { reader, tenantId, environment, asked } = subject;
  const artifactId = await askedArtifact(subject);
  const artifact = artifactId === null ? null : await findArtifact(reader, tenantId, artifactId);
  const built = { digest: artifact?.digest ?? '', builtAt: artifact?.createdAt ?? asked.now };
  const environments = await listEnvironments(reader, tenantId);
  return {
    ...built,
    version: artifact?.version ?? '',
    ...soakOf(built, environment, { environments, running }),
    testsPassed: await hasPassedTests(reader, tenantId, artifact?.runId ?? null),
    attestations: [],
    vulnerabilities: null,
  };
}

type Changes = Pick<RuleFacts['request'], 'changesImage' | 'changesConfiguration' | 'changesChart'>;

/** What would change against what runs here, in any region; of what is neither prepared nor taken again only the image is known. */
async function loadChanges(subject: Subject, { here, digest }: { here: Running; digest: string }): Promise<Changes> {
  const { reader, tenantId, asked } = subject;
  const changesImage = here.some((one) => one.digest !== digest) || here.length === 0;
  const onlyImage = { changesImage, changesConfiguration: false, changesChart: false };
  const nextId = asked.deploymentId ?? asked.repeatsId;
  if (nextId === null || here.length === 0) return onlyImage;
  const snapshots = await findSnapshots(reader, tenantId, [nextId, ...new Set(here.map((one) => one.deploymentId))]);
  const snapshotOf = (id: string): ConfigurationSnapshot | undefined => configurationSnapshot.safeParse(snapshots.get(id)).data;
  const next = snapshotOf(nextId);
  if (next === undefined) return onlyImage;
  const pairs = here.flatMap(({ targetId, deploymentId }) => {
    const last = snapshotOf(deploymentId);
    return last === undefined ? [] : [{ targetId, last }];
  });
  return {
    changesImage,
    changesConfiguration: pairs.some(({ targetId, last }) =>
      wouldChange(subject, { next: next.values[targetId], last: last.values[targetId] }),
    ),
    changesChart: pairs.some(({ last }) => last.chart.digest !== next.chart.digest),
  };
}

type TargetValues = ConfigurationSnapshot['values'][string];

/** Whether the configuration of one target would be another; one to which an earlier deployment did not go says nothing. */
function wouldChange(
  { asked, environment }: Subject,
  { next, last }: { next: TargetValues | undefined; last: TargetValues | undefined },
): boolean {
  if (next === undefined || last === undefined) return false;
  const strategy = asked.plan?.strategy ?? environment.strategy;
  const values = asked.deploymentId === null ? repeatedValues(next, strategy) : ownValues(next);
  return canonicalJson(values) !== canonicalJson(ownValues(last));
}
