import { z } from 'zod';
import type { Right } from '../rights/index.ts';
import type { RolloutView } from '../rollout/index.ts';
import { isTerminal } from './state.ts';
import type { DeploymentState, TargetState } from './state.ts';

/** What a person can do to a deployment as a whole. `continue` lets it go on where it waits for a person; `repeat` takes its version, chart and configuration again, by a new deployment. */
export const deploymentAction = z.enum(['continue', 'cancel', 'rollback', 'repeat']);
export type DeploymentAction = z.infer<typeof deploymentAction>;

/**
 * What a person can do to one canary.
 * - `promote`: past the pause at which it stands. - `promoteFully`: past all steps. - `skip`: past the current step.
 * - `pause`: hold it where it is. - `resume`: let go of what a person holds. - `abort`: traffic back to stable. - `retry`: an aborted canary again.
 */
export const targetAction = z.enum(['promote', 'promoteFully', 'skip', 'pause', 'resume', 'abort', 'retry']);
export type TargetAction = z.infer<typeof targetAction>;

/** What a person can do to a pipeline run. */
export const runAction = z.enum(['cancel', 'retry']);
export type RunAction = z.infer<typeof runAction>;

/** Whether an action is open now; `why` is the sentence for the person, empty when it is allowed. */
export interface Ability<Action extends string> {
  action: Action;
  allowed: boolean;
  why: string;
}

const rightFor = {
  continue: 'deployment:act',
  cancel: 'deployment:cancel',
  rollback: 'deployment:rollback',
  repeat: 'deployment:ask',
} as const satisfies Record<DeploymentAction, Right>;

/** The part of a deployment that actions depend on. */
export interface ActionableDeployment {
  state: DeploymentState;
  requestedAction: string | null;
  /** What going back from it finds where it has arrived; null for every other one. */
  wayBack: EndedWayBack | null;
}

/** Whether a deployment has ended and is healthy in some region, though it may have ended without others: that is where a rollback goes back from. */
export function hasArrived({ state, targets }: { state: DeploymentState; targets: readonly { state: TargetState }[] }): boolean {
  return state === 'succeeded' || (state === 'failed' && targets.some((target) => target.state === 'healthy'));
}

/** `open`: some region goes back to another version. `overtaken`: a later deployment has taken its place wherever it came. `none`: nothing good was there before. */
export type EndedWayBack = 'open' | 'overtaken' | 'none';

/** Every action on a deployment with whether it is open: buttons, the command line and the operation's guard read this one function. */
export function deploymentAbilities(deployment: ActionableDeployment, rights: readonly Right[]): Ability<DeploymentAction>[] {
  return deploymentAction.options.map((action) => {
    const why = rights.includes(rightFor[action]) ? whyNotDeployment(action, deployment) : 'Your role does not include this';
    return { action, allowed: why === '', why };
  });
}

const hasEnded = 'It has ended without a version to go back from';
/** Why a deployment cannot be taken again. */
export const neverHealthySentence = 'It was never healthy in every region: only what was can be taken again';
const repeat = neverHealthySentence;
const wayBackSentences = {
  open: '',
  // Going back from it would skip what came after it: at night, from a link in an old message, that is never what was meant.
  overtaken: 'A later deployment has succeeded there: roll that one back, or deploy this one again',
  none: 'No other version that is still good was healthy there before: there is nothing to go back to',
} as const satisfies Record<EndedWayBack, string>;
const notPaused = 'It does not wait for a person';
const untouched = { continue: notPaused, cancel: '', rollback: 'It has not touched anything yet: cancel it instead', repeat } as const;
const moving = { continue: notPaused, cancel: 'It has already started: roll it back instead', rollback: '', repeat } as const;
const ended = { continue: 'It has ended', cancel: 'It has ended', rollback: hasEnded, repeat } as const;

/** Why each action is closed in each state; an empty sentence means that it is open. */
const deploymentSentences = {
  preparing: untouched,
  awaitingApproval: untouched,
  held: untouched,
  deploying: moving,
  baking: moving,
  paused: { ...moving, continue: '' },
  rollingBack: { ...moving, rollback: 'It is already going back' },
  succeeded: { continue: 'It has ended', cancel: 'It has ended', rollback: '', repeat: '' },
  rolledBack: ended,
  failed: ended,
  rejected: ended,
  expired: ended,
  superseded: ended,
  cancelled: ended,
} as const satisfies Record<DeploymentState, Record<DeploymentAction, string>>;

