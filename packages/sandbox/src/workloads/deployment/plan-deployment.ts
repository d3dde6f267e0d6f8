/** One ReplicaSet of a Deployment, as far as scaling looks at it. */
export interface DeploymentSet {
  name: string;
  isNew: boolean;
  specReplicas: number;
  replicas: number;
  availableReplicas: number;
  createdAtMs: number;
}

export interface DeploymentScaling {
  replicas: number;
  strategy: 'RollingUpdate' | 'Recreate';
  maxSurge: number;
  maxUnavailable: number;
  sets: readonly DeploymentSet[];
}

/**
 * The size that each ReplicaSet of a Deployment should have next, by name.
 * Rolling updates follow the Deployment controller of Kubernetes (`pkg/controller/deployment/rolling.go`): the new one grows into what
 * `replicas + maxSurge` leaves free; old ones lose their unavailable pods first, then as many as keep `replicas - maxUnavailable` available.
 * Recreate waits until no old pod is left.
 */
export function scaleDeployment(scaling: DeploymentScaling): ReadonlyMap<string, number> {
  const sizes = new Map(scaling.sets.map((set) => [set.name, set.specReplicas]));
  const fresh = scaling.sets.find((set) => set.isNew);
  const old = scaling.sets.filter((set) => !set.isNew).toSorted((a, b) => a.createdAtMs - b.createdAtMs);
  if (fresh === undefined) return sizes;
  if (scaling.strategy === 'Recreate') {
    for (const set of old) sizes.set(set.name, 0);
    if (old.every((set) => set.replicas === 0 && set.specReplicas === 0)) sizes.set(fresh.name, scaling.replicas);
    return sizes;
  }
  sizes.set(fresh.name, newSize(scaling, fresh));
  shrinkOld(scaling, { fresh, old }, sizes);
  return sizes;
}

function newSize(scaling: DeploymentScaling, fresh: DeploymentSet): number {
  if (fresh.specReplicas >= scaling.replicas) return scaling.replicas;
  const total = scaling.sets.reduce((sum, set) => sum + set.specReplicas, 0);
  const room = Math.max(0, scaling.replicas + scaling.maxSurge - total);
  return Math.min(scaling.replicas, fresh.specReplicas + room);
}

function shrinkOld(
  scaling: DeploymentScaling,
  sets: { fresh: DeploymentSet; old: readonly DeploymentSet[] },
  sizes: Map<string, number>,
): void {
  const { fresh, old } = sets;
  const minAvailable = scaling.replicas - scaling.maxUnavailable;
  const total = scaling.sets.reduce((sum, set) => sum + set.specReplicas, 0);
  let mayGo = total - minAvailable - Math.max(0, fresh.specReplicas - fresh.availableReplicas);
  for (const set of old) {
    const taken = Math.max(0, Math.min(mayGo, set.specReplicas - set.availableReplicas));
    sizes.set(set.name, set.specReplicas - taken);
    mayGo -= taken;
  }
  const available = scaling.sets.reduce((sum, set) => sum + Math.min(set.availableReplicas, set.specReplicas), 0);
  let spare = Math.min(mayGo, available - minAvailable);
  for (const set of old) {
    const size = sizes.get(set.name) ?? 0;
    const taken = Math.max(0, Math.min(spare, size));
    sizes.set(set.name, size - taken);
    spare -= taken;
  }
}

/** `maxSurge` rounded up and `maxUnavailable` rounded down, both 25% by default, and never both 0. */
export function deploymentFences(
  replicas: number,
  asked: { maxSurge?: number | string | null | undefined; maxUnavailable?: number | string | null | undefined },
): { maxSurge: number; maxUnavailable: number } {
  const maxSurge = count(asked.maxSurge ?? '25%', replicas, Math.ceil);
  const unavailable = count(asked.maxUnavailable ?? '25%', replicas, Math.floor);
  return { maxSurge, maxUnavailable: maxSurge === 0 && unavailable === 0 ? 1 : unavailable };
}

function count(value: number | string, replicas: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(value)?.[1];
  return percent === undefined ? 0 : round((Number(percent) * replicas) / 100);
}
