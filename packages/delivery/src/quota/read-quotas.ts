import { quantityOf } from '@flow/core/quantity';
import type { Quota } from '@flow/core/way-back';
import { kinds, type ClusterClient } from '../cluster/index.ts';
import { listAt, objectAt, textAt, valueAt } from '../json/index.ts';

/** Pods of services have no deadline and say what they need: quotas of these scopes count them, those of all others do not. */
const countedScopes = ['NotTerminating', 'NotBestEffort'];

/** What the quotas of a namespace leave, those that count the pods of services; none when there is no quota, or no namespace yet. */
export async function readQuotas(client: ClusterClient, namespace: string): Promise<Quota[]> {
  const quotas: Quota[] = [];
  for await (const page of client.list({ kind: kinds.resourceQuotas, namespace }))
    quotas.push(...page.items.filter(isCounted).map(quotaOf));
  return quotas;
}

function isCounted(quota: unknown): boolean {
  const scopes = listAt(quota, 'spec', 'scopes');
  return (
    valueAt(quota, 'spec', 'scopeSelector') === undefined && scopes.every((scope) => countedScopes.some((counted) => counted === scope))
  );
}

/** A quota that its controller has not looked at yet has used nothing. */
function quotaOf(quota: unknown): Quota {
  const used = objectAt(quota, 'status', 'used');
  const left = Object.entries(objectAt(quota, 'spec', 'hard')).flatMap(([resource, limit]): [string, number][] => {
    const most = quantityOf(resource, limit);
    return most === null ? [] : [[resource, most - (quantityOf(resource, used[resource]) ?? 0)]];
  });
  return { name: textAt(quota, 'metadata', 'name'), left: Object.fromEntries(left) };
}