function whyNotDeployment(action: DeploymentAction, deployment: ActionableDeployment): string {
  if (deployment.requestedAction !== null && !isTerminal(deployment.state))
    return `It was already asked to ${deployment.requestedAction === 'cancel' ? 'stop' : 'go back'}`;
  if (action === 'rollback' && deployment.wayBack !== null) return wayBackSentences[deployment.wayBack];
  return deploymentSentences[deployment.state][action];
}

/** The part of a target that actions depend on. */
export interface ActionableTarget {
  state: TargetState;
  observed: RolloutView | null;
  /** The deployment that the target belongs to. */
  deploymentId: string;
}

/** Every action on one canary with whether it is open now. */
export function targetAbilities(target: ActionableTarget, rights: readonly Right[]): Ability<TargetAction>[] {
  return targetAction.options.map((action) => {
    const why = rights.includes('deployment:act') ? whyNotTarget(action, target) : 'Your role does not include this';
    return { action, allowed: why === '', why };
  });
}

function whyNotTarget(action: TargetAction, target: ActionableTarget): string {
  const rollout = target.observed;
  if (rollout === null || rollout.deploymentId !== target.deploymentId || rollout.currentPodHash === '')
    return 'The canary of this deployment is not there yet or no longer there';
  if (target.state === 'rollingBack' || target.state === 'rolledBack' || target.state === 'failed') return 'It is going back or has ended';
  if (action === 'retry') return rollout.aborted ? '' : 'Only an aborted canary can be tried again';
  if (rollout.aborted) return 'The canary was aborted: retry it or roll the deployment back';
  if (rollout.phase === 'Healthy' || rollout.currentPodHash === rollout.stablePodHash)
    return 'The canary has ended: the new version is the stable one';
  return whyNotMoving(action, rollout);
}

const heldByPerson = 'It is held by a person: resume it first';

/** Why an action on a canary that is under way is closed; an empty sentence means that it is open. */
const movingSentences = {
  promote: (rollout) => whenHeld(rollout, rollout.pause === null ? 'It does not stand at a pause' : ''),
  promoteFully: (rollout) => (rollout.promotingFully ? 'It is already going past all steps' : ''),
  skip: (rollout) =>
    whenHeld(rollout, rollout.stepIndex === null || rollout.stepIndex >= rollout.stepCount ? 'There is no step left to skip' : ''),
  pause: (rollout) => (rollout.held ? 'It is already held' : ''),
  resume: (rollout) => (rollout.held ? '' : 'Nobody holds it'),
  abort: () => '',
} as const satisfies Record<Exclude<TargetAction, 'retry'>, (rollout: RolloutView) => string>;

function whenHeld(rollout: RolloutView, otherwise: string): string {
  return rollout.held ? heldByPerson : otherwise;
}

function whyNotMoving(action: Exclude<TargetAction, 'retry'>, rollout: RolloutView): string {
  return movingSentences[action](rollout);
}

/** Every action on a run with whether it is open now. */
export function runAbilities(run: { state: string; isCancelRequested: boolean }, rights: readonly Right[]): Ability<RunAction>[] {
  return runAction.options.map((action) => {
    const needed: Right = action === 'cancel' ? 'run:cancel' : 'run:start';
    const why = rights.includes(needed) ? whyNotRun(action, run) : 'Your role does not include this';
    return { action, allowed: why === '', why };
  });
}

function whyNotRun(action: RunAction, run: { state: string; isCancelRequested: boolean }): string {
  const isMoving = ['queued', 'running', 'waiting'].includes(run.state);
  switch (action) {
    case 'cancel':
      if (!isMoving) return 'It has ended';
      return run.isCancelRequested ? 'It was already asked to stop' : '';
    case 'retry':
      if (isMoving) return 'It has not ended yet';
      return run.state === 'succeeded' ? 'Nothing failed' : '';
  }
}
