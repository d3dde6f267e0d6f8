import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Controller, KubeObject, ObjectKey, SandboxContext } from '../../store/index.ts';
import { createLevelController } from '../objects/level-controller.ts';
import { controlledBy, controllerOf, createOwnerIndex, type OwnerIndex } from '../objects/owner-index.ts';
import { createReader } from '../objects/parsed.ts';
import { planJob, type JobSpec, type JobStatus } from './plan-job.ts';

const JOBS = 'jobs.batch';
const LAST_FAILURE = 'sandbox.flow.dev/last-failure';

const strings = z.record(z.string(), z.string());
const count = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);

const readJob = createReader(
  z.object({
    spec: z.object({
      completions: z.number().int().nullish(),
      parallelism: z.number().int().nullish(),
      backoffLimit: z.number().int().nullish(),
      activeDeadlineSeconds: z.number().int().nullish(),
      ttlSecondsAfterFinished: z.number().int().nullish(),
      suspend: z.boolean().nullish(),
      completionMode: z.string().nullish(),
      podFailurePolicy: z.unknown().optional(),
      successPolicy: z.unknown().optional(),
      template: z.object({
        metadata: z.object({ labels: strings.nullish(), annotations: strings.nullish() }).nullish(),
        spec: z.record(z.string(), z.unknown()),
      }),
    }),
    status: z
      .object({
        startTime: z.string().nullish(),
        completionTime: z.string().nullish(),
        active: count,
        succeeded: count,
        failed: count,
        conditions: z
          .array(
            z.object({
              type: z.string(),
              status: z.string(),
              reason: z.string(),
              message: z.string(),
              lastProbeTime: z.string(),
              lastTransitionTime: z.string(),
            }),
          )
          .nullish(),
      })
      .nullish(),
  }),
);

const NOT_STARTED = { active: 0, succeeded: 0, failed: 0, conditions: [], startTime: null, completionTime: null };

/** Runs the pods of Jobs to their end. */
export function createJobController(ctx: SandboxContext): Controller {
  const pods = createOwnerIndex(ctx.store, 'pods');
  return createLevelController({
    name: 'job',
    ctx,
    triggers: [
      { resource: JOBS, keys: (event) => [event.object.metadata] },
      { resource: 'pods', keys: (event) => ownerKeys(event.object) },
    ],
    all: () => ctx.store.list(JOBS).map((job) => job.metadata),
    reconcile: (key) => reconcile(ctx, pods, key),
    onStop: async () => pods.close(),
  });
}

function ownerKeys(object: KubeObject): ObjectKey[] {
  const owner = controllerOf(object);
  if (owner?.kind !== 'Job' || object.metadata.namespace === undefined) return [];
  return [{ namespace: object.metadata.namespace, name: owner.name }];
}

function reconcile(ctx: SandboxContext, pods: OwnerIndex, key: ObjectKey): Date | undefined {
  const job = ctx.store.get(JOBS, key);
  if (job === undefined || job.metadata.deletionTimestamp !== undefined) return undefined;
  const plan = planJob({ spec: specOf(job), status: statusOf(job), pods: pods.ownedBy(job.metadata.uid) }, ctx.clock.now());
  if (plan.deleteJob) {
    ctx.store.delete(JOBS, key);
    return undefined;
  }
  for (const pod of plan.remove) ctx.store.delete('pods', pod.metadata);
  for (let index = 0; index < plan.createCount; index += 1) createPod(ctx, job);
  writeStatus(ctx, job, plan.status);
  return plan.wakeAt;
}

function specOf(job: KubeObject): JobSpec {
  const { spec } = readJob(job);
  const unsupported = [
    ...(spec.completionMode === 'Indexed' ? ['completionMode Indexed'] : []),
    ...(spec.podFailurePolicy ? ['podFailurePolicy'] : []),
    ...(spec.successPolicy ? ['successPolicy'] : []),
  ];
  return {
    completions: spec.completions ?? 1,
    parallelism: spec.parallelism ?? 1,
    backoffLimit: spec.backoffLimit ?? 6,
    activeDeadlineS: spec.activeDeadlineSeconds ?? undefined,
    ttlSecondsAfterFinished: spec.ttlSecondsAfterFinished ?? undefined,
    isSuspended: spec.suspend === true,
    unsupported: unsupported.length === 0 ? undefined : `the sandbox does not run Jobs with ${unsupported.join(', ')}: leave it out`,
  };
}

function statusOf(job: KubeObject): JobStatus {
  const { active, succeeded, failed, conditions, startTime, completionTime } = readJob(job).status ?? NOT_STARTED;
  return {
    active,
    succeeded,
    failed,
    ready: 0,
    conditions: conditions ?? [],
    startTime: startTime ?? undefined,
    completionTime: completionTime ?? undefined,
    lastFailureAt: job.metadata.annotations?.[LAST_FAILURE],
  };
}

/** The time of the last failure is no field of a Job's status, so it is kept in an annotation. */
function writeStatus(ctx: SandboxContext, job: KubeObject, planned: JobStatus): void {
  const { lastFailureAt, ...rest } = planned;
  const status = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  if (lastFailureAt !== undefined && job.metadata.annotations?.[LAST_FAILURE] !== lastFailureAt) {
    ctx.store.modify(
      JOBS,
      job.metadata,
      (draft) => {
        draft.metadata.annotations = { ...draft.metadata.annotations, [LAST_FAILURE]: lastFailureAt };
      },
      { subresource: 'main' },
    );
  }
  if (isDeepStrictEqual(job['status'], status)) return;
  ctx.store.modify(
    JOBS,
    job.metadata,
    (draft) => {
      draft['status'] = status;
    },
    { subresource: 'status' },
  );
}

function createPod(ctx: SandboxContext, job: KubeObject): void {
  const { template } = readJob(job).spec;
  const { name, uid, namespace } = job.metadata;
  ctx.store.create('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${name.slice(0, 57)}-`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: {
        ...template.metadata?.labels,
        'batch.kubernetes.io/job-name': name,
        'batch.kubernetes.io/controller-uid': uid,
        'job-name': name,
        'controller-uid': uid,
      },
      annotations: { ...template.metadata?.annotations },
      ownerReferences: controlledBy(job),
    },
    spec: { restartPolicy: 'Never', ...structuredClone(template.spec) },
    status: { phase: 'Pending' },
  });
}
