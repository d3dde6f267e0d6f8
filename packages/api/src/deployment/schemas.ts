import { deploymentAction, deploymentState, plan, targetAction, targetState } from '@flow/core/deployment';
import { analysisView, podView, rolloutView } from '@flow/core/rollout';
import { verdictReason } from '@flow/core/verdict';
import { clusterHealth } from '@flow/db/cluster';
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
  version: z.string(),
  commitSha: z.string(),
  commitMessage: z.string(),
  createdAt: instant,
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
});

/** A row of the list of deployments. */
export const deploymentRow = heading.extend({ targets: z.array(targetGlance) });

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

/** One deployment as its page shows it. */
export const deploymentDetail = heading.extend({
  digest: z.string(),
  plan,
  snapshotHash: z.string(),
  runId: z.string().nullable(),
  requestedAction: z.string().nullable(),
  requestedActionByName: z.string().nullable(),
  currentWave: z.number(),
  waveFinishedAt: instant.nullable(),
  targets: z.array(targetDetail),
  approval: z
    .object({ id: z.string(), state: z.string(), requiredCount: z.number(), subjectHash: z.string(), expiresAt: instant })
    .nullable(),
  /** What ran in the targets before, as far as Flow deployed it. */
  previousVersion: z.string().nullable(),
  abilities: z.array(abilityOf(deploymentAction)),
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
