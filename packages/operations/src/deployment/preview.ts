import { evaluate } from '@flow/core/verdict';
import type { Verdict } from '@flow/core/verdict';
import { z } from 'zod';
import { parseInput, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { loadVerdictContext } from '../verdict/index.ts';
import { aboutToAsk } from './about-to-ask.ts';

export const previewInput = z.strictObject({
  serviceId: z.string().min(1).max(64),
  environmentId: z.string().min(1).max(64),
  /** Which version; the newest one of the service unless given. */
  artifactId: z.string().min(1).max(64).optional(),
  kind: z.enum(['deploy', 'rollback']).default('deploy'),
});

/** What would be answered if this were asked for now: the same rules as at the start and at every wave. */
export async function previewDeployment(ctx: OperationContext, input: z.input<typeof previewInput>): Promise<Verdict> {
  requireRight(ctx, 'deployment:read');
  const { serviceId, environmentId, artifactId = null, kind } = parseInput(previewInput, input);
  const asked = aboutToAsk(ctx, { serviceId, environmentId, artifactId, kind, invoker: 'person' });
  return evaluate({ deploymentId: null, kind, subjectHash: null }, await loadVerdictContext(ctx.db.prisma, ctx.tenantId, asked));
}
