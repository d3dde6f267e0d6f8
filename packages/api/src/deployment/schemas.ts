import { consideration, nearest } from '@flow/core/explanation';
import { catchUpState, deploymentAction, deploymentState, plan, targetAction, targetState } from '@flow/core/deployment';
import { foreseenWave, foresight, hold, meeting, part } from '@flow/core/foresight';
import { analysisView, podView, rolloutView } from '@flow/core/rollout';
import { reasonEffect, reasonSource, verdictReason } from '@flow/core/verdict';
import { clusterHealth } from '@flow/core/cluster';
import { wayBackLight } from '@flow/core/way-back';
import { namedHelp } from '@flow/operations/explanation';
import { z } from 'zod';
import { abilityOf, instant } from '../trpc/index.ts';

/** One target as a list shows it. */
const targetGlance = z.object({
  id: z.string(),
  region: z.string(),
  wave: z.number(),
  state: targetState,
  stepIndex: z.number().nullable(),
  stepCount: z.number(),
  canaryWeight: z.number(),
});

const heading = z.object({
  id: z.string(),
  /** deploy or rollback. */
  kind: z.string(),
  state: deploymentState,
  reason: z.string().nullable(),
  invoker: z.string(),
  requestedBy: z.string().nullable(),
  requestedByName: z.string().nullable(),
  serviceId: z.string(),
  serviceSlug: z.string(),
  serviceName: z.string(),
  environmentId: z.string(),
  environmentSlug: z.string(),
  environmentName: z.string(),
  artifactId: z.string(),
  /** The run that asked for it; null when a person or a program did. */
  runId: z.string().nullable(),
  version: z.string(),
  commitSha: z.string(),
  commitMessage: z.string(),
  createdAt: instant,
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
});

/** A row of the list of deployments. */
export const deploymentRow = heading.extend({ targets: z.array(targetGlance) });

/** Whether a rollback in a region would succeed, why, and when that was seen. */
export const wayBack = z.object({ light: wayBackLight, sentence: z.string(), lookedAt: instant });

const targetDetail = z.object({
  id: z.string(),
  targetId: z.string(),
  region: z.string(),
  clusterId: z.string(),
  namespace: z.string(),
  releaseName: z.string(),
  wave: z.number(),
  state: targetState,
  reason: z.string().nullable(),
  releaseRevision: z.number().nullable(),
  previousRevision: z.number().nullable(),
  podHash: z.string().nullable(),
  observed: rolloutView.nullable(),
  analyses: z.array(analysisView),
  pods: z.array(z.object(podView.shape)),
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  abilities: z.array(abilityOf(targetAction)),
  /** Of a region that was skipped since its cluster could not be reached, and the deployment that catches it up. */
  catchUp: catchUpState.nullable(),
  catchUpId: z.string().nullable(),
  /** While this deployment is what runs there; null as long as nobody has looked. */
  wayBack: wayBack.nullable(),
  /** While its cluster cannot be reached, `observed` is what was seen last. */
  cluster: z.object({ name: z.string(), health: clusterHealth, healthReason: z.string().nullable(), healthSince: instant.nullable() }),
});

const reason = z.object({ ...verdictReason.shape, earliestAt: instant.nullable() });

/** The answer of the rules, with times as text. */
export const verdictAnswer = z.object({
  kind: z.enum(['allowed', 'heldUntil', 'needsApprovals', 'denied']),
  reasons: z.array(reason),
  /** Of a hold: when it can start; null when no time can be named. */
  until: instant.nullable(),
  /** Of missing approvals: how many. */
  missing: z.number().nullable(),
  /** What rules in shadow would have said; it decides nothing. */
  shadow: z.array(reason),
  /** The one earliest time at which everything is met by time alone; null when people or a change must come first. */
  earliestAt: instant.nullable(),
  approvalsRequired: z.number(),
});

/** One thing that was considered, with those who can help. */
const considered = z.object({ ...consideration.shape, earliestAt: instant.nullable(), helps: z.array(namedHelp) });

/** The smallest edits by which a refused plan would pass; asked for by its hash. */
export const nearestPlanAnswer = nearest.omit({ plan: true }).extend({ planHash: z.string() });

/** "Can I deploy now?": the answer with everything that was considered for it, and the same as lines of text. */
export const explanationAnswer = z.object({
  at: instant,
  verdict: verdictAnswer,
  considered: z.array(considered),
  /** Null when no guardrail refuses it, and when no plan would help. */
  nearestPlan: nearestPlanAnswer.nullable(),
  text: z.array(z.string()),
});

const heldFor = z.object({ ...hold.shape, fromAt: instant, untilAt: instant.nullable() });
const wavePart = z.object({ ...part.shape, fromAt: instant, untilAt: instant });
const [metFreeze, metRollout] = meeting.options;
const span = { fromAt: instant, untilAt: instant };

