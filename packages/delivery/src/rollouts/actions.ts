import type { RolloutView } from '@flow/core/rollout';
import { kinds, type ClusterClient, type JsonPatchOperation, type ObjectRef } from '../cluster/index.ts';
import { projectRollout } from './project-rollout.ts';

/** What the person (or the machine) who acts had in view. An action on anything else is refused. */
export interface RolloutGuard {
  uid: string;
  podHash: string;
  stepIndex?: number | undefined;
  pauseStartedAt?: string | undefined;
}
export interface RolloutRef {
  namespace: string;
  name: string;
}
/** `already` is true when what was asked for is so without this call, as after a repeat: nothing more needs doing. */
export type ActionOutcome = { outcome: 'done' } | { outcome: 'refused'; why: string; already: boolean };

type StatusChange = readonly JsonPatchOperation[];
/** What an action does to the Rollout that it found: a refusal, or changes of the status (first, unless it says otherwise) and of the spec. */
type Plan = { refuse: string; already?: boolean } | { status?: StatusChange; spec?: StatusChange; isSpecFirst?: boolean };
type Planner = (view: RolloutView) => Plan;

const removePause: JsonPatchOperation = { op: 'remove', path: '/status/pauseConditions' };
const unhold: JsonPatchOperation = { op: 'add', path: '/spec/paused', value: false };

/**
 * Goes on from the pause at which the canary stands. Refused when it does not stand at that pause any more. A hold is lifted before: the controller forgets
 * that a held Rollout left its pause, and pauses it there anew.
 */
export async function promote(client: ClusterClient, ref: RolloutRef, guard: RolloutGuard): Promise<ActionOutcome> {
  return act({ client, ref, guard }, (view) => {
    if (view.pause === null) {
      return { refuse: view.held ? 'It is held by a person: resume it to go on' : `It is not paused: ${placeOf(view)}` };
    }
    const next = { op: 'replace', path: '/status/currentStepIndex', value: (view.stepIndex ?? 0) + 1 } as const;
    const isInconclusive = view.pause.reason === 'InconclusiveAnalysisRun';
    const status = isInconclusive
      ? [removePause, { op: 'add', path: '/status/controllerPause', value: false } as const, next]
      : [removePause];
    return { status, ...(view.held ? { spec: [unhold], isSpecFirst: true } : {}) };
  });
}

/** Gives all traffic to the new revision at once, past every step, pause and analysis. */
export async function promoteFully(client: ClusterClient, ref: RolloutRef, guard: RolloutGuard): Promise<ActionOutcome> {
  return act({ client, ref, guard }, (view) => {
    if (view.promotingFully) return view.held ? { spec: [unhold] } : { refuse: 'It is already being promoted fully', already: true };
    if (view.aborted) return { refuse: 'It was aborted: retry it first' };
    if (view.stablePodHash === view.currentPodHash) return { refuse: 'This revision was already promoted fully', already: true };
    return { status: [{ op: 'add', path: '/status/promoteFull', value: true }], ...(view.held ? { spec: [unhold] } : {}) };
  });
}

/** Leaves the current step, whatever it waits for, and goes to the next one. */
export async function skipStep(client: ClusterClient, ref: RolloutRef, guard: RolloutGuard): Promise<ActionOutcome> {
  return act({ client, ref, guard }, (view) => {
    if (view.aborted) return { refuse: 'It was aborted: retry it first' };
    if (view.stepIndex === null || view.stepIndex >= view.stepCount) return { refuse: `There is no step to skip: ${placeOf(view)}` };
    const test = { op: 'test', path: '/status/currentStepIndex', value: view.stepIndex } as const;
    const next = { op: 'replace', path: '/status/currentStepIndex', value: view.stepIndex + 1 } as const;
    return { status: [test, next, ...(view.pause === null ? [] : [removePause])] };
  });
}

/** Holds the canary where it is until someone resumes it. */
export async function pause(client: ClusterClient, ref: RolloutRef, guard: RolloutGuard): Promise<ActionOutcome> {
  return act({ client, ref, guard }, (view) => {
    if (view.held) return { refuse: 'It is already held', already: true };
    return { spec: [{ op: 'add', path: '/spec/paused', value: true }] };
  });
}

/** Lets a held canary go on. */
export async function resume(client: ClusterClient, ref: RolloutRef, guard: RolloutGuard): Promise<ActionOutcome> {
  return act({ client, ref, guard }, (view) => (view.held ? { spec: [unhold] } : { refuse: 'It is not held', already: true }));
}

/** Takes the canary back: traffic goes to the stable revision. A hold is lifted after it, since a held Rollout does not scale back. */
export async function abort(client: ClusterClient, ref: RolloutRef, guard: RolloutGuard): Promise<ActionOutcome> {
  return act({ client, ref, guard }, (view) => {
    const spec = view.held ? { spec: [unhold] } : {};
    if (view.aborted) return view.held ? spec : { refuse: 'It was already aborted', already: true };
    if (view.stablePodHash === view.currentPodHash) return { refuse: 'This revision was already promoted fully: roll back instead' };
    return { status: [{ op: 'add', path: '/status/abort', value: true }], ...spec };
  });
}

