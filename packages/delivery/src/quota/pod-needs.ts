import { quantityOf } from '@flow/core/quantity';
import type { Amounts, PodNeeds } from '@flow/core/way-back';
import { z } from 'zod';
import { parseUntrustedYaml } from '../yaml/index.ts';

const amounts = z.record(z.string(), z.unknown()).default({});
const container = z.object({ resources: z.object({ requests: amounts, limits: amounts }).partial().default({}) });
/** A number of pods, or a share of them: `25%` (Kubernetes IntOrString). */
const intOrShare = z.union([z.number().int(), z.string().regex(/^\d{1,3}%$/)]);
const workload = z.object({
  kind: z.enum(['Rollout', 'Deployment', 'StatefulSet']),
  spec: z.object({
    replicas: z.number().int().default(1),
    strategy: z
      .object({
        type: z.string().optional(),
        rollingUpdate: z.object({ maxSurge: intOrShare.optional() }).optional(),
        canary: z.object({ maxSurge: intOrShare.optional(), trafficRouting: z.unknown().optional() }).optional(),
        blueGreen: z.unknown().optional(),
      })
      .default({}),
    template: z.object({
      spec: z.object({ containers: z.array(container).default([]), initContainers: z.array(container).default([]) }),
    }),
  }),
});
type Workload = z.output<typeof workload>;

/** What the pods that a rendered manifest runs need. The names are those of quotas: `requests.cpu`, `limits.memory`, `pods`. */
export function podNeedsOf(manifest: string): PodNeeds {
  const parsed = parseUntrustedYaml(manifest);
  const workloads = (parsed.ok ? parsed.documents : []).flatMap((object) => workload.safeParse(object).data ?? []);
  const needs = workloads.map((one) => ({ pod: podOf(one), replicas: one.spec.replicas, surge: surgeOf(one) }));
  return {
    steady: sum(needs.map(({ pod, replicas }) => times(pod, replicas))),
    surge: sum(needs.map(({ pod, surge }) => times(pod, surge))),
  };
}

/** One pod: its containers together, or the largest of those that run before them (Kubernetes, effective requests of a pod). */
function podOf({ spec }: Workload): Amounts {
  const { containers, initContainers } = spec.template.spec;
  const together = sum(containers.map(amountsOf));
  const first = initContainers.map(amountsOf);
  const resources = new Set([together, ...first].flatMap((one) => Object.keys(one)));
  const effective = [...resources].map((resource): [string, number] => [
    resource,
    Math.max(...[together, ...first].map((one) => one[resource] ?? 0)),
  ]);
  return { ...Object.fromEntries(effective), pods: 1 };
}

function amountsOf({ resources }: z.output<typeof container>): Amounts {
  const named = (['requests', 'limits'] as const).flatMap((kind) =>
    Object.entries(resources[kind] ?? {}).map(([resource, quantity]) => ({ name: `${kind}.${resource}`, quantity })),
  );
  return Object.fromEntries(named.flatMap(({ name, quantity }) => present(name, quantityOf(name, quantity))));
}

function present(name: string, value: number | null): [string, number][] {
  return value === null ? [] : [[name, value]];
}

/** Pods beside those of now while a new version takes over; a quarter, rounded up, where nothing is said, as both controllers do. */
function surgeOf({ kind, spec: { replicas, strategy } }: Workload): number {
  if (kind === 'StatefulSet' || strategy.type === 'Recreate') return 0;
  // A preview, and a canary behind a router of traffic, stand beside all that is stable.
  if (strategy.blueGreen !== undefined || strategy.canary?.trafficRouting !== undefined) return replicas;
  const surge = strategy.canary?.maxSurge ?? strategy.rollingUpdate?.maxSurge ?? '25%';
  return typeof surge === 'number' ? surge : Math.ceil((replicas * Number(surge.slice(0, -1))) / 100);
}

function times(pod: Amounts, count: number): Amounts {
  return Object.fromEntries(Object.entries(pod).map(([resource, value]) => [resource, value * count]));
}

function sum(all: readonly Amounts[]): Amounts {
  const total: Record<string, number> = {};
  for (const one of all) for (const [resource, value] of Object.entries(one)) total[resource] = (total[resource] ?? 0) + value;
  return total;
}
