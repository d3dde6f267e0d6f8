import type { ClusterCheck, ClusterPurpose } from '@flow/core/cluster';
import { FlowError } from '@flow/core/fault';
import { kinds, type ClusterClient } from '../cluster/index.ts';
import { listAt, textAt } from '../json/index.ts';
import { isAtLeast, minima } from './minima.ts';
import { executorRoleName, grantsFor, type Grant } from './rights.ts';

/** What Flow found when it looked at a cluster. */
export interface ClusterProbe {
  version: string;
  /** As whom the cluster knows Flow; empty when it does not say. */
  account: string;
  offers: { workflows: boolean; rollouts: boolean; virtualMachines: boolean; metrics: boolean };
  /** Each thing that was looked at; what is missing has the command that mends it. */
  checks: readonly ClusterCheck[];
}

/**
 * Asks a cluster for its version, for the extensions that Flow uses and, one by one, for the rights of these purposes. Throws when it cannot be reached
 * at all, or takes Flow's credential no longer.
 */
export async function probeCluster(client: ClusterClient, purposes: readonly ClusterPurpose[]): Promise<ClusterProbe> {
  const version = await client.version();
  const account = await client.account();
  const offers = await offersOf(client);
  const checks = [
    kubernetesCheck(version.text),
    ...(purposes.includes('pipelines') ? [await engineCheck(client, engines.workflows, offers.workflows)] : []),
    ...(purposes.includes('releases') ? [await engineCheck(client, engines.rollouts, offers.rollouts)] : []),
    ...(await rightsChecks(client, { purposes, account })),
    ...(purposes.includes('pipelines') ? await executorChecks(client) : []),
    extraCheck('Virtual machines', {
      isThere: offers.virtualMachines,
      there: 'KubeVirt is installed',
      absent: 'KubeVirt is not installed',
    }),
    extraCheck('Metrics', { isThere: offers.metrics, there: 'metrics.k8s.io is served', absent: 'metrics.k8s.io is not served' }),
  ];
  return { version: version.text, account, offers, checks };
}

async function offersOf(client: ClusterClient): Promise<ClusterProbe['offers']> {
  const groups = await client.read('/apis');
  const names = new Set(listAt(groups.ok ? groups.value : {}, 'groups').map((group) => textAt(group, 'name')));
  const argo = names.has('argoproj.io') ? await resourcesOf(client, '/apis/argoproj.io/v1alpha1') : new Set<string>();
  return {
    workflows: argo.has('workflows'),
    rollouts: argo.has('rollouts') && argo.has('analysisruns'),
    virtualMachines: names.has('kubevirt.io'),
    metrics: names.has('metrics.k8s.io'),
  };
}

async function resourcesOf(client: ClusterClient, path: string): Promise<ReadonlySet<string>> {
  const answer = await client.read(path);
  return new Set(listAt(answer.ok ? answer.value : {}, 'resources').map((resource) => textAt(resource, 'name')));
}

function kubernetesCheck(version: string): ClusterCheck {
  const subject = 'Kubernetes';
  const isNewEnough = isAtLeast(version, minima.kubernetes);
  if (isNewEnough === null) return { subject, state: 'notKnown', found: 'it does not say its version', command: 'kubectl version' };
  if (isNewEnough) return { subject, state: 'met', found: version, command: null };
  const found = `${version}, and Flow needs ${minima.kubernetes} or newer: upgrade the cluster`;
  return { subject, state: 'missing', found, command: 'kubectl version' };
}

interface Engine {
  subject: string;
  minimum: string;
  controller: { namespace: string; name: string };
  /** Puts it there, or another version of it. */
  install: string;
}

const releaseOf = (repository: string, version: string, file: string): string =>
  `https://github.com/argoproj/${repository}/releases/download/v${version}/${file}`;

const engines = {
  workflows: {
    subject: 'Argo Workflows',
    minimum: minima.workflows,
    controller: { namespace: 'argo', name: 'workflow-controller' },
    install: `kubectl create namespace argo; kubectl apply --server-side --namespace argo --filename ${releaseOf('argo-workflows', minima.workflows, 'install.yaml')}`,
  },
  rollouts: {
    subject: 'Argo Rollouts',
    minimum: minima.rollouts,
    controller: { namespace: 'argo-rollouts', name: 'argo-rollouts' },
    install: `kubectl create namespace argo-rollouts; kubectl apply --server-side --namespace argo-rollouts --filename ${releaseOf('argo-rollouts', minima.rollouts, 'install.yaml')}`,
  },
} as const satisfies Record<string, Engine>;

