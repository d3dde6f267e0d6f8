/** How much may be asked: so many at once, and so many a minute in the long run. */
export interface Limit {
  readonly burst: number;
  readonly perMinute: number;
}

/**
 * Every limit of the doors, for one web process. They hold back floods and programs that run wild; a person with twenty busy live pages stays
 * far below. A batch counts as the calls in it. Log-ins have a second limit, of five a minute for one account from one address, which the database
 * counts for all processes (`@flow/operations/session`).
 */
export const limits = {
  /** By the person, or the owner of the access token. */
  personQuery: { burst: 2_000, perMinute: 12_000 },
  personMutation: { burst: 100, perMinute: 300 },
  /** By the tenant, over all who act in it. */
  tenantQuery: { burst: 10_000, perMinute: 60_000 },
  tenantMutation: { burst: 500, perMinute: 1_800 },
  /** By the address, of those who are not logged in. */
  strangerQuery: { burst: 300, perMinute: 1_200 },
  strangerMutation: { burst: 10, perMinute: 10 },
  /** By the address, whoever it is: an office behind one address logs in in the morning, a list of stolen passwords does not get far. */
  logIn: { burst: 60, perMinute: 60 },
  /** By the address, of deliveries of git hosts, before their signature is looked at. */
  delivery: { burst: 1_000, perMinute: 6_000 },
} as const satisfies Record<string, Limit>;
export type LimitName = keyof typeof limits;

/** By the person: procedures that reach a cluster or compute for long, beside the limit of their kind. */
export const procedureLimits: Readonly<Record<string, Limit>> = {
  'cluster.test': { burst: 10, perMinute: 20 },
  'cluster.register': { burst: 10, perMinute: 20 },
  'deployment.preview': { burst: 60, perMinute: 300 },
  'policy.backtest': { burst: 60, perMinute: 240 },
  'policy.foresee': { burst: 60, perMinute: 240 },
  'deployment.explain': { burst: 60, perMinute: 300 },
  'deployment.foresee': { burst: 60, perMinute: 300 },
  'deployment.foreseeWaiting': { burst: 60, perMinute: 300 },
  'deployment.nearestPlan': { burst: 60, perMinute: 300 },
  'deployment.diff': { burst: 60, perMinute: 300 },
  'insight.get': { burst: 30, perMinute: 120 },
  'insight.cases': { burst: 60, perMinute: 240 },
  'ledger.get': { burst: 30, perMinute: 120 },
  'ledger.cases': { burst: 60, perMinute: 240 },
  'audit.verify': { burst: 10, perMinute: 20 },
  'audit.export': { burst: 10, perMinute: 20 },
  'session.setUp': { burst: 5, perMinute: 5 },
};

/** Open streams of one person. */
export const streamsPerPersonMax = 20;
