import { z } from 'zod';
import { parseUntrustedYaml } from '../yaml/index.ts';

/** What a rendered manifest would run: what guardrails ask of it. */
export interface Workload {
  /** The fewest of any workload in it. */
  replicas: number;
  /** Fewest pods that its disruption budget keeps up; null without a budget. */
  disruptionBudget: number | null;
  /** Whether every container says what processor and memory it needs. */
  hasResources: boolean;
}

const container = z.object({ resources: z.object({ requests: z.record(z.string(), z.unknown()).default({}) }).default({ requests: {} }) });
const workload = z.object({
  kind: z.enum(['Rollout', 'Deployment', 'StatefulSet']),
  spec: z.object({
    replicas: z.number().int().default(1),
    template: z.object({ spec: z.object({ containers: z.array(container).default([]) }) }),
  }),
});
/** A number of pods, or a share of them: `25%` (Kubernetes IntOrString). */
const amount = z.union([z.number().int(), z.string().regex(/^\d{1,3}%$/)]);
const budget = z.object({
  kind: z.literal('PodDisruptionBudget'),
  spec: z.object({ minAvailable: amount.optional(), maxUnavailable: amount.optional() }),
});

/** Reads what a manifest would run; null when nothing in it runs pods. */
export function describeWorkload(manifest: string): Workload | null {
  const parsed = parseUntrustedYaml(manifest);
  const objects = parsed.ok ? parsed.documents : [];
  const workloads = objects.flatMap((object) => workload.safeParse(object).data ?? []);
  if (workloads.length === 0) return null;
  const replicas = Math.min(...workloads.map((one) => one.spec.replicas));
  const budgets = objects.flatMap((object) => keptUp(budget.safeParse(object).data?.spec, replicas) ?? []);
  return {
    replicas,
    disruptionBudget: budgets.length === 0 ? null : Math.min(...budgets),
    hasResources: workloads.every((one) => one.spec.template.spec.containers.every(saysWhatItNeeds)),
  };
}

/** Shares are rounded up, of what is kept and of what may be missing (Kubernetes, disruption controller). */
function keptUp(spec: z.output<typeof budget>['spec'] | undefined, replicas: number): number | null {
  if (spec?.minAvailable !== undefined) return podsOf(spec.minAvailable, replicas);
  return spec?.maxUnavailable === undefined ? null : Math.max(0, replicas - podsOf(spec.maxUnavailable, replicas));
}

function podsOf(value: z.output<typeof amount>, replicas: number): number {
  return typeof value === 'number' ? value : Math.ceil((replicas * Number(value.slice(0, -1))) / 100);
}

function saysWhatItNeeds({ resources }: z.output<typeof container>): boolean {
  return resources.requests['cpu'] !== undefined && resources.requests['memory'] !== undefined;
}

/** The least of several regions: what holds for all of them. */
export function leastWorkload(all: readonly (Workload | null)[]): Workload | null {
  const known = all.filter((one) => one !== null);
  if (known.length === 0) return null;
  return {
    replicas: Math.min(...known.map((one) => one.replicas)),
    disruptionBudget: known.some((one) => one.disruptionBudget === null)
      ? null
      : Math.min(...known.map((one) => one.disruptionBudget ?? 0)),
    hasResources: known.every((one) => one.hasResources),
  };
}
