'use client';

import { Status } from '@flow/ui/status';
import type { Observed, TargetDetail } from '../deployment-detail.ts';
import { podGroups } from './pod-groups.ts';

const roleNames = { new: 'New', stable: 'Stable', leaving: 'Leaving' } as const;

interface PodsProps {
  pods: TargetDetail['pods'];
  observed: Observed;
  /** What the pods run, where it is known. */
  versions: { new: string; stable: string | null };
}

/** The pods of both versions, the new one first. */
export function Pods({ pods, observed, versions }: PodsProps) {
  const groups = podGroups(pods, observed);
  const nameOf = (role: keyof typeof roleNames): string => {
    const version = role === 'leaving' ? null : versions[role];
    return version === null ? roleNames[role] : `${roleNames[role]}: ${version}`;
  };
  if (groups.length === 0) return null;
  return (
    <div className="flex flex-wrap gap-6">
      {groups.map((group) => (
        <section key={group.role} aria-label={nameOf(group.role)}>
          <h3 className="text-muted mb-1 text-xs">
            {nameOf(group.role)} ({group.pods.length})
          </h3>
          <ul className="flex flex-wrap gap-1.5">
            {group.pods.map((pod) => (
              <li key={pod.name} title={pod.name} className="rounded border border-line px-1.5 py-0.5 text-xs">
                <Status
                  tone={pod.ready ? 'success' : pod.reason === '' ? 'running' : 'danger'}
                  label={pod.ready ? 'Ready' : pod.reason === '' ? pod.phase : pod.reason}
                />
                {pod.restarts > 0 && <span className="text-muted"> {pod.restarts === 1 ? '1 restart' : `${pod.restarts} restarts`}</span>}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
