import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { connectCluster, kinds } from '@flow/delivery/cluster';
import type { ClusterClient } from '@flow/delivery/cluster';
import { parseKubeconfig } from '@flow/delivery/kubeconfig';
import type { ClusterConnection } from '@flow/delivery/kubeconfig';
import { z } from 'zod';
import { pause } from './clock.ts';
import { ask, change } from './product.ts';
import type { Product, Session } from './product.ts';

const namespace = 'acme-bench';
const name = 'checkout';

/** A canary that stands at a pause without end, in an environment of its own: whatever changes is the benchmark's doing. */
export interface StandingCanary extends AsyncDisposable {
  deploymentId: string;
  /** Pauses the Rollout, or lets it go on: a change that the page shows. */
  setHeld(isHeld: boolean): Promise<void>;
  /** Follows the Rollout by a bare watch of the cluster's API. */
  watch(onHeld: (isHeld: boolean) => void): void;
}

const tenant = 'acme';

/** Deploys the demo service twice: the first release has no canary. */
export async function prepareCanary(product: Product, cookie: string): Promise<StandingCanary> {
  const session: Session = { url: product.url, cookie };
  const environmentId = await makeEnvironment(session);
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
  const connection = await connectionOf(product);
  return standing(deploymentId, connection, connectCluster(connection));
}

const identified = z.object({ id: z.string() });
const shown = z.object({ state: z.string(), targets: z.array(z.object({ state: z.string() })) });

async function makeEnvironment(session: Session): Promise<string> {
  const clusters = z.array(identified.extend({ region: z.string() })).parse(await ask(session, 'environment.clusters', { tenant }));
  const made = await change(session, 'environment.create', {
    tenant,
    slug: 'bench',
    name: 'Bench',
    kind: 'development',
    position: 9,
    bakeTimeSeconds: 0,
    waves: [['eu-west']],
    strategy: { steps: [{ kind: 'weight', percent: 20 }, { kind: 'pause' }], analysis: null },
    targets: [{ clusterId: clusters.find((cluster) => cluster.region === 'eu-west')?.id, namespace }],
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

async function connectionOf(product: Product): Promise<ClusterConnection> {
  const parsed = parseKubeconfig(await readFile(join(product.stateDir, 'sandbox/eu-west/kubeconfig'), 'utf8'));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.connection;
}

const watched = z.object({ object: z.object({ spec: z.object({ paused: z.boolean().default(false) }) }) });

function standing(deploymentId: string, connection: ClusterConnection, client: ClusterClient): StandingCanary {
  const stopping = new AbortController();
  return {
    deploymentId,
    async setHeld(isHeld) {
      const patched = await client.patch({ kind: kinds.rollouts, namespace, name }, { type: 'merge', body: { spec: { paused: isHeld } } });
      if (!patched.ok) throw new Error(`the Rollout was not changed: ${patched.message}`);
    },
    watch(onHeld) {
      const path = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/rollouts?watch=true&resourceVersion=0`;
      const authorization = connection.credential.kind === 'token' ? `Bearer ${connection.credential.token}` : '';
      request(
        new URL(path, connection.server),
        { ca: connection.caPem ?? undefined, headers: { authorization }, signal: stopping.signal },
        (response) => {
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
        },
      )
        .on('error', () => undefined)
        .end();
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await client[Symbol.asyncDispose]();
    },
  };
}
