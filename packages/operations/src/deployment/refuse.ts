import { FlowError } from '@flow/core/fault';
import { evaluate, saidOf } from '@flow/core/verdict';
import type { Verdict, VerdictContext } from '@flow/core/verdict';
import { findArtifact } from '@flow/db/artifact';
import { inTransaction } from '@flow/db/client';
import type { Tx } from '@flow/db/client';
import { saveRefusalFindings, saveKeptVerdict } from '@flow/db/verdict';
import { recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { loadVerdictContext } from '../verdict/index.ts';
import type { AskedFor } from '../verdict/index.ts';

/** A request that was refused, with all that the refusal rests on. */
export interface Refusal {
  asked: AskedFor;
  verdict: Verdict;
  context: VerdictContext;
}

/** What the rules say of a request at this moment, when they refuse it whatever one waits for; null when they do not. */
export async function findRefusal(tx: Tx, tenantId: string, asked: AskedFor): Promise<Refusal | null> {
  const context = await loadVerdictContext(tx, tenantId, asked);
  const verdict = evaluate({ deploymentId: null, kind: asked.kind, subjectHash: null }, context);
  return verdict.kind === 'denied' ? { asked, verdict, context } : null;
}

/** What stands against it, with who lifts it, as it is told to whoever asked: the rest is for the page. */
export function refusalFault({ verdict }: Refusal): FlowError {
  const denials = verdict.reasons
    .filter((reason) => reason.effect === 'deny')
    .map((reason) => `${reason.sentence}. It is lifted by ${reason.liftedBy}`);
  return new FlowError({ code: 'precondition', message: denials.join('. ') });
}

/** Keeps a refusal with its inputs: what a policy stopped at once is part of what it did. The request itself has left nothing behind. */
export async function recordRefusal(ctx: OperationContext, { asked, verdict, context }: Refusal): Promise<void> {
  requireRight(ctx, 'deployment:ask');
  await inTransaction(ctx.db, async (tx) => {
    const artifact = asked.artifactId === null ? null : await findArtifact(tx, ctx.tenantId, asked.artifactId);
    if (artifact === null) return;
    const { serviceId, environmentId } = asked;
    const subject = { deploymentId: null, serviceId, environmentId, artifactId: artifact.id, digest: artifact.digest };
    const said = saidOf(verdict, context);
    await saveRefusalFindings(tx, ctx.tenantId, { subject, said, at: ctx.now, newId: () => ctx.newId() });
    const facts = context.governance?.facts;
    if (facts !== undefined)
      await saveKeptVerdict(tx, ctx.tenantId, {
        ...subject,
        id: ctx.newId(),
        moment: 'refused',
        result: verdict.kind,
        at: ctx.now,
        facts,
        said,
      });
    const sentences = verdict.reasons.filter(({ effect }) => effect === 'deny').map(({ sentence }) => sentence);
    await recordChange(ctx, tx, {
      action: 'deployment.refuse',
      subject: `service:${serviceId}`,
      summary: `Refused to deploy ${context.service.name} ${artifact.version} to ${context.environment.name}: ${sentences.join('; ')}`,
      after: { serviceId, environmentId, artifactId: artifact.id, digest: artifact.digest },
    });
  });
}
