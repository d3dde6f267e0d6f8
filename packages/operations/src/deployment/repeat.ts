import { neverHealthySentence } from '@flow/core/deployment';
import { FlowError } from '@flow/core/fault';
import { compareRepeat } from '@flow/core/promotion';
import type { Repeat } from '@flow/core/promotion';
import { evaluate } from '@flow/core/verdict';
import type { Verdict } from '@flow/core/verdict';
import { findEnvironment } from '@flow/db/catalog';
import type { Tx } from '@flow/db/client';
import { findRepeatable } from '@flow/db/deployment';
import type { Repeatable } from '@flow/db/deployment';
import { listConfigured } from '@flow/db/promotion';
import { z } from 'zod';
import { notFound, parseInput, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { loadVerdictContext } from '../verdict/index.ts';
import { aboutToAsk } from './about-to-ask.ts';
import { askForDeployment } from './ask.ts';

export const previewRepeatInput = z.strictObject({ deploymentId: z.string().min(1).max(64) });

export const repeatInput = z.strictObject({
  deploymentId: z.string().min(1).max(64),
  idempotencyKey: z.string().min(8).max(100).optional(),
});

/** What taking an earlier deployment again comes to at this moment. */
export interface RepeatPreview extends Repeat {
  version: string;
  chartVersion: string;
  verdict: Verdict;
}

/** What would change in each region if an earlier deployment were taken again now, and what the rules would say of it. */
export async function previewRepeat(ctx: OperationContext, input: z.input<typeof previewRepeatInput>): Promise<RepeatPreview> {
  requireRight(ctx, 'deployment:read');
  const { deploymentId } = parseInput(previewRepeatInput, input);
  const reader = ctx.db.prisma;
  const { earlier, repeat } = await load(reader, ctx.tenantId, deploymentId);
  const { id: repeatsId, serviceId, environmentId, artifactId } = earlier;
  const asked = aboutToAsk(ctx, { serviceId, environmentId, artifactId, kind: repeat.kind, invoker: 'person', repeatsId });
  const context = await loadVerdictContext(reader, ctx.tenantId, asked);
  const verdict = evaluate({ deploymentId: null, kind: repeat.kind, subjectHash: null }, context);
  return { ...repeat, version: earlier.version, chartVersion: earlier.snapshot.chart.version, verdict };
}

/**
 * Takes an earlier deployment again: its artifact with the chart and the configuration that it was healthy with, by the plan of now. Going back needs the right
 * for that and leaves a pin, as every rollback by a person does. The id is that of the new deployment.
 */
export async function repeatDeployment(ctx: OperationContext, input: z.input<typeof repeatInput>): Promise<{ deploymentId: string }> {
  requireRight(ctx, 'deployment:ask');
  const { deploymentId, idempotencyKey } = parseInput(repeatInput, input);
  const { earlier, repeat } = await load(ctx.db.prisma, ctx.tenantId, deploymentId);
  if (repeat.kind === 'rollback') requireRight(ctx, 'deployment:rollback');
  const { id: repeatsId, serviceId, environmentId, artifactId } = earlier;
  const asked = { serviceId, environmentId, artifactId, repeatsId, kind: repeat.kind };
  return askForDeployment(ctx, idempotencyKey === undefined ? asked : { ...asked, idempotencyKey });
}

type Prepared = Repeatable & { snapshot: NonNullable<Repeatable['snapshot']> };

async function load(reader: Tx, tenantId: string, deploymentId: string): Promise<{ earlier: Prepared; repeat: Repeat }> {
  const found = await findRepeatable(reader, tenantId, deploymentId);
  if (found === null) throw notFound('deployment');
  const earlier = requirePrepared(found);
  const environment = await findEnvironment(reader, tenantId, earlier.environmentId);
  if (environment === null) throw notFound('environment');
  const places = { serviceIds: [earlier.serviceId], environmentIds: [earlier.environmentId] };
  const running = await listConfigured(reader, tenantId, places);
  const { id, digest, builtAt, snapshot } = earlier;
  const then = { deploymentId: id, digest, builtAt, chart: snapshot.chart, values: snapshot.values };
  return { earlier, repeat: compareRepeat(then, running, environment) };
}

function requirePrepared({ snapshot, ...earlier }: Repeatable): Prepared {
  if (earlier.state === 'succeeded' && snapshot !== null) return { ...earlier, snapshot };
  throw new FlowError({ code: 'precondition', message: neverHealthySentence });
}
