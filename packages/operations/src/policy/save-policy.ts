import { FlowError } from '@flow/core/fault';
import { actorKey, actorName } from '@flow/core/rights';
import { inTransaction } from '@flow/db/client';
import type { Tx } from '@flow/db/client';
import { countPolicies, findPolicy, insertPolicy, policiesMax, policyKind, savePolicyRevision } from '@flow/db/policy';
import type { PolicyRow } from '@flow/db/policy';
import { wakePromotions } from '@flow/db/promotion';
import { z } from 'zod';
import { notFound, parseInput, platformTenantId, recordChange, requirePlatformAdmin, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { headOf } from './parse-policy.ts';
import type { Policy } from './parse-policy.ts';
import { readDraft } from './read-draft.ts';
import { lookAgain } from '../verdict/look-again.ts';

export const savePolicyInput = z.strictObject({
  /** Left out for a new one. */
  policyId: z.string().min(1).max(64).optional(),
  /** The revision that was shown; a change of anything older is refused. */
  seenRevision: z.number().int().min(0).default(0),
  kind: policyKind,
  /** As core defines the kind, without what Flow says of it: id, revision, owner. */
  document: z.record(z.string(), z.json()),
  /** Why: it stands beside the revision for ever. */
  note: z.string().trim().max(500).default(''),
});
type PolicyToSave = z.output<typeof savePolicyInput>;

/** Puts a policy in force, or a new revision of one. Refused with each fault at its field, positions in expressions among them. */
export async function savePolicy(
  ctx: OperationContext,
  input: z.input<typeof savePolicyInput>,
): Promise<{ policyId: string; revision: number }> {
  requirePolicyRight(ctx);
  const given = parseInput(savePolicyInput, input);
  return inTransaction(ctx.db, async (tx) => {
    const before = await findBefore(ctx, tx, given);
    const id = before?.id ?? ctx.newId();
    const revision = given.seenRevision + 1;
    const policy = await readDraft(ctx, tx, { kind: given.kind, document: given.document, id, revision });
    await write(ctx, tx, { given, policy, isNew: before === null });
    await lookAgain(ctx, tx);
    await wakePromotions(tx, ctx.tenantId, ctx.now);
    await recordChange(ctx, tx, {
      action: before === null ? 'policy.create' : 'policy.edit',
      subject: `policy:${id}`,
      summary: `${before === null ? 'Made' : 'Changed'} the ${given.kind} ${headOf(policy).title} (${headOf(policy).enforcement})`,
      ...(before === null ? {} : { before: jsonOf(before.document) }),
      after: jsonOf(documentOf(policy)),
      event: { type: 'policy.changed', topics: [], data: { policyId: id, kind: given.kind, revision } },
    });
    return { policyId: id, revision };
  });
}

/** The policy that is changed, which must be the caller's own and of the same kind; null for a new one, if there is room for it. */
async function findBefore(ctx: OperationContext, tx: Tx, given: PolicyToSave): Promise<PolicyRow | null> {
  if (given.policyId !== undefined) {
    const before = await findPolicy(tx, ctx.tenantId, given.policyId);
    const isOwn = before !== null && before.isPlatform === (ctx.tenantId === platformTenantId);
    if (!isOwn || before.kind !== given.kind) throw notFound('policy');
    return before;
  }
  if ((await countPolicies(tx, ctx.tenantId)) < policiesMax) return null;
  throw new FlowError({ code: 'precondition', message: `There are ${policiesMax} policies here: archive one that is not needed` });
}

/** A tenant's policies are for those who may; those of the platform for whoever runs it. */
export function requirePolicyRight(ctx: OperationContext): void {
  if (ctx.tenantId === platformTenantId) requirePlatformAdmin(ctx);
  else requireRight(ctx, 'policy:manage');
}

async function write(ctx: OperationContext, tx: Tx, saving: { given: PolicyToSave; policy: Policy; isNew: boolean }): Promise<void> {
  const { given, policy, isNew } = saving;
  const { id, title, enforcement } = headOf(policy);
  const revision = {
    id,
    title,
    enforcement,
    kind: given.kind,
    document: jsonOf(documentOf(policy)),
    changedBy: actorKey(ctx.actor),
    changedByName: actorName(ctx.actor),
    changedAt: ctx.now,
    note: given.note,
  };
  if (isNew) return insertPolicy(tx, ctx.tenantId, revision);
  if (!(await savePolicyRevision(tx, ctx.tenantId, { ...revision, seenRevision: given.seenRevision })))
    throw new FlowError({ code: 'conflict', message: 'Someone else has changed it since you looked, or archived it: look at it again' });
}

/** What is kept: the document without what Flow says of it. */
function documentOf(policy: Policy): object {
  const { id: _id, revision: _revision, owner: _owner, ...document } = headOf(policy);
  return document;
}

function jsonOf(value: unknown): Record<string, z.core.util.JSONType> {
  return z.record(z.string(), z.json()).parse(JSON.parse(JSON.stringify(value)));
}
