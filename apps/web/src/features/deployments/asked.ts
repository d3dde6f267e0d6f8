import type { DeploymentDetail, TargetDetail } from './deployment-detail.ts';

export type TargetAction = TargetDetail['abilities'][number]['action'];
export type DeploymentAction = DeploymentDetail['abilities'][number]['action'];

/** The question that is open on the page: about one region, or about the deployment as a whole. */
export type Asked = { kind: 'target'; targetId: string; action: TargetAction } | { kind: 'deployment'; action: DeploymentAction };

/** Which question is open, and how to open or close one. */
export interface Asking {
  asked: Asked | null;
  ask: (asked: Asked | null) => void;
}

/** What a key asks on this page: of the first region in the order of the waves where that is open now, or of the whole; null when it is open nowhere. */
export function askedByKey(deployment: DeploymentDetail, key: string): Asked | null {
  if (key === 'p') return inFirstRegion(deployment, 'promote');
  if (key === 'a') return inFirstRegion(deployment, 'abort');
  if (key === 'c') return isOpen(deployment.abilities, 'continue') ? { kind: 'deployment', action: 'continue' } : null;
  if (key === 'r') return isOpen(deployment.abilities, 'rollback') ? { kind: 'deployment', action: 'rollback' } : null;
  return null;
}

function inFirstRegion(deployment: DeploymentDetail, action: TargetAction): Asked | null {
  const target = deployment.targets
    .toSorted((left, right) => left.wave - right.wave)
    .find((one) => isMoving(one) && isOpen(one.abilities, action));
  return target === undefined ? null : { kind: 'target', targetId: target.id, action };
}

function isOpen(abilities: readonly { action: string; allowed: boolean }[], action: string): boolean {
  return abilities.some((ability) => ability.action === action && ability.allowed);
}

/** Whether there is a canary in this region that can be steered. */
export function isMoving(target: TargetDetail): boolean {
  return target.observed !== null && ['applying', 'progressing', 'paused', 'aborted'].includes(target.state);
}
