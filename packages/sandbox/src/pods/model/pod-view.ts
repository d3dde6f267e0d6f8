import { z } from 'zod';
import type { KubeObject } from '../../store/index.ts';

const keyRef = z.object({ name: z.string(), key: z.string(), optional: z.boolean().optional() });
const sourceRef = z.object({ name: z.string(), optional: z.boolean().optional() });

const envVar = z.object({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z
    .object({
      fieldRef: z.object({ fieldPath: z.string() }).optional(),
      configMapKeyRef: keyRef.optional(),
      secretKeyRef: keyRef.optional(),
    })
    .optional(),
});

const port = z.union([z.string(), z.number()]);

const probe = z.object({
  httpGet: z
    .object({
      path: z.string().default('/'),
      port,
      httpHeaders: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
    })
    .optional(),
  tcpSocket: z.object({ port }).optional(),
  initialDelaySeconds: z.number().default(0),
  periodSeconds: z.number().default(10),
  timeoutSeconds: z.number().default(1),
  failureThreshold: z.number().default(3),
  successThreshold: z.number().default(1),
});
export type Probe = z.infer<typeof probe>;

const container = z.object({
  name: z.string(),
  image: z.string().default(''),
  command: z.array(z.string()).optional(),
  args: z.array(z.string()).optional(),
  workingDir: z.string().optional(),
  env: z.array(envVar).default([]),
  envFrom: z
    .array(z.object({ prefix: z.string().default(''), configMapRef: sourceRef.optional(), secretRef: sourceRef.optional() }))
    .default([]),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string(), subPath: z.string().optional() })).default([]),
  readinessProbe: probe.optional(),
  livenessProbe: probe.optional(),
});
export type Container = z.infer<typeof container>;

const volume = z.object({
  name: z.string(),
  persistentVolumeClaim: z.object({ claimName: z.string() }).optional(),
  configMap: z.object({ name: z.string() }).optional(),
  secret: z.object({ secretName: z.string() }).optional(),
});
export type Volume = z.infer<typeof volume>;

const podSpec = z.object({
  containers: z.array(container).min(1),
  volumes: z.array(volume).default([]),
  restartPolicy: z.enum(['Always', 'OnFailure', 'Never']).default('Always'),
  activeDeadlineSeconds: z.number().optional(),
  terminationGracePeriodSeconds: z.number().default(30),
});
export type PodSpec = z.infer<typeof podSpec>;

/** The part of a pod's spec that the kubelet acts on, or why it cannot be read. */
export function readPodSpec(pod: KubeObject): { ok: true; spec: PodSpec; main: Container } | { ok: false; message: string } {
  const parsed = podSpec.safeParse(pod['spec']);
  if (!parsed.success) return { ok: false, message: z.prettifyError(parsed.error) };
  const [main] = parsed.data.containers;
  return main === undefined ? { ok: false, message: 'spec.containers is empty' } : { ok: true, spec: parsed.data, main };
}

const names = z.object({ spec: z.object({ containers: z.array(z.object({ name: z.string() })) }) });

/** The names of the containers; the first is the one that runs. */
export function containerNames(pod: KubeObject): string[] {
  const parsed = names.safeParse(pod);
  return parsed.success ? parsed.data.spec.containers.map((one) => one.name) : [];
}

const containerState = z.object({
  waiting: z.object({ reason: z.string().optional(), message: z.string().optional() }).optional(),
});
const containerStatus = z.object({
  name: z.string(),
  restartCount: z.number().default(0),
  state: containerState.optional(),
  lastState: z.object({ terminated: z.unknown().optional() }).optional(),
});
const condition = z.object({ type: z.string(), status: z.string(), lastTransitionTime: z.string().nullish() });
const podStatus = z.object({
  phase: z.string().default('Pending'),
  startTime: z.string().optional(),
  conditions: z.array(condition).default([]),
  containerStatuses: z.array(containerStatus).default([]),
});
export type PodStatusView = z.infer<typeof podStatus>;

/** What the kubelet wrote about the pod; as never seen when that cannot be read. */
export function readPodStatus(pod: KubeObject): PodStatusView {
  const parsed = podStatus.safeParse(pod['status'] ?? {});
  return parsed.success ? parsed.data : podStatus.parse({});
}

/** Why the first container has not started yet; undefined once it has (a crashed one that waits for its restart has). */
export function waitingReason(pod: KubeObject): string | undefined {
  const status = readPodStatus(pod);
  const [first] = status.containerStatuses;
  if (first === undefined) return status.phase === 'Pending' ? 'ContainerCreating' : undefined;
  if (first.state?.waiting === undefined || first.restartCount > 0 || first.lastState?.terminated !== undefined) return undefined;
  return first.state.waiting.reason ?? 'ContainerCreating';
}

/** Over: it will not run again. */
export function isEnded(pod: KubeObject): boolean {
  const { phase } = readPodStatus(pod);
  return phase === 'Succeeded' || phase === 'Failed';
}
