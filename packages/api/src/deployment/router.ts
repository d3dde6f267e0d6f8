import { deploymentState } from '@flow/core/deployment';
import { listAuditEntries } from '@flow/db/audit';
import { listActionsOf, listDeployments, listProgress, listRenderedManifests } from '@flow/db/deployment';
import { findNames } from '@flow/db/person';
import {
  actInput,
  actOnTarget,
  askForDeployment,
  askInput,
  cancelDeployment,
  cancelDeploymentInput,
  continueDeployment,
  continueDeploymentInput,
  findNearestPlan,
  nearestPlanInput,
  previewDeployment,
  previewInput,
  previewRepeat,
  previewRepeatInput,
  repeatDeployment,
  repeatInput,
  requestRollback,
  requestRollbackInput,
} from '@flow/operations/deployment';
import { explainRequest, explainRequestInput, explainWaiting, explainWaitingInput } from '@flow/operations/explanation';
import { foreseeRequest, foreseeRequestInput, foreseeWaiting, foreseeWaitingInput } from '@flow/operations/foresight';
import { chooseStart, chooseStartInput, listQueue } from '@flow/operations/queue';
import { explainDeployment, explainDeploymentInput } from '@flow/operations/verdict';
import { z } from 'zod';
import { done, id, inTenant, pageFields, pageOf, router, tenantProcedure } from '../trpc/index.ts';
import { loadDeploymentPage, requireDeployment, toExplanationAnswer, toNearestPlanAnswer, toVerdictAnswer } from './load-page.ts';
import {
  deploymentDetail,
  deploymentRow,
  explanationAnswer,
  foresightAnswer,
  nearestPlanAnswer,
  queueRow,
  repeatAnswer,
  targetDiff,
  timelineEvent,
  verdictAnswer,
} from './schemas.ts';
import { toTimeline } from './timeline.ts';

const reading = tenantProcedure.meta({ policy: { right: 'deployment:read' } });
const {
  run: _run,
  repeatsId: _repeatsId,
  targetIds: _targetIds,
  promotionRuleId: _promotionRuleId,
  isAtOnce: _isAtOnce,
  ...askShape
} = askInput.shape;

export const deploymentRouter = router({
  list: reading
    .input(
      inTenant({
        ...pageFields,
        serviceId: id.optional(),
        environmentId: id.optional(),
        artifactId: id.optional(),
        runId: id.optional(),
        promotionRuleId: id.optional(),
        states: z.array(deploymentState).max(14).optional(),
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
      const [audit, actions, progress] = await Promise.all([
        listAuditEntries(ctx.reader, ctx.tenant.id, { limit: 300, filter: { subject: `deployment:${deploymentId}` } }),
        listActionsOf(ctx.reader, ctx.tenant.id, deploymentId),
        listProgress(ctx.reader, ctx.tenant.id, deploymentId),
      ]);
      return toTimeline({ audit: audit.items, actions, progress, regions });
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

  /** "Can I deploy now?": everything that was considered, what it looked at, what lifts it and who can help. */
  explain: reading
    .input(inTenant(explainRequestInput.shape))
    .output(explanationAnswer)
    .query(async ({ ctx, input: { tenant: _tenant, ...input } }) => toExplanationAnswer(await explainRequest(ctx.operation, input))),

  /** The same for a deployment that waits or moves. Null once it has ended. */
  explainWaiting: reading
    .input(inTenant(explainWaitingInput.shape))
    .output(explanationAnswer.nullable())
    .query(async ({ ctx, input: { deploymentId } }) => {
      const explained = await explainWaiting(ctx.operation, { deploymentId });
      return explained === null ? null : toExplanationAnswer(explained);
    }),

  /** How it would probably go if it were asked for now. */
  foresee: reading
    .input(inTenant(foreseeRequestInput.shape))
    .output(foresightAnswer)
    .query(({ ctx, input: { tenant: _tenant, ...input } }) => foreseeRequest(ctx.operation, input)),

  /** How a deployment that waits will probably go. Null once it has begun. */
  foreseeWaiting: reading
    .input(inTenant(foreseeWaitingInput.shape))
    .output(foresightAnswer.nullable())
    .query(({ ctx, input: { deploymentId } }) => foreseeWaiting(ctx.operation, { deploymentId })),

  /** By which plan a deployment that was refused would pass if it were asked for again. Null when none would help. */
  nearestPlan: reading
    .input(inTenant(nearestPlanInput.shape))
    .output(nearestPlanAnswer.nullable())
    .query(async ({ ctx, input: { deploymentId } }) => toNearestPlanAnswer(await findNearestPlan(ctx.operation, { deploymentId }))),

  /** Everything that waits, oldest first: why, since when, until when, and its place in each queue. */
  queue: reading
    .input(inTenant(pageFields))
    .output(pageOf(queueRow))
    .query(({ ctx, input: { cursor, limit } }) => listQueue(ctx.operation, { cursor, limit })),

  /** Whether a deployment that waits starts by itself when it is free; one that is free already is started by it. */
  chooseStart: tenantProcedure
    .meta({ policy: { right: 'deployment:ask' } })
    .input(inTenant(chooseStartInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { tenant: _tenant, ...input } }) => {
      await chooseStart(ctx.operation, input);
      return { ok: true };
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

  /** Lets a deployment go on that waits for a person between two waves or at a region that failed. */
  continue: tenantProcedure
    .meta({ policy: { right: 'deployment:act' } })
    .input(inTenant(continueDeploymentInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { tenant: _tenant, ...input } }) => {
      await continueDeployment(ctx.operation, input);
      return { ok: true };
    }),

  /** The id is that of the deployment to watch: this one, or a new one that goes back; others take back the regions whose last good version is another one. */
  rollback: tenantProcedure
    .meta({ policy: { right: 'deployment:rollback' } })
    .input(inTenant(requestRollbackInput.shape))
    .output(z.object({ deploymentId: z.string(), alsoIds: z.array(z.string()) }))
    .mutation(({ ctx, input: { tenant: _tenant, ...input } }) => requestRollback(ctx.operation, input)),

  /** What taking an earlier deployment again would change, and whether it may. */
  previewRepeat: reading
    .input(inTenant(previewRepeatInput.shape))
    .output(repeatAnswer)
    .query(async ({ ctx, input: { deploymentId } }) => {
      const { verdict, ...preview } = await previewRepeat(ctx.operation, { deploymentId });
      return { ...preview, verdict: toVerdictAnswer(verdict) };
    }),

  /** Takes an earlier deployment again, with its version, chart and configuration. The id is that of the new deployment. */
  repeat: tenantProcedure
    .meta({ policy: { right: 'deployment:ask' } })
    .input(inTenant(repeatInput.shape))
    .output(z.object({ deploymentId: z.string() }))
    .mutation(({ ctx, input: { tenant: _tenant, ...input } }) => repeatDeployment(ctx.operation, input)),

  act: tenantProcedure
    .meta({ policy: { right: 'deployment:act' } })
    .input(inTenant(actInput.shape))
    .output(z.object({ actionId: z.string() }))
    .mutation(({ ctx, input: { tenant: _tenant, ...input } }) => actOnTarget(ctx.operation, input)),
});
