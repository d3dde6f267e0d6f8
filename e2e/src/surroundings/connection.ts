import { parseKubeconfig } from '@flow/delivery/kubeconfig';
import type { ClusterConnection } from '@flow/delivery/kubeconfig';

/** How Flow reaches the cluster of a kubeconfig that a sandbox has made. */
export function connectionOf(kubeconfig: string): ClusterConnection {
  const parsed = parseKubeconfig(kubeconfig);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.connection;
}
