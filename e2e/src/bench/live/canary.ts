import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { connectCluster, kinds } from '@flow/delivery/cluster';
import type { ClusterClient } from '@flow/delivery/cluster';
import type { ClusterConnection } from '@flow/delivery/kubeconfig';
import { z } from 'zod';
import { connectionOf } from '../../surroundings/connection.ts';
import { pause } from '../clock.ts';
import { ask, change, logIn } from '../product.ts';
import type { Product, Session } from '../product.ts';

/** Where it stands. */
export const namespace = 'acme-bench';
const name = 'checkout';
const tenant = 'acme';

/** A canary that stands at a pause without end, in an environment of its own: whatever changes is the benchmark's doing. */
export interface StandingCanary extends AsyncDisposable {
  deploymentId: string;
  /** Pauses the Rollout, or lets it go on: a change that the page shows. */
  setHeld(isHeld: boolean): Promise<void>;
  /** Follows the Rollout by a bare watch of the cluster's API; resolves when the cluster has begun to answer. The returned function ends it. */
  watch(onHeld: (isHeld: boolean) => void): Promise<() => void>;
}

/** Deploys the demo service twice: the first release has no canary. In the sandbox, or in the cluster of a kubeconfig. */
export async function prepareCanary(product: Product, cookie: string, kubeconfigPath?: string): Promise<StandingCanary> {
  const session: Session = { url: product.url, cookie };
  const kubeconfig = await readFile(kubeconfigPath ?? join(product.stateDir, 'sandbox/eu-west/kubeconfig'), 'utf8');
  const connection = connectionOf(kubeconfig);
  const client = connectCluster(connection);
  // In the sandbox it is there or not needed; whatever is wrong with it, the deployment says.
  await client.create({ kind: kinds.namespaces }, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const region = kubeconfigPath === undefined ? 'eu-west' : await register(product, kubeconfig);
  const environmentId = await makeEnvironment(session, region);
  const { id: serviceId } = identified.parse(await ask(session, 'service.get', { tenant, service: name }));
  const artifactId = await eventually(async () => {
    const page = await ask(session, 'artifact.list', { tenant, serviceId });
    return z.object({ items: z.array(identified) }).parse(page).items[0]?.id;
  });
  const deploy = async (isThere: (found: z.infer<typeof shown>) => boolean): Promise<string> => {
    const asked = await change(session, 'deployment.ask', { tenant, serviceId, environmentId, artifactId });
    const { deploymentId } = z.object({ deploymentId: z.string() }).parse(asked);
    await eventually(async () => isThere(shown.parse(await ask(session, 'deployment.get', { tenant, deploymentId }))) || undefined);
    return deploymentId;
  };
  await deploy(({ state }) => state === 'succeeded');
  const deploymentId = await deploy(({ targets }) => targets[0]?.state === 'paused');
  return standing(deploymentId, connection, client);
}

const identified = z.object({ id: z.string() });
const shown = z.object({ state: z.string(), targets: z.array(z.object({ state: z.string() })) });

/** Makes the cluster of a kubeconfig one of the product's, in a region of its own. */
async function register({ url }: Product, kubeconfig: string): Promise<string> {
  const region = 'bench';
  await change({ url, cookie: await logIn(url, 'paula@flow.demo') }, 'cluster.register', {
    name: region,
    region,
    access: { kind: 'kubeconfig', kubeconfig },
  });
  return region;
}

async function makeEnvironment(session: Session, region: string): Promise<string> {
  const clusters = z.array(identified.extend({ region: z.string() })).parse(await ask(session, 'environment.clusters', { tenant }));
  const made = await change(session, 'environment.create', {
    tenant,
    slug: 'bench',
    name: 'Bench',
    kind: 'development',
    position: 9,
    bakeTimeSeconds: 0,
    waves: [[region]],
    strategy: { steps: [{ kind: 'weight', percent: 20 }, { kind: 'pause' }], analysis: null },
    targets: [{ clusterId: clusters.find((cluster) => cluster.region === region)?.id, namespace }],
  });
  return z.object({ environmentId: z.string() }).parse(made).environmentId;
}

/** Asks again and again until there is an answer. */
async function eventually<Value>(ask: () => Promise<Value | undefined>): Promise<Value> {
  for (let count = 0; count < 900; count += 1) {
    const value = await ask();
    if (value !== undefined) return value;
    await pause(200);
  }
  throw new Error('it did not come about within three minutes');
}

const watched = z.object({ object: z.object({ spec: z.object({ paused: z.boolean().default(false) }) }) });

function standing(deploymentId: string, connection: ClusterConnection, client: ClusterClient): StandingCanary {
  return {
    deploymentId,
    async setHeld(isHeld) {
      const patched = await client.patch({ kind: kinds.rollouts, namespace, name }, { type: 'merge', body: { spec: { paused: isHeld } } });
      if (!patched.ok) throw new Error(`the Rollout was not changed: ${patched.message}`);
    },
    watch: (onHeld) => watchRollouts(connection, onHeld),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

function watchRollouts(connection: ClusterConnection, onHeld: (isHeld: boolean) => void): Promise<() => void> {
  const path = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/rollouts?watch=true`;
  const { credential, caPem } = connection;
  const trusted = caPem === null ? {} : { ca: caPem };
  const options =
    credential.kind === 'token'
      ? { ...trusted, headers: { authorization: `Bearer ${credential.token}` } }
      : { ...trusted, cert: credential.certPem, key: credential.keyPem };
  return new Promise((resolve, reject) => {
    const asked = request(new URL(path, connection.server), { ...options, agent: false }, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`the watch was answered with ${String(response.statusCode)}`));
      let rest = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        const lines = `${rest}${piece}`.split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          const found = watched.safeParse(JSON.parse(line));
          if (found.success) onHeld(found.data.object.spec.paused);
        }
      });
      response.on('error', () => undefined);
      resolve(() => asked.destroy());
    });
    asked.on('error', reject).end();
  });
}
