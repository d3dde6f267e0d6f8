import type { RolloutView } from '../rollout/index.ts';
import { usualProgression } from './progression.ts';
import type { DeploymentSnapshot, TargetSnapshot } from './snapshot.ts';

/** The moment at which the tests of this folder take place. */
export const now = new Date('2026-01-01T00:10:00Z');

/** A Rollout that is healthy on its newest revision, unless said otherwise. */
export function aRollout(fields: Partial<RolloutView>): RolloutView {
  return {
    uid: 'rollout-1',
    resourceVersion: '1',
    generation: 2,
    phase: 'Healthy',
    message: '',
    currentPodHash: 'new',
    stablePodHash: 'new',
    revision: 2,
    stepIndex: null,
    stepCount: 3,
    steps: [{ kind: 'weight', percent: 20 }, { kind: 'pause' }, { kind: 'weight', percent: 60 }],
    pause: null,
    held: false,
    aborted: false,
    promotingFully: false,
    replicas: { desired: 5, total: 5, updated: 5, ready: 5, available: 5 },
    canaryWeight: 100,
    deploymentId: 'dep-1',
    image: 'shop@sha256:0',
    ...fields,
  };
}

/** A target of the first wave that has not started, unless said otherwise. */
export function aTarget(fields: Partial<TargetSnapshot>): TargetSnapshot {
  return {
    id: 'td-eu',
    region: 'eu-west',
    wave: 0,
    state: 'pending',
    reason: null,
    unreachableSince: null,
    previousRevision: 3,
    observed: null,
    analyses: [],
    upgrade: { state: 'none' },
    rollback: { state: 'none' },
    takeBack: { state: 'none' },
    abortedBy: null,
    hold: null,
    begun: [],
    ...fields,
  };
}

/** A deployment over two regions in two waves that was just asked for, unless said otherwise. */
export function aDeployment(fields: Partial<DeploymentSnapshot>): DeploymentSnapshot {
  const planned = (region: string) => ({
    targetId: `t-${region}`,
    region,
    clusterId: `c-${region}`,
    namespace: 'shop',
    releaseName: 'shop',
  });
  return {
    id: 'dep-1',
    state: 'preparing',
    reason: null,
    plan: {
      waves: [{ targets: [planned('eu-west')] }, { targets: [planned('us-east')] }],
      bakeTimeSeconds: 30,
      strategy: { steps: [{ kind: 'weight', percent: 20 }, { kind: 'pause' }], analysis: null },
      progression: usualProgression,
    },
    currentWave: 0,
    waveFinishedAt: null,
    continuedWave: 0,
    acceptedFailures: 0,
    requestedAction: null,
    preparation: { state: 'none' },
    approval: 'none',
    permission: { kind: 'allowed' },
    startsItself: true,
    inFlight: { kind: 'go' },
    newerDeploymentId: null,
    targets: [aTarget({}), aTarget({ id: 'td-us', region: 'us-east', wave: 1 })],
    ...fields,
  };
}
