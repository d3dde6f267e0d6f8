import { join } from 'node:path';

/** The folder of one pod: its log, its work folder, its volumes. It goes with the pod. */
export function podFolder(stateDir: string, uid: string): string {
  return join(stateDir, 'pods', uid);
}

export function logPath(stateDir: string, uid: string): string {
  return join(podFolder(stateDir, uid), 'main.log');
}

/** A file that is there once the pod has ended and its log is complete. */
export function endMarkerPath(stateDir: string, uid: string): string {
  return join(podFolder(stateDir, uid), 'main.end');
}

/** Which process runs for the pod, for the next life of the sandbox. */
export function processRecordPath(stateDir: string, uid: string): string {
  return join(podFolder(stateDir, uid), 'process.json');
}

/** The folder of a volume claim: all pods that name the claim see the same files. */
export function claimFolder(stateDir: string, namespace: string, claim: string): string {
  return join(stateDir, 'claims', namespace, claim);
}
