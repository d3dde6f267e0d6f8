'use client';

import { Status } from '@flow/ui/status';
import type { TargetDetail } from './deployment-detail.ts';

const roleNames = { canary: 'New version', stable: 'Stable version', old: 'Leaving' } as const;

/** The pods of both versions, the new one first. */
export function Pods({ target }: { target: TargetDetail }) {
  const hash = target.observed?.currentPodHash;
  const isDone = hash === target.observed?.stablePodHash;
  const groups = (['canary', 'stable', 'old'] as const)
    .map((role) => ({ role, pods: target.pods.filter((pod) => (isDone && pod.podHash === hash ? 'canary' : pod.role) === role) }))
    .filter((group) => group.pods.length > 0);
  if (groups.length === 0) return null;
  return (
    <div className="flex flex-wrap gap-6">
      {groups.map((group) => (
        <section key={group.role} aria-label={roleNames[group.role]}>
          <h3 className="text-muted mb-1 text-xs">
            {roleNames[group.role]} ({group.pods.length})
          </h3>
          <ul className="flex flex-wrap gap-1.5">
            {group.pods.map((pod) => (
              <li key={pod.name} title={pod.name} className="rounded border border-line px-1.5 py-0.5 text-xs">
                <Status
                  tone={pod.ready ? 'success' : pod.reason === '' ? 'running' : 'danger'}
                  label={pod.ready ? 'Ready' : pod.reason === '' ? pod.phase : pod.reason}
                />
                {pod.restarts > 0 && <span className="text-muted"> {pod.restarts} restarts</span>}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
