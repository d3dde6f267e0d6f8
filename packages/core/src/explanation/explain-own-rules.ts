import type { ShownInput } from '../rule/index.ts';
import type { VerdictReason } from '../verdict/index.ts';
import type { Consideration, Help } from './explanation.ts';
import { reasonsOf } from './subject.ts';
import type { Explained } from './subject.ts';

interface OwnRule {
  title: string;
  passes: (explained: Explained) => string;
  inputs: (explained: Explained) => readonly ShownInput[];
  helps: readonly Help[];
}

const one = (path: string, value: ShownInput['value']): ShownInput => ({ path, value, elements: [] });

/** Flow's own rules by their names, as they are explained. */
const ownRules: Readonly<Record<string, OwnRule>> = {
  'service-archived': {
    title: 'What is archived is not deployed',
    passes: ({ context }) => `${context.service.name} is not archived`,
    inputs: ({ context }) => [one('service.archivedAt', context.service.archivedAt?.toISOString() ?? null)],
    helps: [{ toDo: 'restore the service', right: 'service:edit' }],
  },
  'environment-archived': {
    title: 'Nothing goes to an archived environment',
    passes: ({ context }) => `${context.environment.name} is not archived`,
    inputs: ({ context }) => [one('environment.archivedAt', context.environment.archivedAt?.toISOString() ?? null)],
    helps: [{ toDo: 'restore the environment', right: 'environment:manage' }],
  },
  'artifact-quarantined': {
    title: 'What is in quarantine goes nowhere',
    passes: () => 'The artifact is not in quarantine',
    inputs: ({ context: { quarantine } }) => [one('artifact.quarantine', quarantine?.reason ?? null)],
    helps: [{ toDo: 'release the artifact', right: 'artifact:release' }],
  },
  pinned: {
    title: 'What a person decided is not undone by automation',
    passes: ({ context, request }) =>
      request.kind === 'rollback' ? 'Going back is not held by a pin' : `Nobody keeps ${context.service.name} at another version`,
    inputs: ({ context: { pin } }) => [one('pin.version', pin?.version ?? null), one('pin.holds', pin?.holds ?? null)],
    helps: [{ toDo: 'release the pin', right: 'deployment:pin' }],
  },
  'asker-may-deploy': {
    title: 'Whoever asked for it may still deploy here',
    passes: ({ context: { asker } }) =>
      (asker ?? null) === null ? 'No person has asked for it yet' : `${asker?.name ?? ''} may deploy here`,
    inputs: ({ context: { asker } }) => [one('asker.name', asker?.name ?? null), one('asker.mayDeploy', asker?.mayDeploy ?? null)],
    helps: [{ toDo: 'ask for it anew', right: 'deployment:ask' }],
  },
  'production-approval': {
    title: 'Approvals of the environment',
    passes: ({ context, request }) =>
      request.kind === 'rollback' ? 'Going back is never made to wait for people' : `${context.environment.name} asks for no approval`,
    inputs: ({ context, request }) => [
      one('environment.requiredApprovals', context.environment.requiredApprovals),
      one('approval.state', context.approval?.state ?? null),
      one('approval.count', context.approval?.approvedCount ?? 0),
      one('approval.isOfThis', context.approval === null ? null : context.approval.subjectHash === request.subjectHash),
    ],
    helps: [{ toDo: 'approve it', right: 'approval:vote' }],
  },
  'one-at-a-time': {
    title: 'One deployment of a service in one place at a time',
    passes: ({ context }) => `No other deployment of ${context.service.name} moves to ${context.environment.name}`,
    inputs: ({ context, request }) => {
      const others = context.active.filter(({ id }) => id !== request.deploymentId);
      return [
        {
          path: 'active',
          value: others.length,
          elements: others.map(({ id, state, requestedByName }) => ({ id, state, requestedByName })),
        },
      ];
    },
    helps: [{ toDo: 'end the other deployment', right: 'deployment:rollback' }],
  },
  'its-turn': {
    title: 'Its turn in the queue',
    passes: () => 'Nobody stands before it',
    inputs: ({ context: { turn } }) => {
      const ahead = turn?.ahead ?? [];
      return [{ path: 'ahead', value: ahead.length, elements: ahead.slice(0, 10).map(({ name, limit }) => ({ name, limit })) }];
    },
    helps: [{ toDo: 'withdraw what stands before it', right: 'deployment:cancel' }],
  },
  soaks: {
    title: 'What soaks is not replaced by automation',
    passes: ({ context }) => `Automation would take nothing away that soaks in ${context.environment.name}`,
    inputs: ({ context: { soaking } }) => [
      one('soaking.version', soaking?.version ?? null),
      one('soaking.until', soaking?.until?.toISOString() ?? null),
    ],
    helps: [{ toDo: 'deploy it yourself', right: 'deployment:ask' }],
  },
  'not-before': {
    title: 'The time at which it was asked to start',
    passes: ({ context: { turn } }) =>
      (turn?.notBefore ?? null) === null ? 'It was asked to start as soon as it can' : 'The time at which it was asked to start has come',
    inputs: ({ context: { turn } }) => [one('notBefore', turn?.notBefore?.toISOString() ?? null)],
    helps: [{ toDo: 'withdraw it and ask for it anew', right: 'deployment:cancel' }],
  },
  'waits-in-circle': {
    title: 'No circle of deployments that wait for each other',
    passes: () => 'It waits for nobody that waits for it',
    inputs: ({ context: { turn } }) => [one('circle', turn === undefined || turn.circle.length === 0 ? null : turn.circle.join(', '))],
    helps: [],
  },
};

/** Flow's own rules: those that nobody can switch off. One that speaks and is not named above is shown as it speaks. */
export function explainOwnRules(explained: Explained): readonly Consideration[] {
  const spoken = explained.verdict.reasons.filter(({ source }) => source === 'builtIn').map(({ id }) => id);
  return [...new Set([...Object.keys(ownRules), ...spoken])].map((id) => explainOwnRule(explained, id));
}

function explainOwnRule(explained: Explained, id: string): Consideration {
  const known = ownRules[id];
  const [reason] = reasonsOf(explained.verdict, 'builtIn', id);
  return {
    source: 'builtIn',
    id,
    revision: null,
    title: known?.title ?? id.replaceAll('-', ' '),
    owner: 'Flow',
    enforcement: 'enforce',
    standing: reason?.effect ?? 'passes',
    sentences: [reason?.sentence ?? known?.passes(explained) ?? 'It has nothing against it'],
    condition: '',
    inputs: [...(known?.inputs(explained) ?? [])],
    ...liftOf(reason, known),
  };
}

function liftOf(reason: VerdictReason | undefined, known: OwnRule | undefined): Pick<Consideration, 'liftedBy' | 'earliestAt' | 'helps'> {
  if (reason === undefined || reason.effect === 'note') return { liftedBy: '', earliestAt: null, helps: [] };
  return { liftedBy: reason.liftedBy, earliestAt: reason.earliestAt, helps: [...(known?.helps ?? [])] };
}
