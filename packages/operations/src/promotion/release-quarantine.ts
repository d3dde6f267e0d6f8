import { FlowError } from '@flow/core/fault';
import { actorKey, actorName } from '@flow/core/rights';
import { findArtifact } from '@flow/db/artifact';
import { inTransaction } from '@flow/db/client';
import { wakeWayBacksOfDigest } from '@flow/db/jobs';
import { saveRelease, wakePromotionsOf } from '@flow/db/promotion';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { lookAgain } from '../verdict/look-again.ts';

export const releaseQuarantineInput = z.strictObject({
  artifactId: z.string().min(1).max(64),
  reason: z.string().trim().min(1, 'say why it may go again').max(500),
});

/** Releases the digest of an artifact: it may be deployed again. What was rejected meanwhile is asked for anew. */
export async function releaseQuarantine(ctx: OperationContext, input: z.input<typeof releaseQuarantineInput>): Promise<void> {
  requireRight(ctx, 'artifact:release');
  const { artifactId, reason } = parseInput(releaseQuarantineInput, input);
  await inTransaction(ctx.db, async (tx) => {
    const artifact = await findArtifact(tx, ctx.tenantId, artifactId);
    if (artifact === null) throw notFound('artifact');
    const { digest, serviceId, serviceName, version } = artifact;
    await lookAgain(ctx, tx);
    await wakePromotionsOf(tx, ctx.tenantId, { serviceId, at: ctx.now });
    const release = { digest, reason, by: actorKey(ctx.actor), byName: actorName(ctx.actor), at: ctx.now };
    if (!(await saveRelease(tx, ctx.tenantId, release)))
      throw new FlowError({ code: 'precondition', message: `${serviceName} ${version} is in no quarantine: somebody has released it` });
    await wakeWayBacksOfDigest(tx, ctx.tenantId, { digest, at: ctx.now });
    await recordChange(ctx, tx, {
      action: 'artifact.release',
      subject: `artifact:${artifactId}`,
      summary: `Released ${serviceName} ${version} from quarantine: ${reason}`,
      after: { digest, reason },
      event: { type: 'service.changed', topics: [`service:${serviceId}`], data: { serviceId, digest, isQuarantined: false } },
    });
  });
}