async function engineCheck(client: ClusterClient, engine: Engine, isThere: boolean): Promise<ClusterCheck> {
  const { subject, minimum, controller, install } = engine;
  if (!isThere) return { subject, state: 'missing', found: 'it is not installed', command: install };
  const version = await controllerVersion(client, controller);
  const isNewEnough = version === null ? null : isAtLeast(version, minimum);
  if (version === null || isNewEnough === null) {
    const found = `installed; which version is not known, since there is no Deployment ${controller.name} in ${controller.namespace}. Flow needs ${minimum} or newer`;
    return {
      subject,
      state: 'notKnown',
      found,
      command: `kubectl get deployments --all-namespaces --output wide | grep ${controller.name}`,
    };
  }
  if (isNewEnough) return { subject, state: 'met', found: version, command: null };
  return { subject, state: 'missing', found: `${version}, and Flow needs ${minimum} or newer`, command: install };
}

/** The tag of the controller's image, where its own installation puts it; null when it is elsewhere or may not be read. */
async function controllerVersion(client: ClusterClient, controller: Engine['controller']): Promise<string | null> {
  const answer = await unlessForbidden(client.get({ kind: kinds.deployments, ...controller }));
  const image = answer?.ok === true ? textAt(answer.value, 'spec', 'template', 'spec', 'containers', 0, 'image') : '';
  return /:(v?\d[\w.-]*)(?:@|$)/.exec(image)?.[1] ?? null;
}

/** The answer, or null where Flow's account may not ask: which right is missing is told by itself. */
async function unlessForbidden<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof FlowError && error.detail?.startsWith('403') === true) return null;
    throw error;
  }
}

interface Asker {
  purposes: readonly ClusterPurpose[];
  account: string;
}

async function rightsChecks(client: ClusterClient, asker: Asker): Promise<ClusterCheck[]> {
  const grants = grantsFor(asker.purposes);
  const checks: ClusterCheck[] = [];
  for (const grant of grants) {
    const answers = await Promise.all(
      grant.verbs.map(async (verb) => ({ verb, isAllowed: await client.accessReview({ ...grant, verb }) })),
    );
    const denied = answers.filter((answer) => !answer.isAllowed).map((answer) => answer.verb);
    if (denied.length > 0) checks.push(missingRight(grant, denied, asker.account));
  }
  if (checks.length > 0) return checks;
  const count = grants.reduce((sum, grant) => sum + grant.verbs.length, 0);
  return [{ subject: 'Rights', state: 'met', found: `all ${count} that Flow uses`, command: null }];
}

function missingRight(grant: Grant, denied: readonly string[], account: string): ClusterCheck {
  const named = grant.name === undefined ? '' : ` ${grant.name}`;
  const inGroup =
    grant.kind.group === '' ? grant.resource : grant.resource.replace(grant.kind.plural, `${grant.kind.plural}.${grant.kind.group}`);
  const role = `flow-${grant.resource.replace('/', '-')}-${denied.join('-')}`;
  const only = grant.name === undefined ? '' : ` --resource-name=${grant.name}`;
  return {
    subject: `The right to ${denied.join(', ')} ${grant.resource}${named}`,
    state: 'missing',
    found: `not granted; Flow needs it ${grant.whys.join('; ')}`,
    command: `kubectl create clusterrole ${role} --verb=${denied.join(',')} --resource=${inGroup}${only} && kubectl create clusterrolebinding ${role} --clusterrole=${role} ${subjectOf(account)}`,
  };
}

/** How kubectl names the account that gets a role. */
function subjectOf(account: string): string {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(account) ?? [];
  if (namespace !== undefined && name !== undefined) return `--serviceaccount=${namespace}:${name}`;
  return `--user=${/^[\w.:@-]+$/.test(account) ? account : "<Flow's account>"}`;
}

/** Without the role, steps end and never report. */
async function executorChecks(client: ClusterClient): Promise<ClusterCheck[]> {
  const answer = await unlessForbidden(client.get({ kind: kinds.clusterRoles, name: executorRoleName }));
  const subject = `The role ${executorRoleName}`;
  if (answer === null) return [];
  if (answer.ok) return [{ subject, state: 'met', found: 'it is there', command: null }];
  const command = `kubectl create clusterrole ${executorRoleName} --verb=create,patch --resource=workflowtaskresults.argoproj.io`;
  return [{ subject, state: 'missing', found: 'the executors of steps report by it', command }];
}

function extraCheck(subject: string, offer: { isThere: boolean; there: string; absent: string }): ClusterCheck {
  return { subject, state: offer.isThere ? 'met' : 'absent', found: offer.isThere ? offer.there : offer.absent, command: null };
}
