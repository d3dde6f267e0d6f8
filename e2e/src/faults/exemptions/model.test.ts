import { exemption } from '@flow/core/exemption';
import type { Exemption } from '@flow/core/exemption';
import { rule } from '@flow/core/rule';
import { evaluate } from '@flow/core/verdict';
import { expect, test } from 'vitest';
import { faultSettings } from '../env.ts';
import { contextOf, requestOf } from '../judged.ts';
import { seededNumbers } from '../seeded.ts';
import { tell } from '../told.ts';

const minuteMs = 60_000;
const begin = Date.parse('2026-03-02T10:00:00Z');
const owner = { kind: 'tenant', name: 'Shop' } as const;
const blocking = ['r1', 'r2'].map((id) =>
  rule.parse({
    id,
    revision: 1,
    title: id,
    owner,
    scope: {},
    appliesTo: {},
    enforcement: 'enforce',
    effect: { kind: 'block' },
    condition: { kind: 'expression', source: 'true' },
    message: 'Closed',
  }),
);

/** One of 51 deployments that all want to start; what it deploys may be changed until it does. */
interface Candidate {
  id: string;
  serviceId: string;
  digest: string;
  approvals: number;
  startCount: number;
}

/** What the database would hold. */
interface Rows {
  now: number;
  rules: number;
  exemptions: readonly Exemption[];
  candidates: readonly Candidate[];
}

/**
 * Whether a deployment may start, told apart from the product: for each rule in force somebody has let it past in this place, with this content, now, and
 * what opens once has opened for nobody else.
 */
function mayStart({ now, rules, exemptions }: Rows, one: Candidate): boolean {
  return ['r1', 'r2'].slice(0, rules).every((ruleId) => {
    const open = exemptions.filter((found) => found.ruleId === ruleId && isFor(found, one) && isOpenAt(found, now));
    const needed = Math.min(...open.map((found) => found.approvalsRequired));
    return open.length > 0 && one.approvals >= needed;
  });
}

function isFor({ serviceId, deploymentId, digest, use, usedBy }: Exemption, one: Candidate): boolean {
  const isNamed = serviceId === one.serviceId && (deploymentId ?? one.id) === one.id && (digest ?? one.digest) === one.digest;
  return isNamed && (use === 'forTime' || (usedBy ?? one.id) === one.id);
}

function isOpenAt({ grantedAt, endsAt, withdrawnAt }: Exemption, now: number): boolean {
  return grantedAt.getTime() <= now && now < Math.min(endsAt.getTime(), withdrawnAt?.getTime() ?? Infinity);
}

/** Starts a deployment as the worker does: judge, then use what it passes by, both or neither. A crash in between leaves nothing. */
function start(rows: Rows, one: Candidate, isCrashing: boolean): { rows: Rows; begins: boolean } {
  const context = contextOf({
    now: new Date(rows.now),
    policies: { rules: blocking.slice(0, rows.rules) },
    exemptions: rows.exemptions,
    serviceId: one.serviceId,
    digest: one.digest,
    useKey: one.id,
    approvals: one.approvals,
  });
  const verdict = evaluate(requestOf(one.id), context);
  if (verdict.kind !== 'allowed' || isCrashing) return { rows, begins: false };
  const used = rows.exemptions.map((found) =>
    verdict.exemptionIds.includes(found.id) && found.use === 'once' ? { ...found, usedBy: one.id } : found,
  );
  const candidates = rows.candidates.map((each) => (each.id === one.id ? { ...each, startCount: each.startCount + 1 } : each));
  return { rows: { ...rows, exemptions: used, candidates }, begins: true };
}

const candidateCount = 51;
const serviceOf = (index: number): string => `s${index % 3}`;

function aBeginning(random: () => number): Rows {
  const candidates = Array.from({ length: candidateCount }, (_, index) => ({
    id: `d${index}`,
    serviceId: serviceOf(index),
    digest: `sha256:${random() < 0.5 ? 'a' : 'b'}`,
    approvals: Math.floor(random() * 3),
    startCount: 0,
  }));
  return { now: begin, rules: 1 + Math.floor(random() * 2), exemptions: [], candidates };
}

