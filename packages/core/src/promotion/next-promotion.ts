import { isTerminal } from '../deployment/index.ts';
import type { DeploymentState } from '../deployment/index.ts';
import type { PathStage, PlaceHealth, RunningIn } from './matrix.ts';
import { opensFrom } from './promotion-rule.ts';
import type { PromotionRule } from './promotion-rule.ts';

/** A deployment of the service to the environment that is promoted to which has not ended. */
export interface Underway {
  version: string;
  builtAt: Date;
  /** It has begun to change something. */
  hasBegun: boolean;
  /** The person who asked for it; null when Flow did by itself. */
  askedByName: string | null;
}

/** All that a promotion by rule depends on, for one service and one rule. */
export interface PromotionFacts {
  serviceName: string;
  /** The environments of the tenant that are not archived. */
  path: readonly PathStage[];
  /** What runs of the service, wherever. */
  running: readonly RunningIn[];
  /** Who keeps the service at a version in the environment that is promoted to; null when nobody does. */
  pin: { version: string; reason: string; placedByName: string } | null;
  underway: readonly Underway[];
  /** Artifacts that were asked for there before, with what became of the newest of those deployments. */
  tried: ReadonlyMap<string, DeploymentState>;
}

/** Something that a promotion waits for. `until` is null where no time can be named. */
export interface WaitReason {
  kind: 'soak' | 'degraded' | 'unwell' | 'pinned' | 'underway' | 'schedule' | 'refused';
  sentence: string;
  until: Date | null;
}

/**
 * What a rule does next with a service.
 * - `promotes`: this artifact, now. `waits`: this artifact is next; `until` is when time alone will have lifted every reason, else null.
 * - `nothing`: there is nothing to promote, with why.
 */
export type NextPromotion =
  | { kind: 'nothing'; sentence: string }
  | { kind: 'waits'; artifactId: string; version: string; until: Date | null; reasons: readonly WaitReason[] }
  | { kind: 'promotes'; artifactId: string; version: string };

/**
 * What the rule does next, by the facts and the time alone. It promotes each artifact at most once, never one that is older than what runs there, and never
 * while a person keeps the place or has a deployment of their own underway.
 */
export function nextPromotion(rule: PromotionRule, facts: PromotionFacts, now: Date): NextPromotion {
  const stages = stagesOf(rule, facts);
  if (typeof stages === 'string') return { kind: 'nothing', sentence: stages };
  const found = candidateOf(stages, facts);
  if (typeof found === 'string') return { kind: 'nothing', sentence: found };
  const past = pastOf(found, stages, facts);
  if (past !== null) return { kind: 'nothing', sentence: past };
  const { artifactId, version } = found;
  const reasons = reasonsOf({ rule, facts, stages, found, now });
  if (reasons.length === 0) return { kind: 'promotes', artifactId, version };
  return { kind: 'waits', artifactId, version, until: latestOf(reasons), reasons };
}

/**
 * What soaks where it comes from, or is about to be promoted: automation does not replace it there. What is degraded is not protected: what mends it may come.
 * `until` is null while it is being promoted.
 */
export function protectedSoak(next: NextPromotion): { artifactId: string; version: string; until: Date | null } | null {
  if (next.kind === 'nothing') return null;
  const { artifactId, version } = next;
  if (next.kind === 'promotes') return { artifactId, version, until: null };
  const soak = next.reasons.find(({ kind }) => kind === 'soak');
  return soak === undefined || next.reasons.some(({ kind }) => kind === 'degraded') ? null : { artifactId, version, until: soak.until };
}

interface Stages {
  from: PathStage;
  to: PathStage;
}

/** The two environments, or why the rule cannot do anything between them. */
function stagesOf({ fromId, toId }: PromotionRule, { path }: PromotionFacts): Stages | string {
  const from = path.find(({ id }) => id === fromId);
  const to = path.find(({ id }) => id === toId);
  if (from === undefined || to === undefined) return 'One of the two environments is archived';
  return isNext(path, { from, to }) ? { from, to } : `${to.name} does not come right after ${from.name} on the promotion path`;
}

/** Whether one environment comes right after the other on the promotion path; ephemeral ones are beside it. */
export function isNext(path: readonly PathStage[], { from, to }: Stages): boolean {
  const isBetween = ({ kind, position }: PathStage): boolean => kind !== 'ephemeral' && position > from.position && position < to.position;
  return from.kind !== 'ephemeral' && to.kind !== 'ephemeral' && from.position < to.position && !path.some(isBetween);
}

interface Candidate {
  artifactId: string;
  version: string;
  digest: string;
  builtAt: Date;
  /** When it became healthy in the last of the regions. */
  since: Date;
  unwell: readonly { region: string; health: PlaceHealth }[];
}

