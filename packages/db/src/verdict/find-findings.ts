import { reasonEffect, reasonSource } from '@flow/core/verdict';
import type { OpenSaid } from '@flow/core/verdict';
import { pastOutcome } from '@flow/core/backtest';
import type { PastOutcome } from '@flow/core/backtest';
import { z } from 'zod';
import type { Tx } from '../client/index.ts';
import { beganBefore, toPage } from '../paging/index.ts';
import type { Page, PageQuery } from '../paging/index.ts';

const saidSelect = {
  id: true,
  source: true,
  policyId: true,
  revision: true,
  effect: true,
  isShadow: true,
  isLimit: true,
  sentence: true,
  waitsFor: true,
  exemption: true,
  earliestAt: true,
} as const;

const exemption = z.enum(['planned', 'breakGlass']).nullable();

type Stored = Omit<OpenSaid, 'source' | 'effect' | 'exemption'> & { source: string; effect: string; exemption: string | null };

function toSaid(row: Stored): OpenSaid {
  return {
    ...row,
    source: reasonSource.parse(row.source),
    effect: reasonEffect.parse(row.effect),
    exemption: exemption.parse(row.exemption),
  };
}

/** What is said of a deployment now, as it is kept. */
export async function listOpenFindings(reader: Tx, tenantId: string, deploymentId: string): Promise<OpenSaid[]> {
  const rows = await reader.policyFinding.findMany({ where: { tenantId, deploymentId, endedAt: null }, select: saidSelect, take: 2_000 });
  return rows.map(toSaid);
}

/** What is said now of each of the deployments that is against it, as it is kept: what a queue shows. */
export async function listStandingFindings(
  reader: Tx,
  tenantId: string,
  deploymentIds: readonly string[],
): Promise<(OpenSaid & { deploymentId: string; beganAt: Date })[]> {
  const rows = await reader.policyFinding.findMany({
    where: { tenantId, deploymentId: { in: [...deploymentIds] }, endedAt: null, isShadow: false, effect: { not: 'note' } },
    select: { ...saidSelect, deploymentId: true, beganAt: true },
    orderBy: [{ beganAt: 'asc' }, { id: 'asc' }],
    take: 5_000,
  });
  return rows.flatMap(({ deploymentId, beganAt, ...row }) => (deploymentId === null ? [] : [{ ...toSaid(row), deploymentId, beganAt }]));
}

/** For the end of which deployments each one of the tenant waits now. Turns in a queue are left out: whoever stands first there is free to go. */
export async function listWaits(reader: Tx, tenantId: string): Promise<{ deploymentId: string; waitsFor: string[] }[]> {
  const rows = await reader.policyFinding.findMany({
    where: { tenantId, endedAt: null, isShadow: false, isLimit: false, deploymentId: { not: null }, waitsFor: { isEmpty: false } },
    select: { deploymentId: true, waitsFor: true },
    take: 2_000,
  });
  return rows.flatMap(({ deploymentId, waitsFor }) => (deploymentId === null ? [] : [{ deploymentId, waitsFor }]));
}

/** What a policy said once, of which request, and what became of that. */
export interface PolicyFindingRow {
  id: string;
  deploymentId: string | null;
  serviceId: string;
  environmentId: string;
  effect: OpenSaid['effect'];
  isShadow: boolean;
  sentence: string;
  exemption: OpenSaid['exemption'];
  beganAt: Date;
  /** Null while it is still said. */
  endedAt: Date | null;
  /** Of the deployment, once it has started and ended. */
  outcome: PastOutcome;
}

/** What a policy has said in the tenant, newest first: in shadow, or where it decided. */
export async function listFindingsOfPolicy(
  reader: Tx,
  tenantId: string,
  query: PageQuery & { policyId: string; isShadow: boolean },
): Promise<Page<PolicyFindingRow>> {
  const rows = await reader.policyFinding.findMany({
    where: { tenantId, policyId: query.policyId, isShadow: query.isShadow, ...beganBefore(query.cursor) },
    select: {
      id: true,
      deploymentId: true,
      serviceId: true,
      environmentId: true,
      effect: true,
      isShadow: true,
      sentence: true,
      exemption: true,
      beganAt: true,
      endedAt: true,
    },
    orderBy: [{ beganAt: 'desc' }, { id: 'desc' }],
    take: query.limit + 1,
  });
  const ids = rows.flatMap(({ deploymentId }) => deploymentId ?? []);
  const kept = await reader.keptVerdict.findMany({
    where: { tenantId, deploymentId: { in: ids }, moment: 'started' },
    select: { deploymentId: true, outcome: true },
  });
  const outcomes = new Map(kept.map(({ deploymentId, outcome }) => [deploymentId, pastOutcome.parse(outcome)]));
  const found = rows.map((row) => ({
    ...row,
    effect: reasonEffect.parse(row.effect),
    exemption: exemption.parse(row.exemption),
    outcome: row.deploymentId === null ? null : (outcomes.get(row.deploymentId) ?? null),
  }));
  return toPage(found, query.limit, (row) => row.beganAt);
}
