import { kinds, type ResourceKind } from './kinds.ts';
import type { ClusterClient } from './client.ts';
import { listAt, textAt } from '../json/index.ts';

/** What Flow found when it looked at a cluster for the first time. */
export interface ClusterProbe {
  version: string;
  offers: { workflows: boolean; rollouts: boolean; virtualMachines: boolean; metrics: boolean };
  /** What is not there or not allowed, with the command that mends it. */
  missing: readonly { what: string; command: string }[];
}

interface Right {
  verbs: readonly string[];
  kind: ResourceKind;
  subresource?: string;
}

const rights: readonly Right[] = [
  { verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'], kind: kinds.workflows },
  { verbs: ['get', 'list', 'watch', 'create', 'patch', 'update', 'delete'], kind: kinds.rollouts },
  { verbs: ['patch'], kind: kinds.rollouts, subresource: 'status' },
  { verbs: ['get', 'list', 'watch'], kind: kinds.analysisRuns },
  { verbs: ['get', 'list', 'create', 'patch', 'update', 'delete'], kind: kinds.analysisTemplates },
  { verbs: ['get', 'list', 'watch'], kind: kinds.pods },
  { verbs: ['get'], kind: kinds.pods, subresource: 'log' },
  { verbs: ['get', 'list', 'create', 'patch', 'update', 'delete'], kind: kinds.services },
  { verbs: ['get', 'list', 'create', 'update', 'delete'], kind: kinds.secrets },
];

/** Asks a cluster for its version, for the extensions that Flow uses and for Flow's own rights. Throws when it cannot be reached at all. */
export async function probeCluster(client: ClusterClient): Promise<ClusterProbe> {
  const version = await client.version();
  const groups = await client.read('/apis');
  const names = new Set(listAt(groups.ok ? groups.value : {}, 'groups').map((group) => textAt(group, 'name')));
  const argo = names.has('argoproj.io') ? await resourcesOf(client, '/apis/argoproj.io/v1alpha1') : new Set<string>();
  const offers = {
    workflows: argo.has('workflows'),
    rollouts: argo.has('rollouts') && argo.has('analysisruns'),
    virtualMachines: names.has('kubevirt.io'),
    metrics: names.has('metrics.k8s.io'),
  };
  return { version: version.text, offers, missing: [...missingEngines(offers), ...(await missingRights(client))] };
}

async function resourcesOf(client: ClusterClient, path: string): Promise<ReadonlySet<string>> {
  const answer = await client.read(path);
  return new Set(listAt(answer.ok ? answer.value : {}, 'resources').map((resource) => textAt(resource, 'name')));
}

function missingEngines(offers: ClusterProbe['offers']): { what: string; command: string }[] {
  const missing: { what: string; command: string }[] = [];
  if (!offers.workflows) {
    missing.push({
      what: 'Argo Workflows (needed to run pipelines here)',
      command: 'kubectl create namespace argo && kubectl apply --server-side -n argo -f install.yaml   # of Argo Workflows 4.0.6 or newer',
    });
  }
  if (!offers.rollouts) {
    missing.push({
      what: 'Argo Rollouts (needed to deploy services here)',
      command:
        'kubectl create namespace argo-rollouts && kubectl apply -n argo-rollouts -f install.yaml   # of Argo Rollouts 1.10.1 or newer',
    });
  }
  return missing;
}

async function missingRights(client: ClusterClient): Promise<{ what: string; command: string }[]> {
  const missing: { what: string; command: string }[] = [];
  for (const right of rights) {
    const answers = await Promise.all(right.verbs.map(async (verb) => ({ verb, allowed: await client.accessReview({ ...right, verb }) })));
    const denied = answers.filter((answer) => !answer.allowed).map((answer) => answer.verb);
    if (denied.length === 0) continue;
    const resource = `${right.kind.plural}${right.subresource === undefined ? '' : `/${right.subresource}`}`;
    const inGroup = right.kind.group === '' ? resource : resource.replace(/^[^/]+/, (plural) => `${plural}.${right.kind.group}`);
    missing.push({
      what: `the right to ${denied.join(', ')} ${resource}`,
      command: `kubectl create clusterrole flow-${resource.replace('/', '-')} --verb=${denied.join(',')} --resource=${inGroup}   # then bind it to Flow's account`,
    });
  }
  return missing;
}
