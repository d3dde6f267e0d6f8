/** One cluster of this machine. Its parts listen on an address of its own with their usual ports. */
export interface Region {
  name: string;
  /** First address of its service range: the API server listens there, so that pods on the host's network reach `kubernetes.default`. */
  address: string;
  serviceRange: string;
  /** Has a kubelet with containers and Argo Workflows; the other regions have Rollouts on modelled nodes alone. */
  runsWorkflows: boolean;
  /** The rollouts controller can be told ports, no address. */
  rolloutsPorts: { metrics: number; health: number };
}

const region = (name: string, index: number): Region => ({
  name,
  address: `127.${96 + index}.0.1`,
  serviceRange: `127.${96 + index}.0.0/16`,
  runsWorkflows: index === 0,
  rolloutsPorts: { metrics: 18_090 + index, health: 18_080 + index },
});

/** The regions in the order in which they are started. The first one runs the workflows of all. */
export const regions: readonly Region[] = ['eu-west', 'us-east'].map(region);
