import { gzipSync } from 'node:zlib';
import { FlowError } from '@flow/core/fault';
import { renderChart } from '@flow/delivery/chart';
import { kinds } from '@flow/delivery/cluster';
import type { ClusterClient, ResourceKind } from '@flow/delivery/cluster';
import { readHistory, readRelease } from '@flow/delivery/helm';
import type { Helm, ReleaseRef, ReleaseRevision, ReleaseStatus } from '@flow/delivery/helm';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

const manifestObject = z.looseObject({ apiVersion: z.string(), kind: z.string(), metadata: z.looseObject({ name: z.string() }) });
type ManifestObject = z.infer<typeof manifestObject>;

const rendered = new Map<string, string>();

/** What one revision is made of. */
interface Wanted {
  revision: number;
  deploymentId: string;
  status: ReleaseStatus;
  manifest: string;
  values: unknown;
  description: string;
}

export interface SteppedHelmOptions {
  client: ClusterClient;
  /** Folder for renderings. */
  homeDir: string;
  /** Called between the steps of helm: a kill there leaves the release as a killed helm does. */
  moment: (name: string) => void;
  /** Told of each call that came to its end. */
  onDone: (call: string) => void;
}

/**
 * Helm's upgrade, rollback and removal step by step in this process, on the same records in the cluster: the revision is written as pending, the objects
 * are applied, the revision before is superseded, the new one is deployed. (The real binary is in the run with real processes.)
 */
export function createSteppedHelm({ client, homeDir, moment, onDone }: SteppedHelmOptions): Helm {
  const step = async (name: string, act: () => Promise<void>): Promise<void> => {
    await act();
    moment(`helm ${name}`);
  };
  const make = async (ref: ReleaseRef, history: readonly ReleaseRevision[], wanted: Wanted): Promise<void> => {
    await step('has written the revision as pending', () => writeRevision(client, ref, wanted));
    await step('has applied the objects', () => applyAll(client, ref, wanted.manifest));
    await step('has superseded the revision before', async () => {
      for (const before of history.filter(({ status }) => status === 'deployed'))
        await mark(client, ref, { revision: before.revision, status: 'superseded' });
    });
    await mark(client, ref, { revision: wanted.revision, status: 'deployed' });
  };
  return {
    binary: 'in this process',
    async upgradeInstall(request) {
      const ref = { namespace: request.namespace, name: request.name };
      moment(`before helm upgrade of ${ref.name}`);
      const history = await readHistory(client, ref);
      const newest = history.at(-1);
      if (newest?.status.startsWith('pending-') === true)
        throw new FlowError({ code: 'conflict', owner: 'flow', message: 'another operation (install/upgrade/rollback) is in progress' });
      await make(ref, history, {
        revision: (newest?.revision ?? 0) + 1,
        deploymentId: request.deploymentId,
        status: newest === undefined ? 'pending-install' : 'pending-upgrade',
        manifest: await render(homeDir, request),
        values: request.values,
        description: `flow.dev/deployment=${request.deploymentId}`,
      });
      onDone(`upgrade ${ref.name} for ${request.deploymentId}`);
      moment(`after helm upgrade of ${ref.name}`);
    },
    async rollback(request) {
      const ref = { namespace: request.namespace, name: request.name };
      moment(`before helm rollback of ${ref.name}`);
      const history = await readHistory(client, ref);
      const target = await readRelease(client, ref, request.revision);
      if (target === null) throw new FlowError({ code: 'notFound', message: 'release: not found' });
      await make(ref, history, {
        revision: (history.at(-1)?.revision ?? 0) + 1,
        deploymentId: target.deploymentId ?? '',
        status: 'pending-rollback',
        manifest: target.manifest,
        values: target.values,
        description: `Rollback to ${request.revision}`,
      });
      onDone(`rollback ${ref.name} to ${request.revision}`);
      moment(`after helm rollback of ${ref.name}`);
    },
    async uninstall(ref) {
      moment(`before helm uninstall of ${ref.name}`);
      const release = await readRelease(client, ref);
      for (const object of objectsOf(release?.manifest ?? ''))
        await client.delete({ kind: kindOf(object), namespace: ref.namespace, name: object.metadata.name });
      moment('helm has removed the objects');
      for (const { revision } of await readHistory(client, ref)) await client.delete(recordOf(ref, revision));
      onDone(`uninstall ${ref.name}`);
      moment(`after helm uninstall of ${ref.name}`);
    },
  };
}

/** Rendered by the real binary, once for the same values. */
async function render(homeDir: string, request: Parameters<Helm['upgradeInstall']>[0]): Promise<string> {
  const { chart, values, namespace, name } = request;
  const key = JSON.stringify([chart, values, namespace, name]);
  const known = rendered.get(key) ?? (await renderChart({ chart, values, namespace, releaseName: name, homeDir }));
  rendered.set(key, known);
  return known;
}

function recordOf(ref: ReleaseRef, revision: number): { kind: ResourceKind; namespace: string; name: string } {
  return { kind: kinds.secrets, namespace: ref.namespace, name: `sh.helm.release.v1.${ref.name}.v${revision}` };
}

async function writeRevision(client: ClusterClient, ref: ReleaseRef, wanted: Wanted): Promise<void> {
  const release = {
    manifest: wanted.manifest,
    config: wanted.values,
    chart: { metadata: { name: 'flow-service', version: '1' } },
    info: { description: wanted.description },
  };
  const packed = gzipSync(JSON.stringify(release)).toString('base64');
  const made = await client.create(
    { kind: kinds.secrets, namespace: ref.namespace },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'helm.sh/release.v1',
      metadata: {
        name: recordOf(ref, wanted.revision).name,
        labels: {
          owner: 'helm',
          name: ref.name,
          version: String(wanted.revision),
          status: wanted.status,
          'flow.dev/deployment': wanted.deploymentId,
        },
      },
      data: { release: Buffer.from(packed).toString('base64') },
    },
  );
  if (!made.ok) throw new FlowError({ code: 'conflict', owner: 'flow', message: `release: already exists (${made.message})` });
}

async function mark(client: ClusterClient, ref: ReleaseRef, change: { revision: number; status: ReleaseStatus }): Promise<void> {
  const body = { metadata: { labels: { status: change.status } } };
  await client.patch(recordOf(ref, change.revision), { type: 'merge', body });
}

async function applyAll(client: ClusterClient, ref: ReleaseRef, manifest: string): Promise<void> {
  for (const object of objectsOf(manifest)) {
    const target = { kind: kindOf(object), namespace: ref.namespace, name: object.metadata.name };
    const applied = await client.patch(target, { type: 'apply', body: object, fieldManager: 'helm', force: true });
    if (!applied.ok) throw new FlowError({ code: 'upstream', owner: 'cluster', message: applied.detail });
  }
}

function objectsOf(manifest: string): ManifestObject[] {
  return parseAllDocuments(manifest)
    .filter((document) => document.contents !== null)
    .map((document) => manifestObject.parse(document.toJS()));
}

function kindOf({ apiVersion, kind }: ManifestObject): ResourceKind {
  const [group = '', version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const lower = kind.toLowerCase();
  return { group, version: version ?? '', kind, plural: lower.endsWith('y') ? `${lower.slice(0, -1)}ies` : `${lower}s` };
}
