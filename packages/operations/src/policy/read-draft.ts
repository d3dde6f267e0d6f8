import { FlowError } from '@flow/core/fault';
import type { FieldFault } from '@flow/core/fault';
import type { Gate } from '@flow/core/gate';
import { checkWindow } from '@flow/core/freeze';
import { isNext } from '@flow/core/promotion';
import type { PromotionRule } from '@flow/core/promotion';
import { checkRule } from '@flow/core/rule';
import type { Owner } from '@flow/core/rule';
import { findExistingIds, listEnvironments } from '@flow/db/catalog';
import type { Tx } from '@flow/db/client';
import { listExternalChecks } from '@flow/db/external-check';
import type { PolicyKind } from '@flow/db/policy';
import { findTenant } from '@flow/db/tenancy';
import { z } from 'zod';
import { platformTenantId } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { approvalFaults } from './check-approvers.ts';
import { headOf, readPolicy } from './parse-policy.ts';
import type { Policy } from './parse-policy.ts';

/** A policy as somebody writes it, before it is saved or without ever being saved. */
export interface Draft {
  kind: PolicyKind;
  document: Record<string, z.core.util.JSONType>;
  id: string;
  revision: number;
}

/** Reads a draft as it would be in force here. Refused with each fault at its field, positions in expressions among them. */
export async function readDraft(ctx: OperationContext, reader: Tx, { kind, document, id, revision }: Draft): Promise<Policy> {
  const owner = await ownerOf(ctx, reader);
  const found = readPolicy(kind, withinTenant(ctx, document), { id, revision, owner });
  if (!found.ok) refuse(found.issues.map((issue) => ({ path: ['document', ...issue.path].join('.'), message: issue.message })));
  else {
    refuse([
      ...expressionFaults(found.policy),
      ...windowFaults(found.policy, ctx.now),
      ...(await scopeFaults(ctx, reader, found.policy)),
      ...(found.policy.kind === 'gate' ? await externalFaults(ctx, reader, found.policy.gate) : []),
      ...(found.policy.kind === 'promotion' ? await promotionFaults(ctx, reader, found.policy.promotion) : []),
      ...(found.policy.kind === 'approval' ? await approvalFaults(reader, ctx.tenantId, found.policy.approval) : []),
    ]);
    return found.policy;
  }
  throw new FlowError({ code: 'internal', message: 'A policy that cannot be read names no fault' });
}

function refuse(fields: readonly FieldFault[]): void {
  if (fields.length > 0) throw new FlowError({ code: 'invalid', message: 'Some fields need another look', fields });
}

async function ownerOf(ctx: OperationContext, tx: Tx): Promise<Owner> {
  if (ctx.tenantId === platformTenantId) return { kind: 'platform', name: 'the platform' };
  const tenant = await findTenant(tx, ctx.tenantId);
  return { kind: 'tenant', name: tenant?.name ?? ctx.tenantId };
}

/** Whatever a tenant writes, its policies are in force in the tenant and nowhere else. */
function withinTenant(ctx: OperationContext, document: Draft['document']): Draft['document'] {
  if (ctx.tenantId === platformTenantId) return document;
  const scope = z.record(z.string(), z.json()).safeParse(document['scope']).data ?? {};
  return { ...document, scope: { ...scope, tenantIds: [ctx.tenantId] } };
}

function expressionFaults(policy: Policy): FieldFault[] {
  if (policy.kind !== 'rule') return [];
  return checkRule(policy.rule).map((problem) => ({
    path: problem.field === 'message' ? 'document.message' : 'document.condition',
    message: `line ${problem.line}, column ${problem.column}: ${problem.message}`,
  }));
}

function windowFaults(policy: Policy, now: Date): FieldFault[] {
  if (policy.kind !== 'freeze') return [];
  return checkWindow(policy.freeze.window, now)
    .filter((problem) => problem.severity === 'error')
    .map((problem) => ({ path: 'document.window.recurrence', message: problem.message }));
}

/** Both environments are there, one right after the other, and the schedule takes place. The environments of the platform are those of its tenants. */
async function promotionFaults(ctx: OperationContext, reader: Tx, { fromId, toId, window }: PromotionRule): Promise<FieldFault[]> {
  if (ctx.tenantId === platformTenantId) return [{ path: 'document.fromId', message: 'a promotion rule belongs to one tenant' }];
  const environments = await listEnvironments(reader, ctx.tenantId);
  const path = environments.map((one) => ({ ...one, regions: one.targets.map(({ region }) => region) }));
  const [from, to] = [fromId, toId].map((id) => path.find((one) => one.id === id));
  const missing = (['fromId', 'toId'] as const).flatMap((field) =>
    (field === 'fromId' ? from : to) === undefined ? [{ path: `document.${field}`, message: 'choose an environment' }] : [],
  );
  const isApart = from !== undefined && to !== undefined && !isNext(path, { from, to });
  const never = window !== null && checkWindow(window, ctx.now).some(({ severity }) => severity === 'error');
  return [
    ...missing,
    ...(isApart ? [{ path: 'document.toId', message: `does not come right after ${from.name} on the promotion path` }] : []),
    ...(never ? [{ path: 'document.window.recurrence', message: 'it takes place never or always, or cannot be read' }] : []),
  ];
}

/** The gates of a tenant ask its own outside services, those of the platform the platform's. */
async function externalFaults(ctx: OperationContext, reader: Tx, { checks }: Gate): Promise<FieldFault[]> {
  const isOfPlatform = ctx.tenantId === platformTenantId;
  const mayAsk = (await listExternalChecks(reader, ctx.tenantId)).filter(({ isPlatform }) => isPlatform === isOfPlatform);
  const known = new Set(mayAsk.map(({ id }) => id));
  const message = isOfPlatform
    ? 'choose who is asked: an external check of the platform'
    : 'choose who is asked: an external check of this tenant';
  return checks.flatMap((check, index) =>
    check.kind !== 'external' || known.has(check.externalId) ? [] : [{ path: `document.checks.${index}.externalId`, message }],
  );
}

/** A scope that names what is not there would be in force nowhere, and nobody would know. */
async function scopeFaults(ctx: OperationContext, tx: Tx, policy: Policy): Promise<FieldFault[]> {
  if (ctx.tenantId === platformTenantId) return [];
  const { serviceIds, environmentIds } = headOf(policy).scope;
  const existing = await findExistingIds(tx, ctx.tenantId, { serviceIds, environmentIds });
  const missing = (field: string, ids: readonly string[], known: ReadonlySet<string>): FieldFault[] =>
    ids.flatMap((id, index) =>
      known.has(id) ? [] : [{ path: `document.scope.${field}.${index}`, message: 'there is none with this id here' }],
    );
  return [...missing('serviceIds', serviceIds, existing.serviceIds), ...missing('environmentIds', environmentIds, existing.environmentIds)];
}
