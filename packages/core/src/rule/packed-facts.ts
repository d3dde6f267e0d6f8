import type { Invoker, RuleAction } from './action.ts';
import type { OtherDeployment, Relation, RuleFacts } from './facts.ts';
import { maxOthers } from './facts.ts';

/** How facts are packed now. Whoever changes the order or the meaning of anything below gives it the next number and keeps reading this one. */
export const factsVersion = 1;

/** Facts as text, small: values without their names, times as milliseconds. The other deployments are apart, since few rules look at them. */
export interface PackedFacts {
  facts: string;
  others: string;
}

type Bit = 0 | 1;
type Head = [
  request: [RuleAction, Invoker, 'deploy' | 'rollback', string, string, string, Bit, Bit, Bit],
  service: [string, string, string, string, Record<string, string>, string[], string[], [string, number[], number, number]],
  environment: [string, string, string, Record<string, string>],
  targets: [string, string, number, number, Bit, Bit][],
  inFlight: [number, number],
  previous: [string, 'succeeded' | 'failed' | 'rolledBack', string, number] | null,
  artifact: [string, string, number, number | null, Bit, string[], [number, number, number, number] | null, string[]],
  incidents: [string, string, string, string, Relation, number][],
  errorBudget: [number, number] | null,
  approvals: [number, Bit],
];
type Other = [
  string,
  string,
  string,
  Relation,
  string,
  string,
  string,
  string[],
  string[],
  OtherDeployment['state'],
  string,
  number,
  number,
];

/** Packs facts to be kept beside a verdict. Of the other deployments those are kept that an expression can see. */
export function packFacts(facts: RuleFacts): PackedFacts {
  return { facts: JSON.stringify(headOf(facts)), others: JSON.stringify(facts.others.slice(0, maxOthers).map(packOther)) };
}

const bit = (value: boolean): Bit => (value ? 1 : 0);

function headOf(facts: RuleFacts): Head {
  const { environment, targets, inFlight, previous, incidents, errorBudget, approvals } = facts;
  return [
    packRequest(facts),
    packService(facts),
    [environment.id, environment.name, environment.kind, { ...environment.labels }],
    targets.map((one) => [
      one.region,
      one.cluster,
      one.inFlightInRegion,
      one.inFlightInCluster,
      bit(one.hasRelease),
      bit(one.lastGoodKnown),
    ]),
    [inFlight.tenant, inFlight.platform],
    previous === null ? null : [previous.id, previous.state, previous.digest, previous.endedAt.getTime()],
    packArtifact(facts),
    incidents.map((one) => [one.id, one.title, one.severity, one.serviceName, one.relation, one.since.getTime()]),
    errorBudget === null ? null : [errorBudget.remainingPercent, errorBudget.burnRate],
    [approvals.count, bit(approvals.rejected)],
  ];
}

function packRequest({ request }: RuleFacts): Head[0] {
  return [
    request.action,
    request.invoker,
    request.kind,
    request.by,
    request.fromVersion,
    request.toVersion,
    bit(request.changesImage),
    bit(request.changesConfiguration),
    bit(request.changesChart),
  ];
}

function packService({ service }: RuleFacts): Head[1] {
  const { zone, days, startMinute, endMinute } = service.workingHours;
  return [
    service.id,
    service.name,
    service.tier,
    service.owner,
    { ...service.labels },
    [...service.dependencies],
    [...service.dependents],
    [zone, [...days], startMinute, endMinute],
  ];
}

function packArtifact({ artifact }: RuleFacts): Head[6] {
  const found = artifact.vulnerabilities;
  return [
    artifact.digest,
    artifact.version,
    artifact.builtAt.getTime(),
    artifact.soakingSince?.getTime() ?? null,
    bit(artifact.testsPassed),
    [...artifact.attestations],
    found === null ? null : [found.critical, found.high, found.medium, found.low],
    [...artifact.newerBelow],
  ];
}

