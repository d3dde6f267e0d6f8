import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');

/** Everything that the clusters of this checkout keep between starts; git and a reset of the product leave it alone. */
const stateDir = join(root, '.flow/test-cluster');

/** The wrapper modules that pin what is built. */
export const modulesDir = join(root, 'e2e/cluster/modules');

/** Programs of images that are made on the spot. */
export const imagesDir = join(root, 'e2e/cluster/images');

/** The kubeconfig with one context for each region that runs, with the token of Flow's own account. */
export const flowKubeconfigPath = join(stateDir, 'kubeconfig');

/** The same for an administrator: tests prepare namespaces with it. */
export const adminKubeconfigPath = join(stateDir, 'admin.kubeconfig');

/** Where one region keeps its things. */
export function regionDir(region: string, ...names: string[]): string {
  return join(stateDir, region, ...names);
}
