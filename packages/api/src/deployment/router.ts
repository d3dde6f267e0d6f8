import { deploymentState } from '@flow/core/deployment';
import { listAuditEntries } from '@flow/db/audit';
import { listActionsOf, listDeployments, listRenderedManifests } from '@flow/db/deployment';
import { findNames } from '@flow/db/person';
import {
  actInput,
  actOnTarget,
  askForDeployment,
  askInput,
  cancelDeployment,
  cancelDeploymentInput,
  previewDeployment,
  previewInput,
  requestRollback,
  requestRollbackInput,
} from '@flow/operations/deployment';
import { explainDeployment, explainDeploymentInput } from '@flow/operations/verdict';
import { z } from 'zod';
import { done, id, inTenant, pageFields, pageOf, router, tenantProcedure } from '../trpc/index.ts';
import { loadDeploymentPage, requireDeployment, toVerdictAnswer } from './load-page.ts';
import { deploymentDetail, deploymentRow, targetDiff, timelineEvent, verdictAnswer } from './schemas.ts';
import { toTimeline } from './timeline.ts';

const reading = tenantProcedure.meta({ policy: { right: 'deployment:read' } });
const { run: _run, ...askShape } = askInput.shape;

export const deploymentRouter = router({
  list: reading
    .input(
      inTenant({
        ...pageFields,
        serviceId: id.optional(),
        environmentId: id.optional(),
        artifactId: id.optional(),
        runId: id.optional(),
        states: z.array(deploymentState).max(13).optional(),
      }),
    )
    .output(pageOf(deploymentRow))
    .query(async ({ ctx, input: { cursor, limit, tenant: _tenant, ...filter } }) => {
      const page = await listDeployments(ctx.reader, ctx.tenant.id, { cursor, limit, filter });
      const names = await findNames(
        ctx.reader,
        page.items.map((row) => row.requestedBy),
      );
      return { ...page, items: page.items.map((row) => ({ ...row, requestedByName: names.get(row.requestedBy ?? '') ?? null })) };
    }),

  get: reading
    .input(inTenant({ deploymentId: id }))
    .output(deploymentDetail)
    .query(({ ctx, input }) => loadDeploymentPage(ctx, input.deploymentId)),

  /** The story of a deployment in sentences, newest first. */
  timeline: reading
    .input(inTenant({ deploymentId: id }))
    .output(z.array(timelineEvent))
    .query(async ({ ctx, input: { deploymentId } }) => {
      const deployment = await requireDeployment(ctx, deploymentId);
      const regions = new Map(deployment.targets.map((target) => [target.id, target.region]));
      const [audit, actions] = await Promise.all([
        listAuditEntries(ctx.reader, ctx.tenant.id, { limit: 300, filter: { subject: `deployment:${deploymentId}` } }),
        listActionsOf(ctx.reader, ctx.tenant.id, deploymentId),
      ]);
      return toTimeline({ audit: audit.items, actions, regions });
    }),

  /** What Helm would apply in each target, beside what runs there; empty until it has been rendered. */
  diff: reading
    .input(inTenant({ deploymentId: id }))
    .output(z.array(targetDiff))
    .query(async ({ ctx, input: { deploymentId } }) => {
      const deployment = await requireDeployment(ctx, deploymentId);
      const targets = new Map(deployment.targets.map((target) => [target.targetId, target]));
      const rendered = await listRenderedManifests(ctx.reader, ctx.tenant.id, deploymentId);
      return rendered
        .map((one) => ({ ...one, region: targets.get(one.targetId)?.region ?? '', isSame: one.manifest === one.previous }))
        .toSorted((left, right) => (targets.get(left.targetId)?.wave ?? 0) - (targets.get(right.targetId)?.wave ?? 0));
    }),

  /** What the rules would say if this were asked for now. */
  preview: reading
    .input(inTenant(previewInput.shape))
    .output(verdictAnswer)
    .query(async ({ ctx, input: { tenant: _tenant, ...input } }) => toVerdictAnswer(await previewDeployment(ctx.operation, input))),

  /** What the rules say of this deployment at this moment: why it waits. Null once it has ended. */
  verdict: reading
    .input(inTenant(explainDeploymentInput.shape))
    .output(verdictAnswer.nullable())
    .query(async ({ ctx, input: { deploymentId } }) => {
      const verdict = await explainDeployment(ctx.operation, { deploymentId });
      return verdict === null ? null : toVerdictAnswer(verdict);
    }),

  ask: tenantProcedure
    .meta({ policy: { right: 'deployment:ask' } })
    .input(inTenant(askShape))
    .output(z.object({ deploymentId: z.string() }))
    .mutation(({ ctx, input: { tenant: _tenant, ...input } }) => askForDeployment(ctx.operation, input)),

  cancel: tenantProcedure
    .meta({ policy: { right: 'deployment:cancel' } })
    .input(inTenant(cancelDeploymentInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { deploymentId } }) => {
      await cancelDeployment(ctx.operation, { deploymentId });
      return { ok: true };
    }),

  /** The id is that of the deployment to watch: this one, or a new one that goes back. */
  rollback: tenantProcedure
    .meta({ policy: { right: 'deployment:rollback' } })
    .input(inTenant(requestRollbackInput.shape))
    .output(z.object({ deploymentId: z.string() }))
    .mutation(({ ctx, input: { tenant: _tenant, ...input } }) => requestRollback(ctx.operation, input)),

  act: tenantProcedure
    .meta({ policy: { right: 'deployment:act' } })
    .input(inTenant(actInput.shape))
    .output(z.object({ actionId: z.string() }))
    .mutation(({ ctx, input: { tenant: _tenant, ...input } }) => actOnTarget(ctx.operation, input)),
});
