import { z } from 'zod';
import type { KubeObject, SandboxContext } from '../../store/index.ts';
import type { Container } from '../model/pod-view.ts';

/** The environment of a container, or why it cannot be made (a ConfigMap that is not there, …). */
export type ContainerEnv = { ok: true; env: Record<string, string> } | { ok: false; message: string };

interface Asked {
  pod: KubeObject;
  container: Container;
  /** What the sandbox sets itself; a container may override it. */
  base: Readonly<Record<string, string>>;
}

/** Makes the environment of a container: the sandbox's base, `envFrom`, `env`, with `$(NAME)` replaced as Kubernetes does. */
export function containerEnv(ctx: SandboxContext, asked: Asked): ContainerEnv {
  const env: Record<string, string> = { ...asked.base };
  for (const source of asked.container.envFrom) {
    for (const [resource, ref] of [
      ['configmaps', source.configMapRef],
      ['secrets', source.secretRef],
    ] as const) {
      if (ref === undefined) continue;
      const data = dataOf(ctx, asked.pod, { resource, name: ref.name });
      if (data === undefined && ref.optional !== true) return { ok: false, message: `${resource.slice(0, -1)} "${ref.name}" not found` };
      for (const [key, value] of Object.entries(data ?? {})) env[`${source.prefix}${key}`] = value.toString('utf8');
    }
  }
  for (const variable of asked.container.env) {
    const found = valueOf(ctx, asked, variable);
    if (!found.ok) return found;
    if (found.value !== undefined) env[variable.name] = expand(found.value, env);
  }
  return { ok: true, env };
}

/** Replaces `$(NAME)` by the variable; an unknown one stays, and `$$(NAME)` is the text `$(NAME)`. */
export function expand(text: string, env: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$(\$)?\(([A-Za-z_][\w.-]*)\)/g, (whole, escape: string | undefined, name: string) =>
    escape === undefined ? (env[name] ?? whole) : whole.slice(1),
  );
}

type Value = { ok: true; value: string | undefined } | { ok: false; message: string };

function valueOf(ctx: SandboxContext, asked: Asked, variable: Container['env'][number]): Value {
  const from = variable.valueFrom;
  if (from === undefined) return { ok: true, value: variable.value ?? '' };
  if (from.fieldRef !== undefined) return fieldOf(asked.pod, from.fieldRef.fieldPath);
  const ref = from.configMapKeyRef ?? from.secretKeyRef;
  if (ref === undefined)
    return { ok: false, message: `env ${variable.name}: only fieldRef, configMapKeyRef and secretKeyRef are supported by the sandbox` };
  const resource = from.configMapKeyRef === undefined ? 'secrets' : 'configmaps';
  const value = dataOf(ctx, asked.pod, { resource, name: ref.name })?.[ref.key];
  if (value === undefined && ref.optional !== true)
    return { ok: false, message: `couldn't find key ${ref.key} in ${resource.slice(0, -1)} ${ref.name}` };
  return { ok: true, value: value?.toString('utf8') };
}

function fieldOf(pod: KubeObject, path: string): Value {
  const { name, namespace = '', uid, labels, annotations } = pod.metadata;
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (keyed !== null) return { ok: true, value: (keyed[1] === 'labels' ? labels : annotations)?.[keyed[2] ?? ''] ?? '' };
  const simple: Record<string, string> = {
    'metadata.name': name,
    'metadata.namespace': namespace,
    'metadata.uid': uid,
    'spec.nodeName': 'sandbox',
    'spec.serviceAccountName': 'default',
    'status.podIP': '127.0.0.1',
    'status.hostIP': '127.0.0.1',
  };
  const value = simple[path];
  return value === undefined ? { ok: false, message: `fieldRef ${path} is not supported by the sandbox` } : { ok: true, value };
}

const holder = z.object({
  data: z.record(z.string(), z.string()).optional(),
  stringData: z.record(z.string(), z.string()).optional(),
  binaryData: z.record(z.string(), z.string()).optional(),
});

/** The entries of a ConfigMap or Secret, as bytes. Undefined when there is none of that name. */
export function dataOf(
  ctx: SandboxContext,
  pod: KubeObject,
  source: { resource: 'configmaps' | 'secrets'; name: string },
): Record<string, Buffer> | undefined {
  const { namespace } = pod.metadata;
  const object = ctx.store.get(source.resource, { name: source.name, ...(namespace === undefined ? {} : { namespace }) });
  if (object === undefined) return undefined;
  const { data = {}, stringData = {}, binaryData = {} } = holder.parse(object);
  const encoding = source.resource === 'secrets' ? 'base64' : 'utf8';
  return Object.fromEntries([
    ...Object.entries(data).map(([key, value]) => [key, Buffer.from(value, encoding)] as const),
    ...Object.entries(stringData).map(([key, value]) => [key, Buffer.from(value)] as const),
    ...Object.entries(binaryData).map(([key, value]) => [key, Buffer.from(value, 'base64')] as const),
  ]);
}
