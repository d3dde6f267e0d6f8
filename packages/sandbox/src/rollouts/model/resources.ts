import { z } from 'zod';
import type { RolloutSpec } from './spec.ts';

const amounts = z.record(z.string(), z.union([z.string(), z.number()]));
const pod = z.object({
  containers: z.array(z.object({ resources: z.object({ requests: amounts.nullish(), limits: amounts.nullish() }).nullish() })).default([]),
});

const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

function amountOf(written: string | number): number {
  const [, number = '', suffix = ''] = /^(.*?)([numkMGTPE]|[KMGTPE]i)?$/.exec(String(written)) ?? [];
  return Number(number) * (factors[suffix] ?? 1);
}

/** A container that asks for more than it may have, as `path: reason`. */
export function checkResources({ template }: RolloutSpec): string | undefined {
  const containers = pod.safeParse(template?.spec).data?.containers ?? [];
  for (const [index, { resources }] of containers.entries()) {
    for (const [name, asked] of Object.entries(resources?.requests ?? {})) {
      const limit = resources?.limits?.[name];
      if (limit === undefined || !(amountOf(asked) > amountOf(limit))) continue;
      const path = `spec.template.spec.containers[${index}].resources.requests`;
      return `${path}: Invalid value: "${asked}": must be less than or equal to ${name} limit of ${limit}`;
    }
  }
  return undefined;
}
