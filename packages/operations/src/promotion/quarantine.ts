import { FlowError } from '@flow/core/fault';
import { actorKey, actorName } from '@flow/core/rights';
import { findArtifact } from '@flow/db/artifact';
import { inTransaction } from '@flow/db/client';
import { wakeWayBacksOfDigest } from '@flow/db/jobs';
import { insertQuarantine, listRunningDigest, wakeDeploymentsOfDigest } from '@flow/db/promotion';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { lookAgain } from '../verdict/look-again.ts';

export const quarantineInput = z.strictObject({
  artifactId: z.string().min(1).max(64),
  reason: z.string().trim().min(1, 'say what is wrong with it').max(500),
});

/**
 * Puts the digest of an artifact into quarantine, wherever it is known in the tenant: nothing deploys it any more and nobody goes back to it, what waits with it
 * is rejected, and what takes it somewhere at this moment goes back. What runs already goes on running, and is marked.
 */
export async function quarantineArtifact(ctx: OperationContext, input: z.input<typeof quarantineInput>): Promise<{ quarantineId: string }> {
  requireRight(ctx, 'artifact:quarantine');
  const { artifactId, reason } = parseInput(quarantineInput, input);
  const quarantineId = ctx.newId();
  await inTransaction(ctx.db, async (tx) => {
    const artifact = await findArtifact(tx, ctx.tenantId, artifactId);
    if (artifact === null) throw notFound('artifact');
    const { digest, serviceId, serviceName, version } = artifact;
    // No start is decided at the same moment without having seen it.
    await lookAgain(ctx, tx);
    const placed = { placedBy: actorKey(ctx.actor), placedByName: actorName(ctx.actor), placedAt: ctx.now };
    if (!(await insertQuarantine(tx, ctx.tenantId, { id: quarantineId, digest, reason, ...placed })))
      throw new FlowError({ code: 'conflict', message: `${serviceName} ${version} is in quarantine already: look at its page` });
    await wakeDeploymentsOfDigest(tx, ctx.tenantId, { digest, at: ctx.now });
    await wakeWayBacksOfDigest(tx, ctx.tenantId, { digest, at: ctx.now });
    const running = await listRunningDigest(tx, ctx.tenantId, digest);
    await recordChange(ctx, tx, {
      action: 'artifact.quarantine',
      subject: `artifact:${artifactId}`,
      summary: `Put ${serviceName} ${version} into quarantine: ${reason}`,
      after: { digest, reason, runsIn: running.map((one) => `${one.serviceSlug} in ${one.environmentName}, ${one.region}`) },
      event: {
        type: 'service.changed',
        topics: [...new Set([serviceId, ...running.map((one) => one.serviceId)])].map((id) => `service:${id}`),
        data: { serviceId, digest, isQuarantined: true },
      },
    });
  });
  return { quarantineId };
}
