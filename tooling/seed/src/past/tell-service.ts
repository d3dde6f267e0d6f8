import { createService } from '@flow/operations/catalog';
import { askForDeployment, requestRollback } from '@flow/operations/deployment';
import { releasePin } from '@flow/operations/promotion';
import { actedAt, daysBefore, flowActedAt, foundedAt, later } from './past.ts';
import type { KnownService, Past } from './past.ts';
import type { PastRelease, PastService } from './story.ts';
import { tellDeployment } from './tell-deployment.ts';
import type { Moment } from './tell-deployment.ts';
import { ToldRun } from './tell-run.ts';

/** The deployments of a service by which it runs now, by environment. */
export type Standing = Partial<Record<'development' | 'production', string>>;

const takenBackAfterSeconds = 3 * 3_600;
const pinnedForSeconds = 2 * 3_600;

/** Makes a service and tells what became of its versions, oldest first. Gives what stands at the end. */
export async function tellService(past: Past, story: PastService): Promise<{ service: KnownService; standing: Standing }> {
  const { slug, name, description, tier, dependsOn } = story;
  const { serviceId } = await createService(past.context.operation(past.tenantId, foundedAt(past.context)), {
    slug,
    name,
    description,
    tier,
    dependsOn: [...dependsOn],
    runtime: 'container',
    owner: `${past.tenantSlug}-platform`,
    repositoryUrl: `https://git.example/${past.tenantSlug}/${slug}.git`,
    defaultBranch: 'main',
    chart: { kind: 'flow' },
    values: { annotations: { 'sandbox.flow.dev/visitors': '20' } },
  });
  const service = { id: serviceId, slug, name };
  let standing: Standing = {};
  for (const [index, release] of story.releases.entries()) {
    const before = story.releases[index - 1] ?? null;
    standing = await tellRelease(past, { service, release, before, standing });
  }
  return { service, standing };
}

interface Told {
  service: KnownService;
  release: PastRelease;
  /** The release whose commit comes before. */
  before: PastRelease | null;
  standing: Standing;
}

async function tellRelease(past: Past, told: Told): Promise<Standing> {
  const { service, release, before, standing } = told;
  const at = daysBefore(past.context, release.daysAgo, release.at);
  const run = await ToldRun.begin(past, { service, release, before, at });
  const published = await run.testAndPublish(later(at, 3));
  if (published === null) return standing;
  const { artifactId } = published;
  const development = await tellStage(past, { ...told, run, stage: 'development', artifactId, at: published.at });
  const next = { ...standing, development: development.deploymentId };
  if (release.production === undefined) {
    await run.endAfterDevelopment(development.endedAt);
    return next;
  }
  const production = await tellStage(past, { ...told, run, stage: 'production', artifactId, at: development.endedAt });
  const { outcome } = release.production;
  if (outcome === 'stopped' || outcome === 'rejected') return next;
  if (outcome === 'well') return { ...next, production: production.deploymentId };
  return {
    ...next,
    production: await tellWayBack(past, {
      service,
      deploymentId: production.deploymentId,
      at: later(production.endedAt, takenBackAfterSeconds),
    }),
  };
}

async function tellStage(
  past: Past,
  {
    service,
    release,
    standing,
    run,
    stage,
    artifactId,
    at,
  }: Told & { run: ToldRun; stage: 'development' | 'production'; artifactId: string; at: Date },
): Promise<{ deploymentId: string; endedAt: Date; moments: readonly Moment[] }> {
  const ctx = flowActedAt(past, `run ${run.number}, stage ${stage}`, at);
  const environmentId = past.environments[stage];
  const { deploymentId } = await askForDeployment(ctx, {
    serviceId: service.id,
    environmentId,
    artifactId,
    run: { id: run.runId, stageKey: stage },
  });
  const production = stage === 'production' ? release.production : undefined;
  const moments = await tellDeployment(past, {
    deploymentId,
    askedAt: at,
    previousDeploymentId: standing[stage] ?? null,
    canary: production?.outcome === 'stopped' ? 'stopped' : 'well',
    answer: production?.outcome === 'rejected' ? 'reject' : 'approve',
    comment: production?.comment ?? '',
  });
  return { deploymentId, endedAt: await run.follow(stage, deploymentId, moments), moments };
}

/** Somebody takes back what had succeeded; the id is that of the deployment that goes back. */
async function tellWayBack(past: Past, taken: { service: KnownService; deploymentId: string; at: Date }): Promise<string> {
  const { deploymentId } = await requestRollback(actedAt(past, past.approver, taken.at), { deploymentId: taken.deploymentId });
  await tellDeployment(past, {
    deploymentId,
    askedAt: taken.at,
    previousDeploymentId: taken.deploymentId,
    canary: 'well',
    answer: 'approve',
    comment: '',
  });
  // The next version is let through by the one who went back.
  const place = { serviceId: taken.service.id, environmentId: past.environments.production };
  await releasePin(actedAt(past, past.approver, later(taken.at, pinnedForSeconds)), place);
  return deploymentId;
}
