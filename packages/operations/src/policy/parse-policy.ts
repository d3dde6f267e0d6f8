import { approvalPolicy } from '@flow/core/approval';
import type { ApprovalPolicy } from '@flow/core/approval';
import { FlowError } from '@flow/core/fault';
import { freeze } from '@flow/core/freeze';
import type { Freeze } from '@flow/core/freeze';
import { gate } from '@flow/core/gate';
import type { Gate } from '@flow/core/gate';
import { guardrail } from '@flow/core/guardrail';
import type { Guardrail } from '@flow/core/guardrail';
import { promotionRule } from '@flow/core/promotion';
import type { PromotionRule } from '@flow/core/promotion';
import { rule } from '@flow/core/rule';
import type { Enforcement, Owner, Rule } from '@flow/core/rule';
import type { PolicyKind, PolicyRow } from '@flow/db/policy';
import { z } from 'zod';

/** A policy in the words of its part of the domain. */
export type Policy =
  | { kind: 'rule'; rule: Rule }
  | { kind: 'freeze'; freeze: Freeze }
  | { kind: 'guardrail'; guardrail: Guardrail }
  | { kind: 'gate'; gate: Gate }
  | { kind: 'approval'; approval: ApprovalPolicy }
  | { kind: 'promotion'; promotion: PromotionRule };

/** What Flow itself says of a policy: never read from what someone sends. */
export interface Assigned {
  id: string;
  revision: number;
  owner: Owner;
  /** Of a kept policy: how far it is switched on. */
  enforcement?: Enforcement;
}

export type ReadPolicy = { ok: true; policy: Policy } | { ok: false; issues: readonly z.core.$ZodIssue[] };

/** Reads the document of a policy of the given kind, as someone sends it or as it is kept. */
export function readPolicy(kind: PolicyKind, document: unknown, assigned: Assigned): ReadPolicy {
  const whole = z.record(z.string(), z.unknown()).safeParse(document);
  if (!whole.success) return { ok: false, issues: whole.error.issues };
  const input = { ...whole.data, ...assigned };
  switch (kind) {
    case 'rule':
      return read(rule.safeParse(input), (found) => ({ kind, rule: found }));
    case 'freeze':
      return read(freeze.safeParse(input), (found) => ({ kind, freeze: found }));
    case 'guardrail':
      return read(guardrail.safeParse(input), (found) => ({ kind, guardrail: found }));
    case 'gate':
      return read(gate.safeParse(input), (found) => ({ kind, gate: found }));
    case 'approval':
      return read(approvalPolicy.safeParse(input), (found) => ({ kind, approval: found }));
    case 'promotion':
      return read(promotionRule.safeParse(input), (found) => ({ kind, promotion: found }));
  }
}

function read<Found>(parsed: z.ZodSafeParseResult<Found>, toPolicy: (found: Found) => Policy): ReadPolicy {
  return parsed.success ? { ok: true, policy: toPolicy(parsed.data) } : { ok: false, issues: parsed.error.issues };
}

/** A kept policy. One that cannot be read any more is a fault of Flow: it is told, never passed over. */
export function toPolicy(row: PolicyRow, tenantName: string): Policy {
  const owner: Owner = row.isPlatform ? { kind: 'platform', name: 'the platform' } : { kind: 'tenant', name: tenantName };
  const found = readPolicy(row.kind, row.document, { id: row.id, revision: row.revision, enforcement: row.enforcement, owner });
  if (found.ok) return found.policy;
  throw new FlowError({
    code: 'internal',
    message: `The ${row.kind} ${row.title} cannot be read: save it again, or archive it`,
    detail: `${row.id}: ${found.issues.map((issue) => issue.message).join('; ')}`,
  });
}

/** The part that every kind has. */
export function headOf(policy: Policy): Rule | Freeze | Guardrail | Gate | ApprovalPolicy | PromotionRule {
  switch (policy.kind) {
    case 'rule':
      return policy.rule;
    case 'freeze':
      return policy.freeze;
    case 'guardrail':
      return policy.guardrail;
    case 'gate':
      return policy.gate;
    case 'approval':
      return policy.approval;
    case 'promotion':
      return policy.promotion;
  }
}
