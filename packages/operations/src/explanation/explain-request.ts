import { explain, explanationAsText } from '@flow/core/explanation';
import { isTerminal } from '@flow/core/deployment';
import { invoker } from '@flow/core/rule';
import { userIdOf } from '@flow/core/rights';
import { indexPolicies } from '@flow/core/verdict';
import type { DeploymentRequest } from '@flow/core/verdict';
import { findArtifact } from '@flow/db/artifact';
import { findDeploymentWithTargets, findPreparedWorkload } from '@flow/db/deployment';
import { findNames } from '@flow/db/person';
import { findMembersByEmail } from '@flow/db/tenancy';
import { z } from 'zod';
import { emailsIn } from '../approval/index.ts';
import { notFound, parseInput, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { aboutToAsk, hashed, previewInput } from '../deployment/index.ts';
import type { HashedPlan } from '../deployment/index.ts';
import { askedOf, loadAllPolicies, loadWholeContext } from '../verdict/index.ts';
import type { AskedFor } from '../verdict/index.ts';
import { namePeople, helpInWords } from './name-people.ts';
import type { NamedExplanation } from './name-people.ts';

export const explainRequestInput = previewInput.extend({ invoker: invoker.default('person') });
export const explainWaitingInput = z.strictObject({ deploymentId: z.string().min(1).max(64) });

/** Everything that was considered, with those who can help, and the same as lines of text. */
export interface AnsweredExplanation extends Omit<NamedExplanation, 'nearestPlan'> {
  nearestPlan: HashedPlan | null;
  text: readonly string[];
}

/** "Can I deploy now?" for a service, an environment and an artifact: every rule, freeze, guardrail, gate and approval with what it looked at. */
export async function explainRequest(ctx: OperationContext, input: z.input<typeof explainRequestInput>): Promise<AnsweredExplanation> {
  requireRight(ctx, 'deployment:read');
  const { serviceId, environmentId, artifactId = null, kind, invoker: by } = parseInput(explainRequestInput, input);
  const asked = aboutToAsk(ctx, { serviceId, environmentId, artifactId, kind, invoker: by });
  return answer(ctx, { asked, request: { deploymentId: null, kind, subjectHash: null }, requestedBy: userIdOf(ctx.actor) });
}

/** The same for a deployment that waits or moves, at this moment. Null for one that has ended. */
export async function explainWaiting(
  ctx: OperationContext,
  input: z.input<typeof explainWaitingInput>,
): Promise<AnsweredExplanation | null> {
  requireRight(ctx, 'deployment:read');
  const { deploymentId } = parseInput(explainWaitingInput, input);
  const reader = ctx.db.prisma;
  const found = await findDeploymentWithTargets(reader, ctx.tenantId, deploymentId);
  if (found === null) throw notFound('deployment');
  if (isTerminal(found.state)) return null;
  const names = await findNames(reader, [found.requestedBy]);
  const workload = await findPreparedWorkload(reader, ctx.tenantId, deploymentId);
  const deployment = { ...found, requestedByName: names.get(found.requestedBy ?? '') ?? 'Flow', workload };
  const asked = askedOf({ deployment, now: ctx.now });
  const request = { deploymentId, kind: asked.kind, subjectHash: found.snapshotHash === '' ? null : found.snapshotHash };
  return answer(ctx, { asked, request, requestedBy: found.requestedBy });
}

interface Question {
  asked: AskedFor;
  request: DeploymentRequest;
  requestedBy: string | null;
}

async function answer(ctx: OperationContext, { asked, request, requestedBy }: Question): Promise<AnsweredExplanation> {
  const reader = ctx.db.prisma;
  const all = await loadAllPolicies(reader, ctx.tenantId);
  const context = await loadWholeContext(reader, ctx.tenantId, { asked, policies: indexPolicies(all) });
  const explanation = explain(request, context, all);
  const involved = await findInvolved(ctx, { artifactId: asked.artifactId, requestedBy });
  const named = await namePeople(reader, ctx.tenantId, { explanation, involved });
  const helpsOf = new Map(named.considered.map(({ source, id, helps }) => [`${source} ${id}`, helps.map(helpInWords)]));
  const text = explanationAsText(explanation, ({ source, id }) => helpsOf.get(`${source} ${id}`) ?? []);
  return { ...named, nearestPlan: hashed(explanation.nearestPlan), text };
}

/** Those who asked for it or wrote it: they do not approve it. */
async function findInvolved(
  ctx: OperationContext,
  { artifactId, requestedBy }: { artifactId: string | null; requestedBy: string | null },
): Promise<string[]> {
  const reader = ctx.db.prisma;
  const artifact = artifactId === null ? null : await findArtifact(reader, ctx.tenantId, artifactId);
  const authors = await findMembersByEmail(reader, ctx.tenantId, emailsIn(artifact?.commitAuthor ?? ''));
  return [...(requestedBy === null ? [] : [requestedBy]), ...authors.map(({ userId }) => userId)];
}
