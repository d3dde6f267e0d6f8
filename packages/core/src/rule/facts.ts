import { z } from 'zod';
import type { Invoker, RuleAction } from './action.ts';

/** How another deployment or an incident is related to the service that wants to deploy. */
export const relation = z.enum(['same', 'dependency', 'dependent', 'none']);
export type Relation = z.infer<typeof relation>;

/** One other deployment that rules may look at. */
export interface OtherDeployment {
  id: string;
  serviceId: string;
  serviceName: string;
  relation: Relation;
  tenantId: string;
  environmentId: string;
  environmentKind: string;
  regions: readonly string[];
  clusters: readonly string[];
  state: 'inFlight' | 'queued' | 'succeeded' | 'failed' | 'rolledBack';
  digest: string;
  /** Share of the canary in percent. */
  weight: number;
  /** When it came into this state. */
  since: Date;
}

/** An incident or alert that is open. */
export interface OpenIncident {
  id: string;
  title: string;
  severity: string;
  serviceName: string;
  relation: Relation;
  since: Date;
}

/** One region that the plan goes to. */
export interface TargetFacts {
  region: string;
  cluster: string;
  /** Deployments in flight there now, without this one. */
  inFlightInRegion: number;
  inFlightInCluster: number;
  /** Something of this service is there already, whether it was ever seen healthy or not. */
  hasRelease: boolean;
  /** What runs there is known to be good, so that there is a way back. */
  lastGoodKnown: boolean;
}

/** Hours in which the owning team is there; the minutes count from midnight in the zone, the end may not be before the start. */
export interface WorkingHours {
  /** IANA name of the zone. */
  zone: string;
  /** ISO days: 1 is Monday, 7 is Sunday. */
  days: readonly number[];
  startMinute: number;
  endMinute: number;
}

/** All that expressions can look at, loaded by the caller for one request. What lies in time is an instant: ages are made from it and the time of the question. */
export interface RuleFacts {
  request: {
    action: RuleAction;
    invoker: Invoker;
    kind: 'deploy' | 'rollback';
    /** Name of who asks. */
    by: string;
    fromVersion: string;
    toVersion: string;
    changesImage: boolean;
    changesConfiguration: boolean;
    changesChart: boolean;
  };
  service: {
    id: string;
    name: string;
    tier: string;
    owner: string;
    labels: Readonly<Record<string, string>>;
    /** Ids of services that this one calls, and of those that call it. */
    dependencies: readonly string[];
    dependents: readonly string[];
    workingHours: WorkingHours;
  };
  environment: { id: string; name: string; kind: string; labels: Readonly<Record<string, string>> };
  targets: readonly TargetFacts[];
  /** The most related first: same service, dependencies, dependents, then the rest. At most `maxOthers` are looked at. */
  others: readonly OtherDeployment[];
  /** How many are in flight, without this one. */
  inFlight: { tenant: number; platform: number };
  /** The newest ended deployment of this service to this environment; null when there is none. */
  previous: { id: string; state: 'succeeded' | 'failed' | 'rolledBack'; digest: string; endedAt: Date } | null;
  artifact: {
    digest: string;
    version: string;
    builtAt: Date;
    /** Since when it runs in the environment below without a break; null when it never did or has been replaced there. */
    soakingSince: Date | null;
    testsPassed: boolean;
    /** Kinds of attestations that were verified. */
    attestations: readonly string[];
    /** Null when nobody has scanned it. */
    vulnerabilities: { critical: number; high: number; medium: number; low: number } | null;
    /** Names of lower environments that run something newer. */
    newerBelow: readonly string[];
  };
  incidents: readonly OpenIncident[];
  /** Null when there is no objective. */
  errorBudget: { remainingPercent: number; burnRate: number } | null;
  approvals: { count: number; rejected: boolean };
}

/** How many other deployments an expression sees; of more, the counts in `inFlight` and `targets` still tell. */
export const maxOthers = 200;
