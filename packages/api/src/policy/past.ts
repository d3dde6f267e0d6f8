import { backtestExample, backtestTally, pastOutcome } from '@flow/core/backtest';
import { usualLoad } from '@flow/core/foresight';
import { reasonEffect } from '@flow/core/verdict';
import { findEnvironmentNames, findServiceNames } from '@flow/db/catalog';
import type { Tx } from '@flow/db/client';
import type { Page, PageQuery } from '@flow/db/paging';
import { listFindingsOfPolicy } from '@flow/db/verdict';
import { z } from 'zod';
import { instant } from '../trpc/index.ts';

/** What a policy said once, of which request, and what became of that. */
export const policyFinding = z.object({
  id: z.string(),
  /** Null for what was refused when it was asked for. */
  deploymentId: z.string().nullable(),
  serviceName: z.string(),
  environmentName: z.string(),
  effect: reasonEffect,
  isShadow: z.boolean(),
  sentence: z.string(),
  /** The exemption that has passed it. */
  exemption: z.enum(['planned', 'breakGlass']).nullable(),
  beganAt: instant,
  endedAt: instant.nullable(),
  outcome: pastOutcome,
});

const example = z.object({ ...backtestExample.shape, at: instant });

/** One part of a backtest: newest first, to be put together with the parts before it. */
export const backtestAnswer = z.object({
  tally: z.object({ ...backtestTally.shape, caught: z.array(example), stoppedGood: z.array(example), missed: z.array(example) }),
  /** How many starts there are in all; with the first part only. */
  total: z.number().nullable(),
  nextCursor: z.string().nullable(),
});

/** How many of the usual deployments a draft would hold, and whose. */
export const usualLoadAnswer = z.object({ ...usualLoad.shape, fromAt: instant, untilAt: instant });

/** What a policy has said in the tenant, with the names of the places. */
export async function listPolicyFindings(
  reader: Tx,
  tenantId: string,
  query: PageQuery & { policyId: string; isShadow: boolean },
): Promise<Page<z.input<typeof policyFinding>>> {
  const page = await listFindingsOfPolicy(reader, tenantId, query);
  const [services, environments] = await Promise.all([
    findServiceNames(
      reader,
      tenantId,
      page.items.map(({ serviceId }) => serviceId),
    ),
    findEnvironmentNames(reader, tenantId),
  ]);
  const items = page.items.map(({ serviceId, environmentId, ...row }) => ({
    ...row,
    serviceName: services.get(serviceId) ?? 'a service that is gone',
    environmentName: environments.get(environmentId)?.name ?? 'an environment that is gone',
  }));
  return { ...page, items };
}
