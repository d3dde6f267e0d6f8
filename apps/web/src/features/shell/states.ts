import type { Tone } from '@flow/ui/status';

interface Shown {
  tone: Tone;
  label: string;
}

/** The one word and tone of every state, wherever it is shown. */
const shown: Readonly<Record<string, Shown>> = {
  // Runs and stages
  queued: { tone: 'neutral', label: 'Queued' },
  pending: { tone: 'neutral', label: 'Not started' },
  running: { tone: 'running', label: 'Running' },
  waiting: { tone: 'waiting', label: 'Waiting' },
  succeeded: { tone: 'success', label: 'Succeeded' },
  failed: { tone: 'danger', label: 'Failed' },
  errored: { tone: 'danger', label: 'Errored' },
  cancelled: { tone: 'neutral', label: 'Cancelled' },
  skipped: { tone: 'neutral', label: 'Skipped' },
  // Deployments
  preparing: { tone: 'running', label: 'Preparing' },
  awaitingApproval: { tone: 'waiting', label: 'Waiting for approval' },
  held: { tone: 'waiting', label: 'Held' },
  deploying: { tone: 'running', label: 'Deploying' },
  baking: { tone: 'running', label: 'Baking' },
  rollingBack: { tone: 'warning', label: 'Rolling back' },
  rolledBack: { tone: 'warning', label: 'Rolled back' },
  rejected: { tone: 'neutral', label: 'Rejected' },
  expired: { tone: 'neutral', label: 'Expired' },
  superseded: { tone: 'neutral', label: 'Superseded' },
  // Targets
  applying: { tone: 'running', label: 'Applying' },
  progressing: { tone: 'running', label: 'Progressing' },
  paused: { tone: 'waiting', label: 'Paused' },
  healthy: { tone: 'success', label: 'Healthy' },
  aborted: { tone: 'warning', label: 'Aborted' },
  // Approvals
  approved: { tone: 'success', label: 'Approved' },
  // Clusters
  unknown: { tone: 'neutral', label: 'Not tested yet' },
  degraded: { tone: 'warning', label: 'Degraded' },
  unreachable: { tone: 'danger', label: 'Unreachable' },
  // What a test of a cluster found
  met: { tone: 'success', label: 'In place' },
  missing: { tone: 'danger', label: 'Missing' },
  notKnown: { tone: 'neutral', label: 'Not known' },
  absent: { tone: 'neutral', label: 'Not there' },
};

export function stateTone(state: string): Tone {
  return shown[state]?.tone ?? 'neutral';
}

export function stateLabel(state: string): string {
  return shown[state]?.label ?? state;
}
