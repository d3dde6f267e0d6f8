import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';

/** A chart with one object of every kind that a release may hold, each marked with a value, and a hook. */
export async function writeTourChart(folder: string): Promise<string> {
  await mkdir(join(folder, 'templates'), { recursive: true });
  await writeFile(join(folder, 'Chart.yaml'), stringify({ apiVersion: 'v2', name: 'tour', version: '1.0.0' }));
  const documents = tourObjects().map((object) => stringify(object));
  await writeFile(join(folder, 'templates', 'all.yaml'), documents.join('---\n'));
  return folder;
}

const labels = { app: 'tour' };
const template = {
  metadata: { labels },
  spec: { containers: [{ name: 'main', image: `registry.invalid/tour@sha256:${'1'.repeat(64)}` }] },
};
const oneShot = { ...template, spec: { ...template.spec, restartPolicy: 'Never' } };

function tourObjects(): object[] {
  const named = (apiVersion: string, kind: string, rest: object) => ({
    apiVersion,
    kind,
    metadata: { name: 'tour', annotations: { mark: '{{ .Values.mark }}' } },
    ...rest,
  });
  return [
    named('v1', 'ServiceAccount', {}),
    named('v1', 'ConfigMap', { data: { key: 'value' } }),
    named('v1', 'Service', { spec: { selector: labels, ports: [{ port: 80 }] } }),
    named('policy/v1', 'PodDisruptionBudget', { spec: { maxUnavailable: 1, selector: { matchLabels: labels } } }),
    named('autoscaling/v2', 'HorizontalPodAutoscaler', {
      spec: { maxReplicas: 2, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'tour' } },
    }),
    named('networking.k8s.io/v1', 'Ingress', {
      spec: { defaultBackend: { service: { name: 'tour', port: { number: 80 } } } },
    }),
    named('networking.k8s.io/v1', 'NetworkPolicy', { spec: { podSelector: { matchLabels: labels } } }),
    named('apps/v1', 'Deployment', { spec: { replicas: 1, selector: { matchLabels: labels }, template } }),
    named('batch/v1', 'Job', { spec: { template: oneShot } }),
    named('argoproj.io/v1alpha1', 'AnalysisTemplate', {
      spec: { metrics: [{ name: 'none', provider: { job: { spec: { template: oneShot } } } }] },
    }),
    named('argoproj.io/v1alpha1', 'Rollout', {
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'tour-canary' } },
        template: { ...template, metadata: { labels: { app: 'tour-canary' }, annotations: { mark: '{{ .Values.mark }}' } } },
        strategy: { canary: { steps: [{ setWeight: 50 }, { pause: {} }] } },
      },
    }),
    {
      ...named('batch/v1', 'Job', { spec: { template: oneShot } }),
      metadata: { name: 'tour-hook', annotations: { 'helm.sh/hook': 'post-install,post-upgrade' } },
    },
  ];
}
