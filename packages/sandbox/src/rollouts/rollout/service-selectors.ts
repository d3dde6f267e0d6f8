import type { ReplicaSetView } from '../model/snapshot.ts';
import { haltReason, isAborted, note, type Work } from './work.ts';

/** Points the stable Service at the stable pods and the canary Service at the newest ones; after an abort both at the stable pods. */
export function pointCanaryServices(work: Work): void {
  const canary = work.spec.strategy?.canary;
  point(work, canary?.stableService, work.stableSet);
  point(work, canary?.canaryService, isAborted(work) ? work.stableSet : work.newSet);
}

/**
 * A Service that no Rollout has managed yet is taken over only when all pods of the target are available; later on one is enough, so that
 * a Service never points at nothing.
 */
function point(work: Work, name: string | null | undefined, target: ReplicaSetView | undefined): void {
  const service = name ? work.snapshot.services.get(name) : undefined;
  if (!name || service === undefined || target === undefined || service.hash === target.hash) return;
  const isFull = target.specReplicas > 0 && target.availableReplicas >= target.specReplicas;
  if (service.managedBy === undefined && !isFull) return;
  if (target.availableReplicas === 0) return;
  switchService(work, name, target.hash);
}

/** Points the preview Service at the newest pods, whether or not they are up. */
export function pointPreviewService(work: Work): void {
  const name = work.spec.strategy?.blueGreen?.previewService;
  if (name && haltReason(work) === undefined) switchService(work, name, work.newSet.hash);
}

/** Writes the pod hash into the Service's selector, where it is not there already. */
export function switchService(work: Work, name: string, hash: string): void {
  const service = work.snapshot.services.get(name);
  if (service === undefined || hash === '' || (service.hash === hash && service.managedBy !== undefined)) return;
  work.plan.services.push({ name, hash });
  note(work, { reason: 'SwitchService', message: `Switched selector for service '${name}' from '${service.hash}' to '${hash}'` });
}

/** The hash that the Service selects once this plan is carried out. */
export function plannedHash(work: Work, name: string | null | undefined): string {
  if (!name) return '';
  return work.plan.services.find((service) => service.name === name)?.hash ?? work.snapshot.services.get(name)?.hash ?? '';
}