/** Starts an aborted canary again at its first step. */
export async function retry(client: ClusterClient, ref: RolloutRef, guard: RolloutGuard): Promise<ActionOutcome> {
  return act({ client, ref, guard }, (view) => {
    if (!view.aborted) return { refuse: `It is not aborted: ${placeOf(view)}`, already: true };
    return { status: [{ op: 'add', path: '/status/abort', value: false }] };
  });
}

interface Action {
  client: ClusterClient;
  ref: RolloutRef;
  guard: RolloutGuard;
}

async function act(action: Action, plan: Planner): Promise<ActionOutcome> {
  const view = await readView(action);
  if (view === null) return gone();
  const moved = movedOn(view, action.guard);
  if (moved !== null) return moved;
  const planned = plan(view);
  if ('refuse' in planned) return { outcome: 'refused', why: planned.refuse, already: planned.already === true };
  const status = { operations: planned.status ?? [], onStatus: true };
  const spec = { operations: planned.spec ?? [], onStatus: false };
  for (const change of planned.isSpecFirst === true ? [spec, status] : [status, spec]) {
    const refused = change.operations.length === 0 ? null : await send(action, change);
    if (refused !== null) return refused;
  }
  return { outcome: 'done' };
}

async function send(action: Action, change: { operations: StatusChange; onStatus: boolean }): Promise<ActionOutcome | null> {
  const object = objectRef(action.ref);
  const operations = [...guardTests(action.guard, change.onStatus), ...change.operations];
  const answer = await action.client.patch(change.onStatus ? { ...object, subresource: 'status' } : object, { type: 'json', operations });
  if (answer.ok) return null;
  const view = await readView(action);
  if (view === null) return gone();
  return (
    movedOn(view, action.guard) ?? {
      outcome: 'refused',
      why: `It changed at the same moment: ${placeOf(view)}. Look again`,
      already: false,
    }
  );
}

/** The step and the pause are tested on the status only: after its patch they have changed by this very action. */
function guardTests(guard: RolloutGuard, onStatus: boolean): JsonPatchOperation[] {
  const tests: JsonPatchOperation[] = [
    { op: 'test', path: '/metadata/uid', value: guard.uid },
    { op: 'test', path: '/status/currentPodHash', value: guard.podHash },
  ];
  if (!onStatus) return tests;
  if (guard.stepIndex !== undefined) tests.push({ op: 'test', path: '/status/currentStepIndex', value: guard.stepIndex });
  if (guard.pauseStartedAt !== undefined)
    tests.push({ op: 'test', path: '/status/pauseConditions/0/startTime', value: guard.pauseStartedAt });
  return tests;
}

/** What is there now when it is not what the actor saw; null when the guard still holds. */
function movedOn(view: RolloutView, guard: RolloutGuard): ActionOutcome | null {
  const refuse = (why: string, already = false): ActionOutcome => ({ outcome: 'refused', why, already });
  if (view.uid !== guard.uid) return refuse('It was deleted and made anew: look again');
  if (view.currentPodHash !== guard.podHash) return refuse(`A newer revision took over (revision ${view.revision}): ${placeOf(view)}`);
  if (view.stablePodHash === guard.podHash && guard.stepIndex !== undefined && guard.stepIndex < view.stepCount) {
    return refuse('This revision was already promoted fully', true);
  }
  if (guard.stepIndex !== undefined && view.stepIndex !== guard.stepIndex) {
    return refuse(`It was already promoted past step ${guard.stepIndex + 1}: ${placeOf(view)}`, (view.stepIndex ?? 0) > guard.stepIndex);
  }
  if (guard.pauseStartedAt !== undefined && view.pause?.startedAt !== guard.pauseStartedAt) {
    return refuse(`It left that pause already: ${placeOf(view)}`, true);
  }
  return null;
}

function placeOf(view: RolloutView): string {
  if (view.aborted) return 'it is aborted now';
  if (view.phase === 'Healthy') return 'it is healthy now';
  const step = view.stepIndex === null ? '' : ` at step ${Math.min(view.stepIndex + 1, view.stepCount)} of ${view.stepCount}`;
  return `it is ${view.pause === null ? view.phase.toLowerCase() : 'paused'}${step} now`;
}

async function readView(action: Action): Promise<RolloutView | null> {
  const answer = await action.client.get(objectRef(action.ref));
  return answer.ok ? projectRollout(answer.value) : null;
}

function objectRef(ref: RolloutRef): ObjectRef {
  return { kind: kinds.rollouts, namespace: ref.namespace, name: ref.name };
}

function gone(): ActionOutcome {
  return { outcome: 'refused', why: 'It is not there any more', already: false };
}