/** Somebody is let past: of one deployment or of a place, of one content or any, once or for a time. */
function granted(rows: Rows, random: () => number): Rows {
  const target = Math.floor(random() * candidateCount);
  const isGlass = random() < 0.3;
  const given = exemption.parse({
    id: `x${rows.exemptions.length}`,
    ruleId: random() < 0.6 ? 'r1' : 'r2',
    kind: isGlass ? 'breakGlass' : 'planned',
    use: random() < 0.8 ? 'once' : 'forTime',
    serviceId: serviceOf(target),
    environmentId: 'e1',
    digest: random() < 0.5 ? (rows.candidates[target]?.digest ?? null) : null,
    deploymentId: random() < 0.6 ? `d${target}` : null,
    reason: 'The fix',
    ticket: '',
    grantedBy: { userId: 'u1', name: 'Grace' },
    grantedAt: new Date(rows.now),
    endsAt: new Date(rows.now + (1 + Math.floor(random() * 60)) * minuteMs),
    usedBy: null,
    withdrawnAt: null,
    approvalsRequired: Math.floor(random() * 3),
  });
  return { ...rows, exemptions: [...rows.exemptions, given] };
}

/** One of the other things that happen between two starts. */
function happening(rows: Rows, random: () => number): Rows {
  const drawn = random();
  const at = Math.floor(random() * candidateCount);
  if (drawn < 0.3) return { ...rows, now: rows.now + Math.floor(random() * 20) * minuteMs };
  if (drawn < 0.5) {
    const withdraw = Math.floor(random() * rows.exemptions.length);
    const isFree = (found: Exemption): boolean => found.usedBy === null && found.withdrawnAt === null;
    const take = (found: Exemption): Exemption => (isFree(found) ? { ...found, withdrawnAt: new Date(rows.now) } : found);
    return { ...rows, exemptions: rows.exemptions.map((found, index) => (index === withdraw ? take(found) : found)) };
  }
  const edited = (each: Candidate): Candidate => ({ ...each, digest: `sha256:${random() < 0.5 ? 'a' : 'c'}`, approvals: 0 });
  return { ...rows, candidates: rows.candidates.map((each, index) => (index === at && each.startCount === 0 ? edited(each) : each)) };
}

test('an exemption opens what it names, once: whatever is edited, withdrawn, tried again, comes too late or dies in between', () => {
  const { exemptionRuns, seed } = faultSettings();
  const random = seededNumbers(seed);
  const counts = { runs: 0, tried: 0, begun: 0, refused: 0, crashes: 0, exemptions: 0 };
  const violations: string[] = [];
  for (let run = 0; run < exemptionRuns; run += 1) {
    let rows = aBeginning(random);
    for (let act = 0; act < 6; act += 1) {
      rows = random() < 0.6 ? granted(rows, random) : happening(rows, random);
      // All of them at the same instant, in an order that nobody chose.
      for (const { id } of rows.candidates.toSorted(() => random() - 0.5)) {
        const one = rows.candidates.find((each) => each.id === id);
        if (one === undefined) continue;
        const isCrashing = random() < 0.1;
        const isRight = mayStart(rows, one);
        const { rows: after, begins } = start(rows, one, isCrashing);
        counts.tried += 1;
        counts[begins ? 'begun' : isCrashing ? 'crashes' : 'refused'] += 1;
        if (begins !== (isRight && !isCrashing))
          violations.push(`run ${run}: ${id} ${begins ? 'began' : 'did not begin'} against the model`);
        rows = after;
      }
    }
    counts.runs += 1;
    counts.exemptions += rows.exemptions.length;
    violations.push(...usedTwice(rows).map((found) => `run ${run}: ${found}`));
  }
  tell({ goal: 'G18', counts, violations, seed });
  expect(violations).toEqual([]);
  expect(counts.begun).toBeGreaterThan(0);
}, 1_800_000);

/** Deployments that have begun by what opened for somebody else: counted over what was used, not over what was decided. */
function usedTwice({ exemptions, candidates, rules }: Rows): string[] {
  const begun = candidates.filter((one) => one.startCount > 0);
  const once = exemptions.filter(({ use }) => use === 'once');
  if (once.length < exemptions.length) return [];
  const needed = rules * begun.length;
  const used = once.filter(({ usedBy }) => usedBy !== null).length;
  return used >= needed ? [] : [`${begun.length} deployments began by ${used} exemptions`];
}