function packOther(one: OtherDeployment): Other {
  return [
    one.id,
    one.serviceId,
    one.serviceName,
    one.relation,
    one.tenantId,
    one.environmentId,
    one.environmentKind,
    [...one.regions],
    [...one.clusters],
    one.state,
    one.digest,
    one.weight,
    one.since.getTime(),
  ];
}

/** Facts as they were packed. Without `others` (their text was not read, since nothing looks at them) there are none. */
export function unpackFacts({ facts, others }: { facts: string; others: string | null }): RuleFacts {
  // Written by packFacts and by nobody else: what it wrote comes back.
  const head = JSON.parse(facts) as Head;
  // The same holds for the other deployments.
  const beside = others === null ? [] : (JSON.parse(others) as Other[]);
  return factsOf(head, beside);
}

/** The same of what was parsed already, as part of a longer text. */
export function unpackFactsOf(facts: unknown, others: unknown): RuleFacts {
  // Written by packFacts and by nobody else: what it wrote comes back.
  const parsed = [facts, others] as [Head, Other[]];
  return factsOf(parsed[0], parsed[1]);
}

function factsOf(
  [request, service, environment, targets, inFlight, previous, artifact, incidents, errorBudget, approvals]: Head,
  others: readonly Other[],
): RuleFacts {
  return {
    request: requestOf(request),
    service: serviceOf(service),
    environment: { id: environment[0], name: environment[1], kind: environment[2], labels: environment[3] },
    targets: targets.map(targetOf),
    others: others.map(otherOf),
    inFlight: { tenant: inFlight[0], platform: inFlight[1] },
    previous: previous === null ? null : { id: previous[0], state: previous[1], digest: previous[2], endedAt: new Date(previous[3]) },
    artifact: artifactOf(artifact),
    incidents: incidents.map(([id, title, severity, serviceName, relation, since]) => ({
      id,
      title,
      severity,
      serviceName,
      relation,
      since: new Date(since),
    })),
    errorBudget: errorBudget === null ? null : { remainingPercent: errorBudget[0], burnRate: errorBudget[1] },
    approvals: { count: approvals[0], rejected: approvals[1] === 1 },
  };
}

function requestOf([action, invoker, kind, by, fromVersion, toVersion, image, configuration, chart]: Head[0]): RuleFacts['request'] {
  return {
    action,
    invoker,
    kind,
    by,
    fromVersion,
    toVersion,
    changesImage: image === 1,
    changesConfiguration: configuration === 1,
    changesChart: chart === 1,
  };
}

function serviceOf([id, name, tier, owner, labels, dependencies, dependents, hours]: Head[1]): RuleFacts['service'] {
  const workingHours = { zone: hours[0], days: hours[1], startMinute: hours[2], endMinute: hours[3] };
  return { id, name, tier, owner, labels, dependencies, dependents, workingHours };
}

function targetOf([
  region,
  cluster,
  inFlightInRegion,
  inFlightInCluster,
  hasRelease,
  lastGoodKnown,
]: Head[3][number]): RuleFacts['targets'][number] {
  return { region, cluster, inFlightInRegion, inFlightInCluster, hasRelease: hasRelease === 1, lastGoodKnown: lastGoodKnown === 1 };
}

function artifactOf([
  digest,
  version,
  builtAt,
  soakingSince,
  testsPassed,
  attestations,
  found,
  newerBelow,
]: Head[6]): RuleFacts['artifact'] {
  return {
    digest,
    version,
    builtAt: new Date(builtAt),
    soakingSince: soakingSince === null ? null : new Date(soakingSince),
    testsPassed: testsPassed === 1,
    attestations,
    vulnerabilities: found === null ? null : { critical: found[0], high: found[1], medium: found[2], low: found[3] },
    newerBelow,
  };
}

function otherOf(packed: Other): OtherDeployment {
  const [id, serviceId, serviceName, relation, tenantId, environmentId, environmentKind, regions, clusters, state, digest, weight, since] =
    packed;
  return {
    id,
    serviceId,
    serviceName,
    relation,
    tenantId,
    environmentId,
    environmentKind,
    regions,
    clusters,
    state,
    digest,
    weight,
    since: new Date(since),
  };
}
