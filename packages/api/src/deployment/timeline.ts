import type { AuditRow } from '@flow/db/audit';
import type { ActionRow } from '@flow/db/deployment';

/** One sentence of the story of a deployment. */
export interface TimelineEvent {
  id: string;
  at: Date;
  kind: 'person' | 'flow' | 'engine' | 'vote';
  actorName: string;
  sentence: string;
  region: string | null;
}

interface Sources {
  audit: readonly AuditRow[];
  actions: readonly ActionRow[];
  /** Region of each target deployment. */
  regions: ReadonlyMap<string, string>;
}

const deeds: Readonly<Record<string, string>> = {
  prepare: 'The chart was rendered and checked',
  'helm-upgrade': 'Helm installed the release',
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

/** The story of a deployment, newest first: what people asked for, what Flow decided, what the engines did. */
export function toTimeline({ audit, actions, regions }: Sources): TimelineEvent[] {
  const told = audit.map((entry): TimelineEvent => ({
    id: entry.id,
    at: entry.at,
    kind: kindOf(entry),
    actorName: entry.actorName,
    sentence: entry.summary,
    region: null,
  }));
  const done = actions.flatMap((action): TimelineEvent[] => {
    const at = action.finishedAt;
    if (at === null) return [];
    const region = action.targetDeploymentId === null ? null : (regions.get(action.targetDeploymentId) ?? null);
    return [{ id: action.id, at, kind: 'engine', actorName: 'Flow', sentence: deedOf(action), region }];
  });
  return [...told, ...done].toSorted((a, b) => b.at.getTime() - a.at.getTime() || (a.id < b.id ? 1 : -1));
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
