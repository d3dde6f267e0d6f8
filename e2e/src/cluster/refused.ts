/** Why the clusters cannot be had here, in a sentence for the person who asked; printed without a stack. */
export class ClusterRefused extends Error {
  override readonly name = 'ClusterRefused';
}