/** How a deployment will probably go: when it starts and arrives, what holds it, whom it meets, and what that rests on. */
export const foresightAnswer = z.object({
  ...foresight.shape,
  at: instant,
  approvedAt: instant.nullable(),
  startAt: instant.nullable(),
  endAt: instant.nullable(),
  holds: z.array(heldFor),
  waves: z.array(
    z.object({ ...foreseenWave.shape, startAt: instant, endAt: instant.nullable(), bakedAt: instant.nullable(), parts: z.array(wavePart) }),
  ),
  meetings: z.array(z.discriminatedUnion('kind', [z.object({ ...metFreeze.shape, ...span }), z.object({ ...metRollout.shape, ...span })])),
  /** The plan that it has is refused: this is how it would go by the nearest one that passes. */
  isByNearestPlan: z.boolean(),
});

/** One deployment that waits, with why, and its place in each queue. */
export const queueRow = z.object({
  id: z.string(),
  state: deploymentState,
  kind: z.string(),
  serviceSlug: z.string(),
  serviceName: z.string(),
  environmentSlug: z.string(),
  environmentName: z.string(),
  version: z.string(),
  requestedByName: z.string().nullable(),
  /** Whether it starts by itself once nothing stands against it any more. */
  startsItself: z.boolean(),
  notBefore: instant.nullable(),
  createdAt: instant,
  reasons: z.array(
    z.object({
      source: reasonSource,
      policyId: z.string(),
      effect: reasonEffect,
      sentence: z.string(),
      since: instant,
      earliestAt: instant.nullable(),
    }),
  ),
  places: z.array(z.object({ limitId: z.string(), limit: z.string(), position: z.number(), length: z.number() })),
  /** When time alone will have lifted everything; null when it will not. */
  earliestAt: instant.nullable(),
});

const settingDifference = z.object({ path: z.string(), left: z.array(z.string()), right: z.array(z.string()) });

/** One deployment as its page shows it. */
export const deploymentDetail = heading.extend({
  digest: z.string(),
  plan,
  snapshotHash: z.string(),
  /** The promotion rule by which Flow asked for it; null for all others. */
  promotionRule: z.object({ id: z.string(), title: z.string() }).nullable(),
  /** Of `runId`, as people call it. */
  runNumber: z.number().nullable(),
  requestedAction: z.string().nullable(),
  requestedActionByName: z.string().nullable(),
  /** Whether it starts by itself once nothing stands against it any more. */
  startsItself: z.boolean(),
  notBefore: instant.nullable(),
  /** The earlier deployment whose chart and configuration it takes again. */
  repeats: z.object({ id: z.string(), createdAt: instant }).nullable(),
  currentWave: z.number(),
  waveFinishedAt: instant.nullable(),
  /** When it will probably have arrived, and on how many regions of the past that rests; null when it does not move forward or nothing is known. */
  probableEnd: z.object({ at: instant, sampleCount: z.number() }).nullable(),
  /** While it waits: settings that were edited since it was prepared. `left` is what it would install, `right` what one that is asked for now would. */
  edited: z.array(settingDifference),
  continuedWave: z.number(),
  acceptedFailures: z.number(),
  targets: z.array(targetDetail),
  approval: z
    .object({ id: z.string(), state: z.string(), requiredCount: z.number(), subjectHash: z.string(), expiresAt: instant })
    .nullable(),
  /** What ran in the targets before, as far as Flow deployed it. */
  previousVersion: z.string().nullable(),
  /** What a rollback does in each region; null of one that has not arrived anywhere. */
  back: z
    .object({
      legs: z.array(
        z.object({ artifactId: z.string(), version: z.string(), targetIds: z.array(z.string()), regions: z.array(z.string()) }),
      ),
      stays: z.array(z.object({ region: z.string(), why: z.string() })),
    })
    .nullable(),
  abilities: z.array(abilityOf(deploymentAction)),
});

/** What taking an earlier deployment again would change, and what the rules say of it. */
export const repeatAnswer = z.object({
  kind: z.enum(['deploy', 'rollback']),
  /** It is what runs, in every region. */
  isCurrent: z.boolean(),
  version: z.string(),
  chartVersion: z.string(),
  /** Empty when the image stays the same. */
  fromVersions: z.array(z.string()),
  /** Null when the chart stays the same. */
  fromCharts: z.array(z.string()).nullable(),
  /** `left` is what runs, `right` what it would be. */
  settings: z.array(settingDifference),
  /** Regions that it did not go to then: they are configured as they are now. */
  newRegions: z.array(z.string()),
  verdict: verdictAnswer,
});

/** One sentence of the timeline. */
export const timelineEvent = z.object({
  id: z.string(),
  at: instant,
  /** person, flow, engine or vote: which picture stands beside it. */
  kind: z.enum(['person', 'flow', 'engine', 'vote']),
  actorName: z.string(),
  sentence: z.string(),
  region: z.string().nullable(),
  /** The state that the deployment came into, where that is what happened. */
  state: deploymentState.nullable(),
});

/** What would change in one target. */
export const targetDiff = z.object({
  targetId: z.string(),
  region: z.string(),
  manifest: z.string(),
  previous: z.string(),
  manifestHash: z.string(),
  isSame: z.boolean(),
});
