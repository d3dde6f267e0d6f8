import { Agent, request } from 'node:https';
import type { ClusterConnection } from '@flow/delivery/kubeconfig';
import { kubeObject, type ClusterClient, kinds } from '@flow/delivery/cluster';
import { readRelease } from '@flow/delivery/helm';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { inParallel } from './in-parallel.ts';

const manifestObject = z.looseObject({ apiVersion: z.string(), kind: z.string(), metadata: z.looseObject({ name: z.string() }) });
/** An object as a client would create it: without what the server adds. */
export type RawObject = z.infer<typeof manifestObject>;

/** Everything that a release has put into a cluster: the objects of its manifest, and the Secret in which Helm keeps the revision. */
export async function objectsOfRelease(client: ClusterClient, ref: { namespace: string; name: string }): Promise<RawObject[]> {
  const release = await readRelease(client, ref);
  if (release === null) throw new Error(`there is no release ${ref.name} to make anew`);
  const objects = parseAllDocuments(release.manifest).flatMap((document) => {
    const read = manifestObject.safeParse(document.toJS());
    return read.success ? [read.data] : [];
  });
  const stored = await client.get({ kind: kinds.secrets, ...ref, name: `sh.helm.release.v1.${ref.name}.v${release.revision}` });
  if (!stored.ok) throw new Error(stored.message);
  const { metadata, ...secret } = kubeObject.parse(stored.value);
  return [...objects, { ...secret, apiVersion: 'v1', kind: 'Secret', metadata: { name: metadata.name, labels: metadata.labels } }];
}

const plurals: Readonly<Record<string, string>> = {
  Rollout: 'rollouts',
  Service: 'services',
  ServiceAccount: 'serviceaccounts',
  ConfigMap: 'configmaps',
  Secret: 'secrets',
  HorizontalPodAutoscaler: 'horizontalpodautoscalers',
  PodDisruptionBudget: 'poddisruptionbudgets',
  NetworkPolicy: 'networkpolicies',
  Ingress: 'ingresses',
  AnalysisTemplate: 'analysistemplates',
  Workflow: 'workflows',
};

/** Creates objects in a namespace as fast as a bare client can: sixteen connections that stay open, and nothing else. */
export async function createRaw(connection: ClusterConnection, namespace: string, objects: readonly RawObject[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  try {
    await inParallel(objects, (object) => post({ connection, agent, path: pathOf(object, namespace) }, object));
  } finally {
    agent.destroy();
  }
}

function pathOf({ apiVersion, kind }: RawObject, namespace: string): string {
  const plural = plurals[kind];
  if (plural === undefined) throw new Error(`it is not known how ${kind} is called in a path`);
  return `/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}/namespaces/${namespace}/${plural}`;
}

function post(to: { connection: ClusterConnection; agent: Agent; path: string }, object: RawObject): Promise<void> {
  const { credential, caPem, server } = to.connection;
  const text = JSON.stringify({ ...object, metadata: { ...object.metadata, namespace: undefined } });
  const options = {
    method: 'POST',
    agent: to.agent,
    ...(caPem === null ? {} : { ca: caPem }),
    ...(credential.kind === 'certificate' ? { cert: credential.certPem, key: credential.keyPem } : {}),
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      ...(credential.kind === 'token' ? { authorization: `Bearer ${credential.token}` } : {}),
    },
  };
  return new Promise((resolve, reject) => {
    const asked = request(new URL(to.path, server), options, (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.on('end', () => {
        if (answer.statusCode === 201) resolve();
        else reject(new Error(`${to.path} answered ${String(answer.statusCode)}: ${Buffer.concat(pieces).toString('utf8').slice(0, 300)}`));
      });
      answer.on('error', reject);
    });
    asked.on('error', reject).end(text);
  });
}
