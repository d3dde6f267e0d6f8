import type { RawObject } from './raw-objects.ts';

/** A Rollout with the steps of a canary and no pods: with them, whoever lists it would list them too. */
export function emptyRollout(index: number): RawObject {
  const name = `service-${index}`;
  const labels = { app: name };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name, labels },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }, { setWeight: 50 }, { pause: { duration: '30s' } }] } },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'service', image: `registry.invalid/shop/${name}@sha256:${'a'.repeat(64)}` }] },
      },
    },
  };
}
