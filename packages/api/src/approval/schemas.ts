import { answer, approvalAction, approvalState, contentPart } from '@flow/core/approval';
import { z } from 'zod';
import { abilityOf, instant } from '../trpc/index.ts';

const group = z.object({
  title: z.string(),
  /** Stages are asked one after the other, from 0 up. */
  stage: z.number(),
  wanted: z.number(),
  missing: z.number(),
  /** Its turn has come. */
  isAsked: z.boolean(),
  hasVeto: z.boolean(),
  /** Too few of it are left, so others stand in for it. */
  isShort: z.boolean(),
  isHopeless: z.boolean(),
  /** Who said yes for it; `forName` is whose place that was, empty when it was their own. */
  given: z.array(z.object({ name: z.string(), forName: z.string() })),
});

/** A request for approval as the inbox and its page show it. */
export const approvalItem = z.object({
  id: z.string(),
  deploymentId: z.string(),
  state: approvalState,
  /** What a vote is bound to: send it back as `shownHash`. */
  subjectHash: z.string(),
  requiredCount: z.number(),
  approvedCount: z.number(),
  missingCount: z.number(),
  policies: z.array(z.object({ policyId: z.string(), title: z.string(), missing: z.number(), groups: z.array(group) })),
  /** Why it was approved without anyone; empty when people were asked. */
  autoReason: z.string(),
  expiresAt: instant,
  createdAt: instant,
  decidedAt: instant.nullable(),
  requestedByName: z.string().nullable(),
  serviceSlug: z.string(),
  serviceName: z.string(),
  environmentSlug: z.string(),
  environmentName: z.string(),
  version: z.string(),
  commitMessage: z.string(),
  votes: z.array(
    z.object({
      userId: z.string(),
      userName: z.string(),
      answer,
      comment: z.string(),
      createdAt: instant,
      withdrawnAt: instant.nullable(),
      /** Why it does not count; empty when it does. */
      whyNot: z.string(),
    }),
  ),
  /** What I may do now, each with the reason when it is closed. */
  abilities: z.array(abilityOf(approvalAction)),
});

/** One request with the names of everyone whose yes would bring it further now. */
export const approvalDetail = approvalItem.extend({ canHelp: z.array(z.string()) });

const reason = z.object({ sentence: z.string(), liftedBy: z.string(), earliestAt: instant.nullable() });

/** What a yes would mean. */
export const approvalRisk = z.object({
  changes: z.object({
    changesImage: z.boolean(),
    changesConfiguration: z.boolean(),
    changesChart: z.boolean(),
    fromVersion: z.string(),
    toVersion: z.string(),
  }),
  changedLineCount: z.number(),
  regions: z.array(z.string()),
  tier: z.string(),
  previous: z.object({ id: z.string(), state: z.string(), endedAt: instant }).nullable(),
  incidents: z.array(z.object({ id: z.string(), title: z.string(), severity: z.string(), serviceName: z.string(), relation: z.string() })),
  soakingSince: instant.nullable(),
  testsPassed: z.boolean(),
  newerBelow: z.array(z.string()),
  ahead: z.array(reason),
  freezesAhead: z.array(z.object({ title: z.string(), startsAt: instant })),
  path: z.array(z.object({ name: z.string(), requiredApprovals: z.number() })),
  since: z
    .object({
      approvedAt: instant,
      version: z.string(),
      changes: z.array(z.object({ part: contentPart, before: z.string(), after: z.string() })),
    })
    .nullable(),
});

/** What became of a vote. */
export const voteOutcome = z.object({ state: approvalState, missingCount: z.number() });

/** A stand-in as its page shows it. */
export const standInItem = z.object({
  id: z.string(),
  userId: z.string(),
  userName: z.string(),
  standInId: z.string(),
  standInName: z.string(),
  startsAt: instant,
  endsAt: instant,
  reason: z.string(),
  /** I may take it back. */
  canEnd: z.boolean(),
});
