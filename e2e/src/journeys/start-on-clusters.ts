import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flowKubeconfig, realClusters } from '../cluster/access.ts';
import { removeMadeByFlow } from '../cluster/made-by-flow.ts';
import { toolsImage } from '../cluster/node/images.ts';
import { openSurroundings } from '../surroundings/open-surroundings.ts';
import { launchProduct } from '../surroundings/launch-product.ts';

/** Starts the whole product on the real clusters, as the account that operators make for Flow, with what a company has beside them. */
export default async function startOnClusters(): Promise<() => Promise<void>> {
  await using stack = new AsyncDisposableStack();
  const clusters = realClusters();
  for (const cluster of clusters) await removeMadeByFlow(cluster);
  stack.defer(async () => {
    for (const cluster of clusters) await removeMadeByFlow(cluster);
  });
  const stateDir = await mkdtemp(join(tmpdir(), 'flow-journeys-'));
  // As root, the database runs as a user of its own, who must get in.
  await chmod(stateDir, 0o755);
  stack.defer(() => rm(stateDir, { recursive: true, force: true }));
  const surroundings = stack.use(await openSurroundings(clusters, join(stateDir, 'git')));
  const env = {
    FLOW_STEP_IMAGE: toolsImage,
    FLOW_GIT_ALLOW: surroundings.repositoryUrl(''),
    FLOW_DEMO_REPOSITORY_URL: surroundings.repositoryUrl('checkout.git'),
    FLOW_DEMO_MEASUREMENTS_URL: surroundings.measurementsUrl,
  };
  const product = stack.use(await launchProduct({ args: ['--kubeconfig', flowKubeconfig()], env, stateDir }));
  process.env['FLOW_URL'] = product.url;
  process.env['FLOW_REPOSITORY'] = join(stateDir, 'git', 'checkout.git');
  process.env['FLOW_KUBECONFIG'] = flowKubeconfig();
  process.env['FLOW_KUBECONFIG_CONTEXT'] = clusters.at(-1)?.name;
  const started = stack.move();
  return () => started.disposeAsync();
}
