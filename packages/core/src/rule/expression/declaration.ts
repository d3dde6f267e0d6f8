import { maxOthers } from '../facts.ts';

/** A type as CEL writes it, what it means, and for lists and maps how many it can hold: the bound on cost is made from these. */
export interface FieldDeclaration {
  type: string;
  description: string;
  maxCount?: number;
}

const text = (description: string): FieldDeclaration => ({ type: 'string', description });
const whole = (description: string): FieldDeclaration => ({ type: 'int', description });
const share = (description: string): FieldDeclaration => ({ type: 'double', description });
const yesNo = (description: string): FieldDeclaration => ({ type: 'bool', description });
const texts = (maxCount: number, description: string): FieldDeclaration => ({ type: 'list<string>', description, maxCount });
const labels = (description: string): FieldDeclaration => ({ type: 'map<string, string>', description, maxCount: 50 });

/** Every object of the context with its fields: what an editor offers, what an expression is checked against. */
export const objectTypes: Readonly<Record<string, Readonly<Record<string, FieldDeclaration>>>> = {
  Request: {
    action: text('create, approve, advance, promote, pause, retry, skip, abort or rollback'),
    invoker: text('person or automation'),
    kind: text('deploy or rollback'),
    by: text('who asks'),
    fromVersion: text('what runs now; empty when nothing does'),
    toVersion: text('what shall run'),
    changesImage: yesNo('the image changes'),
    changesConfiguration: yesNo('values change'),
    changesChart: yesNo('the chart changes'),
  },
  Service: {
    id: text('id of the service'),
    name: text('name of the service'),
    tier: text('tier of the service'),
    owner: text('team that owns it'),
    labels: labels('labels of the service; ask with has(service.labels.team) before reading one that may be missing'),
    dependencies: texts(50, 'ids of services that it calls'),
    dependents: texts(200, 'ids of services that call it'),
  },
  Environment: {
    id: text('id of the environment'),
    name: text('name of the environment'),
    kind: text('kind of the environment, for example production'),
    labels: labels('labels of the environment'),
  },
  Target: {
    region: text('region of the target'),
    cluster: text('cluster of the target'),
    inFlightInRegion: whole('other deployments moving in this region'),
    inFlightInCluster: whole('other deployments moving in this cluster'),
    hasRelease: yesNo('a release of this service is there, whether it ever was healthy or not'),
    lastGoodKnown: yesNo('what runs there is known to be good'),
  },
  Other: {
    id: text('id of the deployment'),
    service: text('id of its service'),
    serviceName: text('name of its service'),
    relation: text('same, dependency, dependent or none'),
    tenant: text('id of its tenant'),
    environment: text('id of its environment'),
    environmentKind: text('kind of its environment'),
    sharesRegion: yesNo('it goes to a region of this request, in the same kind of environment'),
    sharesCluster: yesNo('it goes to a cluster of this request'),
    state: text('inFlight, queued, succeeded, failed or rolledBack'),
    digest: text('digest of its artifact'),
    weight: whole('percent that its canary serves'),
    ageMinutes: whole('minutes since it came into this state'),
  },
  InFlight: { tenant: whole('deployments moving in the tenant'), platform: whole('deployments moving on the platform') },
  Previous: {
    state: text('succeeded, failed or rolledBack; empty when there was none'),
    digest: text('digest of its artifact; empty when there was none'),
    ageMinutes: whole('minutes since it ended; -1 when there was none'),
  },
  Artifact: {
    digest: text('digest'),
    version: text('version'),
    ageMinutes: whole('minutes since it was built'),
    soakMinutes: whole('minutes for which the environment below has run it; -1 when it does not'),
    testsPassed: yesNo('its tests passed'),
    attestations: texts(20, 'kinds of attestations that were verified'),
    scanned: yesNo('vulnerabilities are known'),
    criticalCount: whole('critical vulnerabilities; 0 when it was not scanned'),
    highCount: whole('high vulnerabilities'),
    mediumCount: whole('medium vulnerabilities'),
    lowCount: whole('low vulnerabilities'),
    newerBelow: texts(20, 'lower environments that run something newer'),
  },
  Incident: {
    id: text('id of the incident'),
    title: text('title'),
    severity: text('severity'),
    serviceName: text('service that it is about'),
    relation: text('same, dependency, dependent or none'),
    ageMinutes: whole('minutes since it was opened'),
  },
  ErrorBudget: {
    known: yesNo('there is an objective'),
    remainingPercent: share('what is left of the budget; 100.0 when there is no objective'),
    burnRate: share('how fast it goes; 1.0 spends it exactly in its window'),
  },
  Approvals: { count: whole('people who said yes to exactly this'), rejected: yesNo('someone said no') },
  Time: {
    now: { type: 'google.protobuf.Timestamp', description: 'the time of the question' },
    zone: text('zone of the owning team, in which the fields below are given'),
    date: text('year-month-day, for example 2026-12-24'),
    month: whole('1 to 12'),
    dayOfMonth: whole('1 to 31'),
    weekday: whole('1 is Monday, 7 is Sunday'),
    hour: whole('0 to 23'),
    minuteOfDay: whole('0 to 1439'),
    workingHours: yesNo('the owning team is at work'),
  },
};

/** The variables of an expression. */
export const variables: Readonly<Record<string, FieldDeclaration>> = {
  request: { type: 'Request', description: 'who asks for what' },
  service: { type: 'Service', description: 'the service that shall be deployed' },
  environment: { type: 'Environment', description: 'where to' },
  targets: { type: 'list<Target>', description: 'the regions that it goes to', maxCount: 30 },
  others: { type: 'list<Other>', description: 'other deployments, the most related first', maxCount: maxOthers },
  othersOmitted: { type: 'int', description: 'other deployments that did not fit into the list' },
  inFlight: { type: 'InFlight', description: 'how many deployments are moving' },
  previous: { type: 'Previous', description: 'the last deployment of this service to this environment' },
  artifact: { type: 'Artifact', description: 'what shall be deployed' },
  incidents: { type: 'list<Incident>', description: 'open incidents and alerts', maxCount: 50 },
  errorBudget: { type: 'ErrorBudget', description: 'error budget of the service' },
  approvals: { type: 'Approvals', description: 'the votes so far' },
  time: { type: 'Time', description: 'when it is, for the owning team' },
};

/** Longest text that a fact brings, in characters; longer ones are cut before an expression sees them. */
export const maxTextLength = 200;
