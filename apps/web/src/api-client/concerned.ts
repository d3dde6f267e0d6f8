import type { FrameType } from '@flow/core/stream';

/** Answers that only some changes can alter, by the path of their procedure; all others are asked again after each change. */
const only: Readonly<Record<string, readonly FrameType[]>> = {
  'session.me': ['membership.changed'],
  'session.tenants': ['membership.changed'],
  'session.installation': [],
  'role.list': [],
  'member.list': ['membership.changed'],
  'environment.list': ['cluster.changed', 'service.changed'],
  // Manifests are rendered once, while the deployment is prepared: the steps of its canary do not change them.
  'deployment.diff': ['deployment.changed', 'approval.changed'],
};

/** Whether a change of this type can alter the answer behind a query key, which begins with the path of the procedure. */
export function isConcerned(queryKey: readonly unknown[], type: FrameType): boolean {
  if (type === 'log.appended') return false;
  const path = Array.isArray(queryKey[0]) ? queryKey[0].join('.') : '';
  return only[path]?.includes(type) ?? true;
}
