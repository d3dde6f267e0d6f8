import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openProvider } from '../signin/open-provider.ts';
import { launchProduct } from '../surroundings/launch-product.ts';

/** Starts the whole product as its users do, with a state folder and a provider of single sign-on of its own; the returned function ends it. */
export default async function startProduct(): Promise<() => Promise<void>> {
  await using stack = new AsyncDisposableStack();
  const stateDir = await mkdtemp(join(tmpdir(), 'flow-journeys-'));
  // As root, the database runs as a user of its own, who must get in.
  await chmod(stateDir, 0o755);
  stack.defer(() => rm(stateDir, { recursive: true, force: true, maxRetries: 5 }));
  const provider = await openProvider();
  stack.defer(() => provider.close());
  // Journeys open services of their own on loopback, which nothing calls unless it is allowed.
  const env = { ...provider.settings, FLOW_OUTBOUND_ALLOW: '127.0.0.1' };
  const product = stack.use(await launchProduct({ args: [], env, stateDir }));
  provider.serve(product.url);
  process.env['FLOW_URL'] = product.url;
  process.env['FLOW_REPOSITORY'] = join(stateDir, 'git', 'checkout.git');
  process.env['FLOW_KUBECONFIG'] = join(stateDir, 'sandbox', 'us-east', 'kubeconfig');
  const started = stack.move();
  return () => started.disposeAsync();
}
