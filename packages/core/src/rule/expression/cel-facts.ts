import { maxOthers } from '../facts.ts';
import type { OtherDeployment, RuleFacts } from '../facts.ts';
import { maxTextLength } from './declaration.ts';
import { celObject } from './environment.ts';
import { isWorking, wallClockAt } from './wall-clock.ts';

export type CelValues = Readonly<Record<string, unknown>>;

/** Facts ready for many expressions at one or many times. */
export interface PreparedFacts {
  facts: RuleFacts;
  valuesAt: (now: Date) => CelValues;
}

const int = (value: number): bigint => BigInt(Math.trunc(value));
const text = (value: string): string => (value.length > maxTextLength ? value.slice(0, maxTextLength) : value);
const texts = (values: readonly string[], max: number): string[] => values.slice(0, max).map(text);

/** Turns facts into what the expression engine reads. What does not change with time is made once, and only when an expression asks. */
export function prepareFacts(facts: RuleFacts): PreparedFacts {
  let still: CelValues | null = null;
  let last: { at: number; values: CelValues } | null = null;
  return {
    facts,
    valuesAt(now) {
      const at = now.getTime();
      if (last?.at === at) return last.values;
      still ??= stillValues(facts);
      last = { at, values: movingValues(facts, still, now) };
      return last.values;
    },
  };
}

function stillValues(facts: RuleFacts): CelValues {
  const { request, service, environment, targets, inFlight, errorBudget, approvals } = facts;
  return {
    request: celObject('Request', {
      ...request,
      by: text(request.by),
      fromVersion: text(request.fromVersion),
      toVersion: text(request.toVersion),
    }),
    service: celObject('Service', {
      id: service.id,
      name: text(service.name),
      tier: text(service.tier),
      owner: text(service.owner),
      labels: labelsOf(service.labels),
      dependencies: texts(service.dependencies, 50),
      dependents: texts(service.dependents, 200),
    }),
    environment: celObject('Environment', { ...environment, name: text(environment.name), labels: labelsOf(environment.labels) }),
    targets: targets.slice(0, 30).map((target) =>
      celObject('Target', {
        ...target,
        inFlightInRegion: int(target.inFlightInRegion),
        inFlightInCluster: int(target.inFlightInCluster),
      }),
    ),
    othersOmitted: int(Math.max(0, facts.others.length - maxOthers)),
    inFlight: celObject('InFlight', { tenant: int(inFlight.tenant), platform: int(inFlight.platform) }),
    errorBudget: celObject('ErrorBudget', {
      known: errorBudget !== null,
      remainingPercent: errorBudget?.remainingPercent ?? 100,
      burnRate: errorBudget?.burnRate ?? 0,
    }),
    approvals: celObject('Approvals', { count: int(approvals.count), rejected: approvals.rejected }),
  };
}

/** Getters, so that a rule pays only for what it reads. */
function movingValues(facts: RuleFacts, still: CelValues, now: Date): CelValues {
  const made = new Map<string, unknown>();
  const once = (name: string, make: () => unknown): unknown => {
    if (!made.has(name)) made.set(name, make());
    return made.get(name);
  };
  return {
    ...still,
    get others() {
      return once('others', () => facts.others.slice(0, maxOthers).map((other) => otherOf(facts, other, now)));
    },
    get previous() {
      return once('previous', () => previousOf(facts, now));
    },
    get artifact() {
      return once('artifact', () => artifactOf(facts, now));
    },
    get incidents() {
      return once('incidents', () =>
        facts.incidents.slice(0, 50).map(({ since, ...incident }) =>
          celObject('Incident', {
            ...incident,
            title: text(incident.title),
            serviceName: text(incident.serviceName),
            ageMinutes: int(minutesSince(since, now)),
          }),
        ),
      );
    },
    get time() {
      return once('time', () => timeOf(facts, now));
    },
  };
}

/** Full minutes from then to now; negative when `then` lies ahead. */
export function minutesSince(then: Date, now: Date): number {
  return Math.floor((now.getTime() - then.getTime()) / 60_000);
}

/** It goes to a region of this request, in the same kind of environment. */
export function sharesRegion({ targets, environment }: RuleFacts, other: OtherDeployment): boolean {
  return other.environmentKind === environment.kind && targets.some(({ region }) => other.regions.includes(region));
}

function otherOf(facts: RuleFacts, other: OtherDeployment, now: Date): unknown {
  return celObject('Other', {
    id: other.id,
    service: other.serviceId,
    serviceName: text(other.serviceName),
    relation: other.relation,
    tenant: other.tenantId,
    environment: other.environmentId,
    environmentKind: other.environmentKind,
    sharesRegion: sharesRegion(facts, other),
    sharesCluster: facts.targets.some(({ cluster }) => other.clusters.includes(cluster)),
    state: other.state,
    digest: other.digest,
    weight: int(other.weight),
    ageMinutes: int(minutesSince(other.since, now)),
  });
}

function previousOf({ previous }: RuleFacts, now: Date): unknown {
  return celObject('Previous', {
    state: previous?.state ?? '',
    digest: previous?.digest ?? '',
    ageMinutes: int(previous === null ? -1 : minutesSince(previous.endedAt, now)),
  });
}

function artifactOf({ artifact }: RuleFacts, now: Date): unknown {
  const { vulnerabilities, soakingSince } = artifact;
  return celObject('Artifact', {
    digest: artifact.digest,
    version: text(artifact.version),
    ageMinutes: int(minutesSince(artifact.builtAt, now)),
    soakMinutes: int(soakingSince === null ? -1 : minutesSince(soakingSince, now)),
    testsPassed: artifact.testsPassed,
    attestations: texts(artifact.attestations, 20),
    scanned: vulnerabilities !== null,
    criticalCount: int(vulnerabilities?.critical ?? 0),
    highCount: int(vulnerabilities?.high ?? 0),
    mediumCount: int(vulnerabilities?.medium ?? 0),
    lowCount: int(vulnerabilities?.low ?? 0),
    newerBelow: texts(artifact.newerBelow, 20),
  });
}

function timeOf({ service: { workingHours } }: RuleFacts, now: Date): unknown {
  const clock = wallClockAt(now, workingHours.zone);
  return celObject('Time', {
    now,
    zone: workingHours.zone,
    date: clock.date,
    month: int(clock.month),
    dayOfMonth: int(clock.dayOfMonth),
    weekday: int(clock.weekday),
    hour: int(clock.hour),
    minuteOfDay: int(clock.minuteOfDay),
    workingHours: isWorking(workingHours, clock),
  });
}

function labelsOf(labels: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(labels)
      .slice(0, 50)
      .map(([name, value]) => [name, text(value)]),
  );
}
