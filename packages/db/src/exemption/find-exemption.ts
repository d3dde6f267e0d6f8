import { exemptionKind, exemptionState, exemptionUse } from '@flow/core/exemption';
import type { Exemption, ExemptionKind, ExemptionState, ExemptionUse } from '@flow/core/exemption';
import type { Tx } from '../client/index.ts';
import { askedBefore, toPage } from '../paging/index.ts';
import type { Page, PageQuery } from '../paging/index.ts';
import { policyKind } from '../policy/index.ts';
import type { PolicyKind } from '../policy/index.ts';

/** A deployment that has passed by an exemption, with the people behind it. */
export interface UseRow {
  deploymentId: string;
  usedAt: Date;
  requestedBy: string | null;
  /** Who said yes to it. */
  approvedBy: readonly string[];
}

/** An exemption, or the wish for one. */
export interface ExemptionRow {
  id: string;
  policyId: string;
  policyKind: PolicyKind;
  policyTitle: string;
  isOfPlatform: boolean;
  service: { id: string; slug: string; name: string };
  environment: { id: string; slug: string; name: string };
  digest: string | null;
  version: string | null;
  deploymentId: string | null;
  kind: ExemptionKind;
  use: ExemptionUse;
  state: ExemptionState;
  reason: string;
  ticket: string;
  askedBy: string;
  askedByName: string;
  askedAt: Date;
  decidedBy: string | null;
  decidedByName: string | null;
  decidedAt: Date | null;
  decisionNote: string;
  endsAt: Date;
  withdrawnAt: Date | null;
  approvalsRequired: number;
  usedBy: string | null;
  usedAt: Date | null;
  reviewDueAt: Date | null;
  reviewClosedAt: Date | null;
  reviewClosedByName: string | null;
  reviewNote: string;
  uses: UseRow[];
}

const named = { select: { id: true, slug: true, name: true } } as const;

/** The most uses that are shown of one exemption: enough for one that lasts a month. */
const maxUses = 100;

const exemptionSelect = {
  id: true,
  policyId: true,
  policyKind: true,
  policyTitle: true,
  isOfPlatform: true,
  service: named,
  environment: named,
  digest: true,
  version: true,
  deploymentId: true,
  kind: true,
  use: true,
  state: true,
  reason: true,
  ticket: true,
  askedBy: true,
  askedByName: true,
  askedAt: true,
  decidedBy: true,
  decidedByName: true,
  decidedAt: true,
  decisionNote: true,
  endsAt: true,
  withdrawnAt: true,
  approvalsRequired: true,
  usedBy: true,
  usedAt: true,
  reviewDueAt: true,
  reviewClosedAt: true,
  reviewClosedByName: true,
  reviewNote: true,
  uses: {
    select: {
      deploymentId: true,
      usedAt: true,
      deployment: {
        select: {
          requestedBy: true,
          approval: { select: { votes: { where: { answer: 'approve', withdrawnAt: null }, select: { userId: true } } } },
        },
      },
    },
    orderBy: { usedAt: 'desc' as const },
    take: maxUses,
  },
} as const;

type Stored = Omit<ExemptionRow, 'policyKind' | 'kind' | 'use' | 'state' | 'uses'> & {
  policyKind: string;
  kind: string;
  use: string;
  state: string;
  uses: {
    deploymentId: string;
    usedAt: Date;
    deployment: { requestedBy: string | null; approval: { votes: { userId: string }[] } | null };
  }[];
};

function toRow(stored: Stored): ExemptionRow {
  return {
    ...stored,
    policyKind: policyKind.parse(stored.policyKind),
    kind: exemptionKind.parse(stored.kind),
    use: exemptionUse.parse(stored.use),
    state: exemptionState.parse(stored.state),
    uses: stored.uses.map(({ deploymentId, usedAt, deployment }) => ({
      deploymentId,
      usedAt,
      requestedBy: deployment.requestedBy,
      approvedBy: (deployment.approval?.votes ?? []).map(({ userId }) => userId),
    })),
  };
}

/**
 * Which exemptions a list shows.
 * - `open`: somebody is to answer, it opens now, or its review is open. `asked`, `inForce`, `reviews`: one of these each. `all`: these and what is over.
 */
export type ExemptionView = 'open' | 'asked' | 'inForce' | 'reviews' | 'all';

function inView(view: ExemptionView, now: Date): object {
  const asked = { state: 'asked' };
  const inForce = { state: 'granted', endsAt: { gt: now }, OR: [{ use: 'forTime' }, { usedAt: null }] };
  const views = { open: { OR: [asked, inForce, openReview] }, asked, inForce, reviews: openReview, all: {} };
  return views[view];
}

const openReview = { reviewDueAt: { not: null }, reviewClosedAt: null };

/** Exemptions of the tenant, newest first; of one deployment when asked so: given to it, or used by it. */
export async function listExemptions(
  reader: Tx,
  tenantId: string,
  query: PageQuery & { view: ExemptionView; deploymentId: string | null; now: Date },
): Promise<Page<ExemptionRow>> {
  const { view, deploymentId, now, cursor, limit } = query;
  const about = deploymentId === null ? {} : { OR: [{ deploymentId }, { uses: { some: { tenantId, deploymentId } } }] };
  const rows = await reader.exemption.findMany({
    where: { tenantId, AND: [inView(view, now), about, askedBefore(cursor)] },
    select: exemptionSelect,
    orderBy: [{ askedAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
  });
  return toPage(rows.map(toRow), limit, (row) => row.askedAt);
}

/** One exemption, or null. */
export async function findExemption(reader: Tx, tenantId: string, id: string): Promise<ExemptionRow | null> {
  const row = await reader.exemption.findUnique({ where: { tenantId_id: { tenantId, id } }, select: exemptionSelect });
  return row === null ? null : toRow(row);
}

/** How many reviews of the tenant are open, and of how many wishes somebody must answer. */
export async function countOpenExemptions(reader: Tx, tenantId: string): Promise<{ reviewCount: number; askedCount: number }> {
  const reviewCount = await reader.exemption.count({ where: { tenantId, ...openReview } });
  return { reviewCount, askedCount: await reader.exemption.count({ where: { tenantId, state: 'asked' } }) };
}

/** The exemptions that could open in a place now, as the verdict looks at them. */
export async function listExemptionsInPlace(
  reader: Tx,
  tenantId: string,
  place: { serviceId: string; environmentId: string; now: Date },
): Promise<Exemption[]> {
  const { serviceId, environmentId, now } = place;
  const rows = await reader.exemption.findMany({
    where: { tenantId, serviceId, environmentId, state: 'granted', endsAt: { gt: now } },
    select: {
      id: true,
      policyId: true,
      kind: true,
      use: true,
      serviceId: true,
      environmentId: true,
      digest: true,
      deploymentId: true,
      reason: true,
      ticket: true,
      decidedBy: true,
      decidedByName: true,
      decidedAt: true,
      endsAt: true,
      usedBy: true,
      withdrawnAt: true,
      approvalsRequired: true,
    },
    orderBy: { id: 'asc' },
    take: 200,
  });
  return rows.flatMap(({ policyId, decidedBy, decidedByName, decidedAt, kind, use, ...row }) => {
    if (decidedBy === null || decidedAt === null) return [];
    const grantedBy = { userId: decidedBy, name: decidedByName ?? '' };
    return [{ ...row, ruleId: policyId, kind: exemptionKind.parse(kind), use: exemptionUse.parse(use), grantedBy, grantedAt: decidedAt }];
  });
}
