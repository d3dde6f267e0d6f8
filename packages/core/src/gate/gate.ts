import { z } from 'zod';
import { appliesTo, enforcement, owner, scope } from '../rule/index.ts';

const key = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z0-9][a-z0-9-]*$/, 'use lower-case letters, digits and dashes');
/** How old the evidence may be, in seconds; null for any age. */
const maxAgeSeconds = z.number().int().positive().nullable().default(null);
const named = { key, title: z.string().min(1).max(100), maxAgeSeconds };
const origin = {
  /** Who must have built it, or verified it for a summary of a verification; empty for anyone whose key is trusted. */
  builderId: z.string().max(300).default(''),
  /** What it must be built from, such as `git+https://git.example/shop/checkout`, or verified against; empty for anything. */
  sourceUri: z.string().max(300).default(''),
};
const count = z.number().int().min(0).max(1_000_000);

/** What a check looks at, and what evidence is about. */
export const evidenceKind = z.enum(['stages', 'tests', 'coverage', 'scan', 'attestation', 'nfr', 'external', 'checklist']);
export type EvidenceKind = z.infer<typeof evidenceKind>;

/** One test at a gate. */
export const gateCheck = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('stages'), ...named, stages: z.array(z.string().min(1).max(64)).min(1).max(50) }),
  z.strictObject({ kind: z.literal('tests'), ...named, passedMin: count.default(1) }),
  z.strictObject({ kind: z.literal('coverage'), ...named, minPercent: z.number().min(0).max(100) }),
  z.strictObject({ kind: z.literal('scan'), ...named, criticalMax: count.default(0), highMax: count.default(0) }),
  /** A verified in-toto statement of this predicate type, for example `https://slsa.dev/provenance/v1`, made by and from what is named here. */
  z.strictObject({ kind: z.literal('attestation'), ...named, predicateType: z.string().min(1).max(200), ...origin }),
  z.strictObject({ kind: z.literal('nfr'), ...named }),
  /** The answer of an outside service about this very content of a deployment; no answer holds, refuses or lets pass. */
  z.strictObject({
    kind: z.literal('external'),
    ...named,
    externalId: z.string().max(64).default(''),
    ifSilent: z.enum(['hold', 'refuse', 'pass']).default('hold'),
  }),
  z.strictObject({ kind: z.literal('checklist'), ...named, items: z.array(z.string().min(1).max(200)).min(1).max(30) }),
]);
export type GateCheck = z.infer<typeof gateCheck>;

/** A place on the path that an artifact passes when all its checks have. */
export const gate = z.strictObject({
  id: z.string().min(1).max(64),
  revision: z.number().int().positive(),
  title: z.string().min(1).max(100),
  owner,
  scope,
  appliesTo,
  enforcement,
  checks: z
    .array(gateCheck)
    .min(1)
    .max(30)
    .refine((checks) => new Set(checks.map((check) => check.key)).size === checks.length, 'two checks have the same key'),
});
export type Gate = z.infer<typeof gate>;
export type GateInput = z.input<typeof gate>;

const recorded = {
  id: z.string().min(1).max(64),
  /** Digest of the artifact that it is about. */
  digest: z.string().min(1).max(100),
  recordedAt: z.date(),
  /** From when on it counts no more; null when it does not expire. */
  expiresAt: z.date().nullable(),
  /** Who or what recorded it, as people read it. */
  by: z.string().max(100),
};

/** A recorded fact about one artifact. It is kept as it was given: what it means is decided by the checks of the day. */
export const evidence = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('stages'),
    ...recorded,
    stages: z.record(z.string(), z.enum(['succeeded', 'failed', 'running', 'skipped'])),
  }),
  z.strictObject({ kind: z.literal('tests'), ...recorded, passed: count, failed: count }),
  z.strictObject({ kind: z.literal('coverage'), ...recorded, percent: z.number().min(0).max(100) }),
  z.strictObject({ kind: z.literal('scan'), ...recorded, critical: count, high: count }),
  z.strictObject({
    kind: z.literal('attestation'),
    ...recorded,
    predicateType: z.string().max(200),
    verified: z.boolean(),
    detail: z.string().max(500),
    ...origin,
  }),
  z.strictObject({ kind: z.literal('nfr'), ...recorded, result: z.enum(['passed', 'failed', 'inconclusive']) }),
  /** What an outside service said of one content of a deployment, or how far it is with that. */
  z.strictObject({
    kind: z.literal('external'),
    ...recorded,
    externalId: z.string().max(64),
    /** Who was asked. */
    name: z.string().max(100),
    configurationHash: z.string().max(200),
    result: z.enum(['allowed', 'refused', 'waiting', 'silent']),
    /** Of an answer its reason; otherwise what it waits for or why there is none. */
    detail: z.string().max(700),
  }),
  /** One item of a checklist that a person ticked, by the key of the check. */
  z.strictObject({ kind: z.literal('checklist'), ...recorded, checkKey: key, item: z.string().max(200) }),
]);
export type Evidence = z.infer<typeof evidence>;
