import { deploymentState } from '@flow/core/deployment';
import type { DeploymentState } from '@flow/core/deployment';
import type { CanaryProgress } from '@flow/core/rollout';
import type { AuditRow } from '@flow/db/audit';
import type { ActionRow } from '@flow/db/deployment';
import { z } from 'zod';

/** One sentence of the story of a deployment. */
export interface TimelineEvent {
  id: string;
  at: Date;
  kind: 'person' | 'flow' | 'engine' | 'vote';
  actorName: string;
  sentence: string;
  region: string | null;
  /** The state that the deployment came into, where that is what happened. */
  state: DeploymentState | null;
}

interface Sources {
  audit: readonly AuditRow[];
  actions: readonly ActionRow[];
  /** The steps that canaries came to. */
  progress: readonly { targetDeploymentId: string; progress: readonly CanaryProgress[] }[];
  /** Region of each target deployment. */
  regions: ReadonlyMap<string, string>;
}

const deeds: Readonly<Record<string, string>> = {
  prepare: 'The chart was rendered and checked',
  'helm-upgrade': 'Helm applied the release',
  'helm-rollback': 'Helm went back to the release from before',
  'rollout-promote': 'The canary was promoted past its pause',
  'rollout-promote-fully': 'The canary was promoted past all steps',
  'rollout-skip': 'The canary was moved past its step',
  'rollout-pause': 'The canary was held',
  'rollout-resume': 'The canary was let go on',
  'rollout-abort': 'The canary was aborted',
  'rollout-retry': 'The canary was tried again',
  'rollout-takeBack': 'The canary was taken back: traffic is on the stable version',
};

const transition = z.object({ state: deploymentState });

/** What came into a state says of itself, before its reason. */
const became = {
  preparing: 'Prepared again',
  awaitingApproval: 'Waits for approval',
  held: 'Held',
  deploying: 'Deploying',
  // Its reason says all of it.
  baking: '',
  paused: 'Waits for a person',
  rollingBack: 'Rolling back',
  succeeded: 'Succeeded: every region runs the new version',
  rolledBack: 'Rolled back: what ran before runs again',
  failed: 'Failed: a person must look',
  rejected: 'Rejected',
  expired: 'Expired',
  superseded: 'Superseded',
  cancelled: 'Cancelled',
} as const satisfies Record<DeploymentState, string>;

/** The story of a deployment, newest first: what people asked for, what Flow decided, what the engines did. */
export function toTimeline({ audit, actions, progress, regions }: Sources): TimelineEvent[] {
  const told = audit.map((entry): TimelineEvent => ({
    id: entry.id,
    at: entry.at,
    kind: kindOf(entry),
    actorName: entry.actorName,
    ...toldOf(entry),
    region: null,
  }));
  const done = actions.flatMap((action): TimelineEvent[] => {
    const at = action.finishedAt;
    if (at === null) return [];
    const region = action.targetDeploymentId === null ? null : (regions.get(action.targetDeploymentId) ?? null);
    return [{ id: action.id, at, kind: 'engine', actorName: 'Flow', sentence: deedOf(action), region, state: null }];
  });
  const stepped = progress.flatMap(({ targetDeploymentId, progress: steps }) =>
    steps.flatMap((step, index): TimelineEvent[] => {
      const sentence = reached(step);
      const region = regions.get(targetDeploymentId) ?? null;
      const about = { id: `${targetDeploymentId}/${index}`, at: new Date(step.at), kind: 'engine' as const, actorName: 'Argo Rollouts' };
      return sentence === null ? [] : [{ ...about, sentence, region, state: null }];
    }),
  );
  return [...told, ...done, ...stepped].toSorted((a, b) => b.at.getTime() - a.at.getTime() || (a.id < b.id ? 1 : -1));
}

/** Where a canary has come to; a step that only sets the weight is told by the one after it. */
function reached({ step, weight }: CanaryProgress): string | null {
  switch (step?.kind) {
    case 'weight':
      return null;
    case 'pause':
      return step.durationSeconds === undefined
        ? `The canary has ${weight} % and waits for a person`
        : `The canary has ${weight} % and is watched for ${step.durationSeconds} s`;
    case 'analysis':
      return `The canary has ${weight} % and is measured`;
    case 'other':
      return `The canary has ${weight} % and comes to ${step.name}`;
    case undefined:
      return 'All traffic goes to the new version';
  }
}

function toldOf(entry: AuditRow): Pick<TimelineEvent, 'sentence' | 'state'> {
  const after = entry.action === 'deployment.transition' ? transition.safeParse(entry.after).data : undefined;
  if (after === undefined) return { sentence: entry.summary, state: null };
  if (after.state === 'deploying') return { sentence: startOf(transition.safeParse(entry.before).data?.state), state: after.state };
  // Why it went back was told when it began to.
  if (after.state === 'rolledBack') return { sentence: became.rolledBack, state: after.state };
  // The summary is "Deployment went from … to …", and then the reason where there is one.
  const [, ...reason] = entry.summary.split(': ');
  // One that left a region behind says so instead.
  if (after.state === 'succeeded' && reason.length > 0) return { sentence: `Succeeded: ${reason.join(': ')}`, state: after.state };
  return { sentence: [became[after.state], ...reason].filter((part) => part !== '').join(': '), state: after.state };
}

function startOf(before: DeploymentState | undefined): string {
  if (before === 'paused') return 'It goes on';
  return before === 'baking' ? 'The next wave starts' : 'The first wave starts';
}

function kindOf(entry: AuditRow): TimelineEvent['kind'] {
  if (entry.action === 'approval.vote') return 'vote';
  return entry.actor.startsWith('user:') ? 'person' : 'flow';
}

function deedOf(action: ActionRow): string {
  const deed = deeds[action.kind] ?? `${action.kind} was done`;
  switch (action.state) {
    case 'refused':
      return `Refused: ${lowerFirst(deed)}${because(action)}`;
    case 'failed':
      return `Failed: ${lowerFirst(deed)}${because(action)}`;
    default:
      return deed;
  }
}

function because(action: ActionRow): string {
  return action.reason === null ? '' : ` (${action.reason})`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