/** The one version that runs in every region of the environment below, or why there is none. */
function candidateOf({ from }: Stages, { running, serviceName }: PromotionFacts): Candidate | string {
  const here = running.filter(({ environmentId }) => environmentId === from.id);
  const [first] = here.toSorted((left, right) => right.since.getTime() - left.since.getTime() || (left.region < right.region ? -1 : 1));
  if (first === undefined) return `Nothing of ${serviceName} runs in ${from.name}`;
  const isEverywhere = from.regions.every((region) => here.some((one) => one.region === region));
  if (!isEverywhere || here.some(({ artifactId }) => artifactId !== first.artifactId))
    return `Not every region of ${from.name} runs the same version of ${serviceName}`;
  if (here.some(({ isQuarantined }) => isQuarantined)) return `${first.version}, which runs in ${from.name}, is in quarantine`;
  const unwell = here.filter(({ health }) => health !== 'healthy').map(({ region, health }) => ({ region, health }));
  return { ...first, unwell: unwell.toSorted((left, right) => (left.region < right.region ? -1 : 1)) };
}

const became = {
  preparing: 'is on its way to',
  awaitingApproval: 'is on its way to',
  held: 'is on its way to',
  deploying: 'is on its way to',
  baking: 'is on its way to',
  paused: 'is on its way to',
  rollingBack: 'is being taken back from',
  succeeded: 'was deployed before to',
  rolledBack: 'was taken back from',
  failed: 'failed on its way to',
  rejected: 'was rejected on its way to',
  expired: 'was not approved in time for',
  superseded: 'was overtaken on its way to',
  cancelled: 'was cancelled on its way to',
} as const satisfies Record<DeploymentState, string>;

/** Why the artifact needs no promotion any more, or gets none by itself; null when it is new to the environment above. */
function pastOf({ artifactId, version, digest, builtAt }: Candidate, { to }: Stages, { running, tried }: PromotionFacts): string | null {
  const there = running.filter(({ environmentId }) => environmentId === to.id);
  const isThere = to.regions.every((region) => there.some((one) => one.region === region && one.digest === digest));
  if (isThere) return `${version} runs in ${to.name}`;
  const [newest] = there.toSorted((left, right) => right.builtAt.getTime() - left.builtAt.getTime());
  if (newest !== undefined && newest.builtAt > builtAt) return `${to.name} runs ${newest.version}, which is newer than ${version}`;
  const state = tried.get(artifactId);
  if (state === undefined) return null;
  return `${version} ${became[state]} ${to.name}${isTerminal(state) ? ': it goes there again when somebody asks for it' : ''}`;
}

interface Case {
  rule: PromotionRule;
  facts: PromotionFacts;
  stages: Stages;
  found: Candidate;
  now: Date;
}

function reasonsOf(asked: Case): readonly WaitReason[] {
  const soakedAt = new Date(asked.found.since.getTime() + asked.rule.soakMinutes * 60_000);
  return [soaks(asked, soakedAt), unwell(asked), pinned(asked), underway(asked), schedule(asked, soakedAt)].filter((one) => one !== null);
}

function soaks({ stages: { from }, found: { version }, now }: Case, soakedAt: Date): WaitReason | null {
  return now < soakedAt ? { kind: 'soak', sentence: `${version} soaks in ${from.name}`, until: soakedAt } : null;
}

const conditions = {
  healthy: 'healthy',
  progressing: 'not settled',
  paused: 'paused',
  degraded: 'degraded',
  unknown: 'not known to be healthy',
} as const satisfies Record<PlaceHealth, string>;

function unwell({ stages: { from }, found: { version, unwell: regions } }: Case): WaitReason | null {
  if (regions.length === 0) return null;
  const where = regions.map(({ region, health }) => `${conditions[health]} in ${region}`).join(', ');
  const kind = regions.some(({ health }) => health === 'degraded') ? 'degraded' : 'unwell';
  return { kind, sentence: `${version} is ${where} of ${from.name}`, until: null };
}

function pinned({ stages: { to }, facts: { pin, serviceName } }: Case): WaitReason | null {
  if (pin === null) return null;
  const sentence = `${pin.placedByName} keeps ${serviceName} in ${to.name} at ${pin.version}: ${pin.reason}`;
  return { kind: 'pinned', sentence, until: null };
}

/** What moves is waited for; of what only waits, an older build that Flow asked for by itself is overtaken. */
function underway({ stages: { to }, found, facts }: Case): WaitReason | null {
  const other = facts.underway.find((one) => one.hasBegun || one.askedByName !== null || one.builtAt >= found.builtAt);
  if (other === undefined) return null;
  const by = other.askedByName === null ? '' : `, which ${other.askedByName} has asked for,`;
  return { kind: 'underway', sentence: `${other.version}${by} is on its way to ${to.name}`, until: null };
}

function schedule({ rule: { window }, now }: Case, soakedAt: Date): WaitReason | null {
  if (window === null) return null;
  const ready = now < soakedAt ? soakedAt : now;
  const opensAt = opensFrom(window, ready);
  if (opensAt === null) return { kind: 'schedule', sentence: 'The schedule of the rule is over', until: null };
  return opensAt > ready ? { kind: 'schedule', sentence: 'The schedule of the rule opens later', until: opensAt } : null;
}

function latestOf(reasons: readonly WaitReason[]): Date | null {
  const times = reasons.flatMap(({ until }) => until?.getTime() ?? []);
  return times.length < reasons.length ? null : new Date(Math.max(...times));
}
