import { maxOthers } from '../facts.ts';
import type { OpenIncident, OtherDeployment, RuleFacts } from '../facts.ts';
import { maxTextLength } from './declaration.ts';
import { celObject } from './environment.ts';
import { isWorking, wallClockAt } from './wall-clock.ts';

export type CelValues = object;

/** Facts ready for many expressions at one or many times. */
export interface PreparedFacts {
  facts: RuleFacts;
  valuesAt: (now: Date) => CelValues;
}

const int = (value: number): bigint => BigInt(Math.trunc(value));
const text = (value: string): string => (value.length > maxTextLength ? value.slice(0, maxTextLength) : value);
const texts = (values: readonly string[], max: number): string[] => values.slice(0, max).map(text);

/** Turns facts into what the expression engine reads. Each part is made once, and only when an expression asks for it. */
export function prepareFacts(facts: RuleFacts): PreparedFacts {
  const still = new StillValues(facts);
  let last: { at: number; values: ValuesAt } | null = null;
  return {
    facts,
    valuesAt(now) {
      const at = now.getTime();
      if (last?.at !== at) last = { at, values: new ValuesAt(still, now) };
      return last.values;
    },
  };
}

/** What does not change with time. The names are those of the declaration. */
class StillValues {
  readonly facts: RuleFacts;
  #request: unknown;
  #service: unknown;
  #environment: unknown;
  #targets: unknown;

  constructor(facts: RuleFacts) {
    this.facts = facts;
  }
  get request(): unknown {
    const { request } = this.facts;
    return (this.#request ??= celObject('Request', {
      ...request,
      by: text(request.by),
      fromVersion: text(request.fromVersion),
      toVersion: text(request.toVersion),
    }));
  }
  get service(): unknown {
    const { service } = this.facts;
    return (this.#service ??= celObject('Service', {
      id: service.id,
      name: text(service.name),
      tier: text(service.tier),
      owner: text(service.owner),
      labels: labelsOf(service.labels),
      dependencies: texts(service.dependencies, 50),
      dependents: texts(service.dependents, 200),
    }));
  }
  get environment(): unknown {
    const { environment } = this.facts;
    return (this.#environment ??= celObject('Environment', {
      ...environment,
      name: text(environment.name),
      labels: labelsOf(environment.labels),
    }));
  }
  get targets(): unknown {
    return (this.#targets ??= this.facts.targets.slice(0, 30).map((target) =>
      celObject('Target', {
        ...target,
        inFlightInRegion: int(target.inFlightInRegion),
        inFlightInCluster: int(target.inFlightInCluster),
      }),
    ));
  }
}

/** All values at one time. */
class ValuesAt {
  readonly #still: StillValues;
  readonly #now: Date;
  #others: unknown;
  #artifact: unknown;
  #incidents: unknown;
  #time: unknown;

  constructor(still: StillValues, now: Date) {
    this.#still = still;
    this.#now = now;
  }
  get request(): unknown {
    return this.#still.request;
  }
  get service(): unknown {
    return this.#still.service;
  }
  get environment(): unknown {
    return this.#still.environment;
  }
  get targets(): unknown {
    return this.#still.targets;
  }
  get othersOmitted(): unknown {
    return int(Math.max(0, this.#still.facts.others.length - maxOthers));
  }
  get inFlight(): unknown {
    const { tenant, platform } = this.#still.facts.inFlight;
    return celObject('InFlight', { tenant: int(tenant), platform: int(platform) });
  }
  get errorBudget(): unknown {
    const { errorBudget } = this.#still.facts;
    return celObject('ErrorBudget', {
      known: errorBudget !== null,
      remainingPercent: errorBudget?.remainingPercent ?? 100,
      burnRate: errorBudget?.burnRate ?? 0,
    });
  }
  get approvals(): unknown {
    const { count, rejected } = this.#still.facts.approvals;
    return celObject('Approvals', { count: int(count), rejected });
  }
  get others(): unknown {
    const { facts } = this.#still;
    return (this.#others ??= facts.others.slice(0, maxOthers).map((other) => otherOf(facts, other, this.#now)));
  }
  get previous(): unknown {
    return previousOf(this.#still.facts, this.#now);
  }
  get artifact(): unknown {
    return (this.#artifact ??= artifactOf(this.#still.facts, this.#now));
  }
  get incidents(): unknown {
    return (this.#incidents ??= this.#still.facts.incidents.slice(0, 50).map((incident) => incidentOf(incident, this.#now)));
  }
  get time(): unknown {
    return (this.#time ??= timeOf(this.#still.facts, this.#now));
  }
}

function incidentOf({ since, ...incident }: OpenIncident, now: Date): unknown {
  return celObject('Incident', {
    ...incident,
    title: text(incident.title),
    serviceName: text(incident.serviceName),
    ageMinutes: int(minutesSince(since, now)),
  });
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
