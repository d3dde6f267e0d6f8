import { FlowError } from '@flow/core/fault';
import { roomNeeded, shortageOf } from '@flow/core/way-back';
import type { WayBackFacts, WayBackVersion } from '@flow/core/way-back';
import type { WayBackSubject } from '@flow/db/way-back';
import { readHistory } from '@flow/delivery/helm';
import { podNeedsOf, readQuotas } from '@flow/delivery/quota';
import type { Clusters, OpenCluster } from '../clusters/clusters.ts';
import { obtainChart } from '../deployment/charts.ts';
import { configure, renderTarget, sentenceOf } from '../deployment/configure.ts';
import type { GitReader } from '../git/read-commit.ts';

/** What is needed from outside to see a way back. */
export interface SeeingDependencies {
  clusters: Clusters;
  git: GitReader;
  stateDir: string;
}

interface Seeing {
  tenantId: string;
  subject: WayBackSubject;
  signal: AbortSignal;
}

type Previous = NonNullable<WayBackSubject['previous']>;

/**
 * Tries a rollback without doing it: prepares the version that would come back as a deployment of it would, and asks the cluster for its revision and its
 * quotas. What does not answer is not known.
 */
export async function seeWayBack(dependencies: SeeingDependencies, seeing: Seeing): Promise<WayBackFacts> {
  const { running, previous, isInQuarantine } = seeing.subject;
  if (previous === null) return { running: running.version, previous, isInQuarantine };
  return { running: running.version, previous: await seeVersion(dependencies, seeing, previous), isInQuarantine };
}

async function seeVersion(dependencies: SeeingDependencies, seeing: Seeing, previous: Previous): Promise<WayBackVersion> {
  const manifest = await manifestOf(dependencies, seeing, previous);
  const inCluster = await seeCluster(dependencies, seeing, { previous, manifest: manifest.state === 'renders' ? manifest.text : null });
  return {
    version: previous.artifact.version,
    manifest: manifest.state === 'renders' ? { state: 'renders' } : manifest,
    ...inCluster,
  };
}

type SeenManifest = { state: 'renders'; text: string } | Exclude<WayBackVersion['manifest'], { state: 'renders' }>;

async function manifestOf(
  dependencies: SeeingDependencies,
  { tenantId, subject, signal }: Seeing,
  { artifact }: Previous,
): Promise<SeenManifest> {
  const { service, environment, environmentId, target } = subject;
  try {
    const chart = await obtainChart(dependencies, { service, commitSha: artifact.commitSha, digest: null });
    const place = { region: target.region, clusterId: target.clusterId, namespace: target.namespace, releaseName: service.slug };
    const planned = { targetId: target.id, ...place };
    const deployment = { tenantId, id: 'way-back', serviceId: service.id, environmentId, service, environment, artifact, repeats: null };
    const snapshot = configure(deployment, { planned: { waves: [{ targets: [planned] }], strategy: subject.strategy }, chart });
    return { state: 'renders', text: await renderTarget(dependencies, { deployment, chart, snapshot, target: planned, signal }) };
  } catch (error) {
    if (!(error instanceof FlowError)) throw error;
    return { state: error.code === 'upstream' ? 'notKnown' : 'broken', why: sentenceOf(error) };
  }
}

type SeenInCluster = Pick<WayBackVersion, 'keptRevision' | 'room'>;

async function seeCluster(
  { clusters }: SeeingDependencies,
  { subject }: Seeing,
  wanted: { previous: Previous; manifest: string | null },
): Promise<SeenInCluster> {
  const { cluster, target, service, running } = subject;
  const notKnown = (why: string): SeenInCluster => ({ keptRevision: null, room: { state: 'notKnown', why } });
  // Asking it again would only wait once more for an answer that its watch has not had.
  if (cluster.health === 'unreachable') return notKnown(`${cluster.name} cannot be reached`);
  try {
    const { client } = await clusters.open(target.clusterId);
    const keptRevision = await keptRevisionOf(client, { namespace: target.namespace, name: service.slug }, wanted.previous);
    if (wanted.manifest === null) return { keptRevision, room: { state: 'unlimited' } };
    const quotas = await readQuotas(client, target.namespace);
    if (quotas.length === 0) return { keptRevision, room: { state: 'unlimited' } };
    const needed = roomNeeded(podNeedsOf(wanted.manifest), running.manifest === null ? null : podNeedsOf(running.manifest));
    const shortage = shortageOf(needed, quotas);
    return { keptRevision, room: shortage === null ? { state: 'fits' } : { state: 'short', shortage } };
  } catch (error) {
    if (!(error instanceof FlowError)) throw error;
    return notKnown(error.message);
  }
}

async function keptRevisionOf(
  client: OpenCluster['client'],
  ref: { namespace: string; name: string },
  { deploymentId }: Previous,
): Promise<number | null> {
  const history = await readHistory(client, ref);
  const kept = history.findLast(
    (revision) => revision.deploymentId === deploymentId && (revision.status === 'deployed' || revision.status === 'superseded'),
  );
  return kept?.revision ?? null;
}
