import { exemptionAbilities, needsOfNext, whyNotGive } from '@flow/core/exemption';
import type { ExemptionAbility, ExemptionAction, ExemptionActor, ExemptionKind, ExemptionStanding } from '@flow/core/exemption';
import { FlowError } from '@flow/core/fault';
import { isPlatformAdmin, rightsIn } from '@flow/core/rights';
import { countOpenExemptions, findExemption } from '@flow/db/exemption';
import type { ExemptionRow } from '@flow/db/exemption';
import type { Tx } from '@flow/db/client';
import { notFound, recordChange, requirePerson } from '../context/index.ts';
import type { OperationContext, Person } from '../context/index.ts';

/** Everyone who had a part in it: who asked, who gave it, who deployed by it, and who approved that. */
export function involvedIn({ askedBy, decidedBy, uses }: ExemptionRow): readonly string[] {
  const people = uses.flatMap(({ requestedBy, approvedBy }) => [requestedBy, ...approvedBy]);
  return [...new Set([askedBy, decidedBy, ...people].flatMap((one) => one ?? []))];
}

/** What the acting person may do with an exemption now. */
export function abilitiesOf(ctx: OperationContext, row: ExemptionRow): readonly ExemptionAbility[] {
  const actor = actorOf(ctx);
  const nobody: ExemptionActor = { userId: '', rights: [], isPlatformAdmin: false };
  return exemptionAbilities(standingOf(row), actor ?? nobody, ctx.now);
}

/** What the next exemption of each kind needs, and why this person cannot take one in an emergency; empty when they can. */
export async function previewNeeds(
  ctx: OperationContext,
  about: { isOfPlatform: boolean },
): Promise<Record<ExemptionKind, { sentence: string; maxMs: number; whyNot: string }>> {
  const { reviewCount } = await countOpenExemptions(ctx.db.prisma, ctx.tenantId);
  const [planned, breakGlass] = [needsOfNext('planned', reviewCount), needsOfNext('breakGlass', reviewCount)];
  const actor = actorOf(ctx);
  const whyNot = actor === null ? 'Only people take exemptions' : whyNotGive(about, actor);
  return {
    planned: { sentence: planned?.sentence ?? '', maxMs: planned?.maxMs ?? 0, whyNot: '' },
    breakGlass: { sentence: breakGlass?.sentence ?? '', maxMs: breakGlass?.maxMs ?? 0, whyNot: breakGlass === null ? tooManyOpen : whyNot },
  };
}

export const tooManyOpen = 'Too many reviews of earlier ones are open: close some of them first';

function standingOf(row: ExemptionRow): ExemptionStanding {
  const { state, kind, askedBy, endsAt, usedAt, isOfPlatform, reviewClosedAt } = row;
  return { state, kind, askedBy, endsAt, usedAt, isOfPlatform, reviewClosedAt, involved: involvedIn(row) };
}

function actorOf({ actor, tenantId }: OperationContext): ExemptionActor | null {
  if (actor.kind !== 'person') return null;
  return { userId: actor.userId, rights: rightsIn(actor, tenantId), isPlatformAdmin: isPlatformAdmin(actor) };
}

/** The person who may take exemptions from such a policy by themselves, or a refusal that says who may. */
export function requireGiver(ctx: OperationContext, about: { isOfPlatform: boolean }): Person {
  const person = requirePerson(ctx);
  const why = whyNotGive(about, { ...person, rights: rightsIn(person, ctx.tenantId) });
  if (why !== '') throw new FlowError({ code: 'forbidden', message: why });
  return person;
}

/** Loads an exemption for a person who may do this with it now; else refuses with the reason that the button shows. */
export async function loadFor(
  ctx: OperationContext,
  tx: Tx,
  { exemptionId, action }: { exemptionId: string; action: ExemptionAction },
): Promise<{ row: ExemptionRow; person: Person }> {
  const person = requirePerson(ctx);
  const row = await findExemption(tx, ctx.tenantId, exemptionId);
  if (row === null) throw notFound('exemption');
  const ability = abilitiesOf(ctx, row).find((one) => one.action === action);
  if (ability?.allowed !== true) throw new FlowError({ code: 'precondition', message: ability?.why ?? 'This cannot be done' });
  return { row, person };
}

/** Somebody else was faster, or the time has gone by in this moment. */
export function overtaken(): FlowError {
  return new FlowError({ code: 'conflict', message: 'Someone else was faster: look at it again' });
}

type Told = Pick<ExemptionRow, 'id' | 'policyId' | 'policyTitle' | 'deploymentId' | 'service' | 'environment'>;

/** Records what became of an exemption, for the audit log and for pages that are open. */
export async function recordExemption(
  ctx: OperationContext,
  tx: Tx,
  { of, ...change }: { of: Told; action: string; summary: string; after: NonNullable<Parameters<typeof recordChange>[2]['after']> },
): Promise<void> {
  const { id: exemptionId, deploymentId, service } = of;
  const topics = [`service:${service.id}`, ...(deploymentId === null ? [] : [`deployment:${deploymentId}`])];
  await recordChange(ctx, tx, {
    ...change,
    subject: deploymentId === null ? `service:${service.id}` : `deployment:${deploymentId}`,
    event: { type: 'exemption.changed', topics, data: { exemptionId, deploymentId, serviceId: service.id } },
  });
}

/** "from Change freeze for Checkout in Production", as a sentence goes on. */
export function fromWhat({ policyTitle, service, environment }: Told): string {
  return `from "${policyTitle}" for ${service.name} in ${environment.name}`;
}
