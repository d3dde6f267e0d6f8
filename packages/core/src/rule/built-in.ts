import type { RuleFacts } from './facts.ts';
import type { RuleEffect } from './rule.ts';
import { isWorking, minutesSince, sharesRegion, wallClockAt } from './expression/index.ts';

/** A number that whoever switches the rule on may choose. */
export interface BuiltInSetting {
  title: string;
  unit: string;
  byDefault: number;
}

/** A rule that comes with Flow and is switched on with one click. */
export interface BuiltInRule {
  key: string;
  title: string;
  description: string;
  effect: RuleEffect;
  settings: Readonly<Record<string, BuiltInSetting>>;
  /** The condition as an expression, to read, to copy and to change. */
  condition: (settings: Settings) => string;
  /** The same condition as a function: a property test holds the two together. */
  holds: (facts: RuleFacts, now: Date, settings: Settings) => boolean;
  message: string;
  /** The same message as a function. */
  says: (facts: RuleFacts, now: Date) => string;
  /** Who or what lifts it. */
  liftedBy: string;
  /** When it goes away by itself; empty when it does not. */
  liftsItself: string;
}

export type Settings = (name: string) => number;

/** Where each comes from: the wishes and faults of delivery tools that people reported, collected for Flow; see the description of each. */
export const builtInRules: readonly BuiltInRule[] = [
  {
    key: 'dependency-mid-rollout',
    title: 'A dependency is mid-rollout',
    description:
      'Holds while a service that this one calls is being deployed in one of the same regions: a failing canary could not be told from a failing dependency.',
    effect: { kind: 'hold' },
    settings: {},
    condition: () => 'others.exists(o, o.relation == "dependency" && o.state == "inFlight" && o.sharesRegion)',
    holds: (facts) =>
      facts.others.some((other) => other.relation === 'dependency' && other.state === 'inFlight' && sharesRegion(facts, other)),
    message:
      '{{ others.filter(o, o.relation == "dependency" && o.state == "inFlight" && o.sharesRegion).map(o, o.serviceName).join(", ") }}, which {{ service.name }} calls, is being deployed in the same region',
    says: (facts) =>
      `${facts.others
        .filter((other) => other.relation === 'dependency' && other.state === 'inFlight' && sharesRegion(facts, other))
        .map(({ serviceName }) => serviceName)
        .join(', ')}, which ${facts.service.name} calls, is being deployed in the same region`,
    liftedBy: 'the end of that deployment, or whoever runs it',
    liftsItself: 'when the deployment of the dependency has ended',
  },
  {
    key: 'service-already-deploying',
    title: 'The service is already being deployed',
    description:
      'Holds while another deployment of the same service is moving anywhere in the same kind of environment, so that two versions are not judged at once.',
    effect: { kind: 'hold' },
    settings: {},
    condition: () => 'others.exists(o, o.relation == "same" && o.state == "inFlight" && o.environmentKind == environment.kind)',
    holds: ({ others, environment }) =>
      others.some((other) => other.relation === 'same' && other.state === 'inFlight' && other.environmentKind === environment.kind),
    message: 'Another deployment of {{ service.name }} is moving in {{ environment.kind }}',
    says: ({ service, environment }) => `Another deployment of ${service.name} is moving in ${environment.kind}`,
    liftedBy: 'the end of that deployment, or whoever runs it',
    liftsItself: 'when the other deployment has ended',
  },
  {
    key: 'too-many-at-once',
    title: 'Too many deployments at once',
    description:
      'Holds while as many deployments as are allowed at once are moving in a region, in a cluster or in the tenant: what goes wrong should have few suspects.',
    effect: { kind: 'hold' },
    settings: {
      inRegion: { title: 'At once in a region', unit: 'deployments', byDefault: 10 },
      inCluster: { title: 'At once in a cluster', unit: 'deployments', byDefault: 5 },
      inTenant: { title: 'At once in the tenant', unit: 'deployments', byDefault: 20 },
    },
    condition: (of) =>
      `targets.exists(t, t.inFlightInRegion >= ${of('inRegion')} || t.inFlightInCluster >= ${of('inCluster')}) || inFlight.tenant >= ${of('inTenant')}`,
    holds: ({ targets, inFlight }, _now, of) =>
      targets.some((one) => one.inFlightInRegion >= of('inRegion') || one.inFlightInCluster >= of('inCluster')) ||
      inFlight.tenant >= of('inTenant'),
    message:
      'Too much is moving at once: {{ inFlight.tenant }} in the tenant; in {{ targets.map(t, t.region + " " + string(t.inFlightInRegion)).join(", ") }}',
    says: ({ inFlight, targets }) =>
      `Too much is moving at once: ${inFlight.tenant} in the tenant; in ${targets.map((one) => `${one.region} ${one.inFlightInRegion}`).join(', ')}`,
    liftedBy: 'the end of one of those deployments',
    liftsItself: 'when enough of them have ended',
  },
  {
    key: 'same-artifact-rolled-back',
    title: 'The same artifact was rolled back',
    description: 'Refuses the artifact that the last deployment to this environment was rolled back from.',
    effect: { kind: 'block' },
    settings: {},
    condition: () => 'previous.state == "rolledBack" && previous.digest == artifact.digest',
    holds: ({ previous, artifact }) => previous?.state === 'rolledBack' && previous.digest === artifact.digest,
    message: 'The last deployment to {{ environment.name }} was rolled back, and this is the same artifact',
    says: ({ environment }) => `The last deployment to ${environment.name} was rolled back, and this is the same artifact`,
    liftedBy: 'a new artifact, or an exemption',
    liftsItself: '',
  },
  {
    key: 'not-soaked',
    title: 'Not soaked long enough below',
    description: 'Holds until the artifact has run for long enough in the environment below.',
    effect: { kind: 'hold' },
    settings: { minutes: { title: 'Soak time', unit: 'minutes', byDefault: 60 } },
    condition: (of) => `artifact.soakMinutes < ${of('minutes')}`,
    holds: ({ artifact }, now, of) => (artifact.soakingSince === null ? -1 : minutesSince(artifact.soakingSince, now)) < of('minutes'),
    message:
      '{{ artifact.soakMinutes < 0 ? "It has not run in the environment below yet" : "It has run for " + string(artifact.soakMinutes) + " minutes in the environment below, which is not long enough" }}',
    says: ({ artifact: { soakingSince } }, now) =>
      soakingSince === null || soakingSince > now
        ? 'It has not run in the environment below yet'
        : `It has run for ${minutesSince(soakingSince, now)} minutes in the environment below, which is not long enough`,
    liftedBy: 'time, once it runs in the environment below',
    liftsItself: 'when the soak time is over',
  },
  {
    key: 'open-incident',
    title: 'An incident is open',
    description: 'Holds while an incident of the service or of a service that it calls is open.',
    effect: { kind: 'hold' },
    settings: {},
    condition: () => 'incidents.exists(i, i.relation == "same" || i.relation == "dependency")',
    holds: ({ incidents }) => incidents.some(({ relation }) => relation === 'same' || relation === 'dependency'),
    message:
      'An incident is open: {{ incidents.filter(i, i.relation == "same" || i.relation == "dependency").map(i, i.title).join("; ") }}',
    says: ({ incidents }) =>
      `An incident is open: ${incidents
        .filter(({ relation }) => relation === 'same' || relation === 'dependency')
        .map(({ title }) => title)
        .join('; ')}`,
    liftedBy: 'whoever closes the incident',
    liftsItself: 'when the incident is closed',
  },
  {
    key: 'outside-working-hours',
    title: 'Outside working hours',
    description: 'Holds while the owning team is not at work, so that somebody who knows the service is there when it changes.',
    effect: { kind: 'hold' },
    settings: {},
    condition: () => '!time.workingHours',
    holds: ({ service: { workingHours } }, now) => !isWorking(workingHours, wallClockAt(now, workingHours.zone)),
    message: '{{ service.owner }} is not at work: it is outside their working hours ({{ time.zone }})',
    says: ({ service }) => `${service.owner} is not at work: it is outside their working hours (${service.workingHours.zone})`,
    liftedBy: 'time',
    liftsItself: 'when the team begins to work',
  },
  {
    key: 'no-way-back',
    title: 'No way back',
    description: 'Asks for more people when what runs now is not known to be good, so that a rollback would have nowhere safe to go.',
    effect: { kind: 'requireApprovals', count: 2 },
    settings: {},
    condition: () => 'targets.exists(t, t.hasRelease && !t.lastGoodKnown)',
    holds: ({ targets }) => targets.some((target) => target.hasRelease && !target.lastGoodKnown),
    message:
      'No good version to go back to is known in {{ targets.filter(t, t.hasRelease && !t.lastGoodKnown).map(t, t.region).join(", ") }}',
    says: ({ targets }) =>
      `No good version to go back to is known in ${targets
        .filter((target) => target.hasRelease && !target.lastGoodKnown)
        .map(({ region }) => region)
        .join(', ')}`,
    liftedBy: 'approvers',
    liftsItself: 'when what runs there has proved good',
  },
  {
    key: 'newer-below',
    title: 'Something newer runs below',
    description: 'Warns when a lower environment runs something newer than this artifact: perhaps the wrong one was chosen.',
    effect: { kind: 'warn' },
    settings: {},
    condition: () => 'artifact.newerBelow.size() > 0',
    holds: ({ artifact }) => artifact.newerBelow.length > 0,
    message: '{{ artifact.newerBelow.join(", ") }} runs something newer than {{ artifact.version }}',
    says: ({ artifact }) => `${artifact.newerBelow.join(', ')} runs something newer than ${artifact.version}`,
    liftedBy: 'choosing the newer artifact',
    liftsItself: '',
  },
  {
    key: 'error-budget-spent',
    title: 'The error budget is spent',
    description: 'Holds changes while the error budget of the service is spent.',
    effect: { kind: 'hold' },
    settings: {},
    condition: () => 'errorBudget.known && errorBudget.remainingPercent <= 0.0',
    holds: ({ errorBudget }) => errorBudget !== null && errorBudget.remainingPercent <= 0,
    message: 'The error budget of {{ service.name }} is spent',
    says: ({ service }) => `The error budget of ${service.name} is spent`,
    liftedBy: 'a better service, or an exemption for the fix',
    liftsItself: 'when the budget has recovered',
  },
];

const byKey = new Map(builtInRules.map((one) => [one.key, one]));

/** The built-in rule of this key, or null. */
export function findBuiltIn(key: string): BuiltInRule | null {
  return byKey.get(key) ?? null;
}

/** The numbers in force: those chosen, else those by default. An unknown name is 0 and cannot come from `builtInRules`. */
export function settingsOf(found: BuiltInRule, chosen: Readonly<Record<string, number>>): Settings {
  return (name) => (Object.hasOwn(chosen, name) ? chosen[name] : undefined) ?? found.settings[name]?.byDefault ?? 0;
}
