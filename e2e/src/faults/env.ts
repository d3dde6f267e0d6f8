import { z } from 'zod';

const settings = z.object({
  FLOW_FAULTS: z.enum(['short', 'whole', 'all']).default('short'),
  FLOW_FAULTS_SEED: z.coerce.number().int().min(1).default(20_261),
});

const shortGovernance = {
  clockRuns: 500,
  clockRounds: 12,
  auditEvents: 2_000,
  tamperings: 40,
  auditCrashes: 40,
  attestations: 66,
  exemptionRuns: 200,
  exemptionRaces: 6,
  blockedBeside: 8,
  revocations: 10,
  slowdown: 6,
  simulations: 0,
  replays: 1,
  plantedDefects: 3,
  plantedSeeds: 2,
};
const wholeGovernance = {
  clockRuns: 5_000,
  clockRounds: 200,
  auditEvents: 20_000,
  tamperings: 1_000,
  auditCrashes: 500,
  attestations: 500,
  exemptionRuns: 2_000,
  exemptionRaces: 100,
  blockedBeside: 50,
  revocations: 300,
  slowdown: 1,
  simulations: 200,
  replays: 10,
  plantedDefects: Infinity,
  plantedSeeds: 6,
};

/** How much is tried. `all` are hours: every second crash after every first one. */
const amounts = {
  short: {
    points: 30,
    secondCrashes: 4,
    restores: 4,
    kills: 8,
    clusterKills: 8,
    helmKills: { moments: 4, times: 1 },
    sequences: 1_000,
    races: 20,
    ...shortGovernance,
  },
  whole: {
    points: Infinity,
    secondCrashes: 40,
    restores: 60,
    kills: 50,
    clusterKills: 60,
    helmKills: { moments: 20, times: 3 },
    sequences: 10_000,
    races: 500,
    ...wholeGovernance,
  },
  all: {
    points: Infinity,
    secondCrashes: Infinity,
    restores: 600,
    kills: 50,
    clusterKills: 60,
    helmKills: { moments: 20, times: 3 },
    sequences: 100_000,
    races: 2_000,
    ...wholeGovernance,
  },
} as const;

export interface FaultSettings {
  /** What every choice is drawn from. */
  seed: number;
  /** At most so many moments are tried for each way that the deployment goes. */
  points: number;
  /** So many pairs of a first and a second crash are tried. */
  secondCrashes: number;
  /** So many backups are restored for each way that the deployment goes. */
  restores: number;
  /** How often the worker is killed. */
  kills: number;
  /** How often something is killed on the real clusters. */
  clusterKills: number;
  /** Helm is killed at so many moments of an install, of an upgrade and of a rollback on a real cluster, so many times. */
  helmKills: { moments: number; times: number };
  /** So many sequences of acts are played through the machine of approvals. */
  sequences: number;
  /** How often votes, changes and starts race on the database. */
  races: number;
  /** So many times a verdict is asked for with a wrong clock, in memory; and so many on the database. */
  clockRuns: number;
  clockRounds: number;
  /** So many entries are in the record that is tampered with, so often. */
  auditEvents: number;
  tamperings: number;
  /** So often the connection dies while something is changed. */
  auditCrashes: number;
  /** So many attestations are forged. */
  attestations: number;
  /** So many sequences of acts are played through exemptions in memory; and so many times on the database. */
  exemptionRuns: number;
  exemptionRaces: number;
  /** So many deployments are blocked beside the one that is let past. */
  blockedBeside: number;
  /** So often access is taken away. */
  revocations: number;
  /** So many seeds are simulated; and so many of them twice. */
  simulations: number;
  replays: number;
  /** So many defects are planted in the engine; each is looked for with so many seeds at most. */
  plantedDefects: number;
  plantedSeeds: number;
  /** Limits of time are so many times as long: the short form runs beside all other tests, on a machine that is busy with them. */
  slowdown: number;
}

/** Reads how much is tried (FLOW_FAULTS=short, whole or all), and from which seed (FLOW_FAULTS_SEED). */
export function faultSettings(): FaultSettings {
  const read = settings.parse(process.env);
  return { seed: read.FLOW_FAULTS_SEED, ...amounts[read.FLOW_FAULTS] };
}
