import { isObject } from './json.ts';
import type { JsonObject } from './json.ts';

const labels = { 'app.kubernetes.io/name': 'checkout', 'flow.dev/tenant': 'acme' };

/** The manifest of a release, as Flow's chart renders one. */
export function aManifest(): { rollout: JsonObject; service: JsonObject; config: JsonObject } {
  return {
    rollout: {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: 'checkout', namespace: 'acme-prod', labels: { ...labels, 'app.kubernetes.io/managed-by': 'flow' } },
      spec: {
        replicas: 3,
        selector: { matchLabels: labels },
        strategy: {
          canary: {
            maxUnavailable: 0,
            steps: [{ setWeight: 25 }, { pause: { duration: '30s' } }, { setWeight: 50 }, { pause: {} }],
          },
        },
        template: {
          metadata: { labels, annotations: { 'flow.dev/deployment': 'd1' } },
          spec: {
            serviceAccountName: 'checkout',
            automountServiceAccountToken: false,
            hostNetwork: false,
            containers: [
              {
                name: 'main',
                image: 'registry.test/checkout@sha256:1',
                args: ['--listen', '8080'],
                ports: [{ name: 'http', containerPort: 8080 }],
                env: [
                  { name: 'PORT', value: '8080' },
                  { name: 'LOG_LEVEL', value: 'info' },
                  { name: 'DB_PASSWORD', value: 'canary' },
                ],
                readinessProbe: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 5 },
                resources: { requests: { cpu: '0.5', memory: '1Gi' } },
              },
            ],
          },
        },
      },
    },
    service: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'checkout-stable', labels },
      spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    },
    config: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'checkout' }, data: { 'app.toml': 'level = 1', empty: '' } },
  };
}

/** A copy with another value at the path, through fields and places of lists. Undefined takes the field away. */
export function changed(object: JsonObject, path: readonly (string | number)[], to: unknown): JsonObject {
  const copy = withValue(object, path, to);
  return isObject(copy) ? copy : {};
}

function withValue(value: unknown, [step, ...rest]: readonly (string | number)[], to: unknown): unknown {
  if (step === undefined) return to;
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    const changedItem = withValue(list[Number(step)], rest, to);
    return [...list.slice(0, Number(step)), changedItem, ...list.slice(Number(step) + 1)];
  }
  const object: JsonObject = isObject(value) ? value : {};
  const inner = withValue(object[step], rest, to);
  const { [step]: _before, ...others } = object;
  return inner === undefined ? others : { ...others, [step]: inner };
}
