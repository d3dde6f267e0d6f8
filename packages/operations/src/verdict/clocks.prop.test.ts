import { approvalAbilities, nobody } from '@flow/core/approval';
import type { Request } from '@flow/core/approval';
import type { Exemption } from '@flow/core/exemption';
import { freeze } from '@flow/core/freeze';
import type { RuleFacts } from '@flow/core/rule';
import { evaluate, indexPolicies } from '@flow/core/verdict';
import type { DeploymentRequest, VerdictContext } from '@flow/core/verdict';
import { createDatabase, openDatabaseClock } from '@flow/db/client';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';

// Friday 18:00 to Monday 08:00 in Berlin, where the clocks go forward on that Sunday; read off a calendar by hand.
const frozenFrom = Date.parse('2026-03-27T17:00:00Z');
const frozenUntil = Date.parse('2026-03-30T06:00:00Z');
const exemptFrom = Date.parse('2026-03-28T22:30:00Z');
const exemptUntil = Date.parse('2026-03-29T01:15:00Z');
const voteUntil = Date.parse('2026-03-29T00:59:30Z');
const hourMs = 3_600_000;

const weekend = freeze.parse({
  id: 'f1',
  revision: 1,
  title: 'Weekend',
  owner: { kind: 'tenant', name: 'Shop' },
  scope: {},
  appliesTo: {},
  enforcement: 'enforce',
  window: { zone: 'Europe/Berlin', start: '2026-03-27T18:00', end: '2026-03-30T08:00', recurrence: null },
  inFlight: 'finish',
});
const exemption: Exemption = {
  id: 'x1',
  ruleId: 'f1',
  kind: 'planned',
  use: 'once',
  serviceId: 's1',
  environmentId: 'e1',
  digest: null,
  deploymentId: 'd1',
  reason: 'agreed',
  ticket: '',
  grantedBy: { userId: 'u1', name: 'Grace' },
  grantedAt: new Date(exemptFrom),
  endsAt: new Date(exemptUntil),
  usedBy: null,
  withdrawnAt: null,
  approvalsRequired: 0,
};
const request: DeploymentRequest = { deploymentId: 'd1', kind: 'deploy', subjectHash: 'h1' };
const facts: RuleFacts = {
  request: {
    action: 'create',
    invoker: 'person',
    kind: 'deploy',
    by: 'Ada',
    fromVersion: '1',
    toVersion: '2',
    changesImage: true,
    changesConfiguration: false,
    changesChart: false,
  },
  service: {
    id: 's1',
    name: 'Checkout',
    tier: '1',
    owner: 'Payments',
    labels: {},
    dependencies: [],
    dependents: [],
    workingHours: { zone: 'UTC', days: [1], startMinute: 0, endMinute: 1 },
  },
  environment: { id: 'e1', name: 'Production', kind: 'production', labels: {} },
  targets: [],
  others: [],
  inFlight: { tenant: 0, platform: 0 },
  previous: null,
  artifact: {
    digest: 'sha256:a',
    version: '2',
    builtAt: new Date(0),
    soakingSince: null,
    testsPassed: true,
    attestations: [],
    vulnerabilities: null,
    newerBelow: [],
  },
  incidents: [],
  errorBudget: null,
  approvals: { count: 0, rejected: false },
};
const contextAt = (now: Date): VerdictContext => ({
  now,
  environment: { name: 'Production', requiredApprovals: 0, archivedAt: null },
  service: { name: 'Checkout', archivedAt: null },
  active: [],
  approval: null,
  governance: {
    policies: indexPolicies({ freezes: [weekend] }),
    place: { tenantId: 't1', environmentId: 'e1', environmentKind: 'production', serviceId: 's1', tier: '1', regions: [], labels: {} },
    facts,
    plan: null,
    evidence: [],
    exemptions: [exemption],
    voting: { ballot: null, electorate: nobody },
    useKey: 'd1',
    beginsWave: true,
  },
});
const asked: Request = {
  demand: { count: 1, policies: [] },
  ballot: { state: 'pending', subjectHash: 'h1', excluded: [], expiresAt: new Date(voteUntil), votes: [], isUsed: false },
  electorate: { ...nobody, people: [{ userId: 'u1', name: 'Grace', role: 'admin', isDisabled: false, groupIds: [] }] },
};

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

const edges = [frozenFrom, frozenUntil, exemptFrom, exemptUntil, voteUntil];
const around = fc.tuple(fc.constantFrom(...edges), fc.integer({ min: -90_000, max: 90_000 })).map(([edge, off]) => edge + off);
const anyRun = fc.record({
  at: around,
  /** How far the clock of the machine is off when the process starts, and when it asks. */
  skewMs: fc.integer({ min: -hourMs, max: hourMs }),
  jumpMs: fc.integer({ min: -hourMs, max: hourMs }),
  ageMs: fc.integer({ min: 0, max: 25_000 }),
  steadyMs: fc.integer({ min: 0, max: 1_000_000_000 }),
  zone: fc.constantFrom('UTC', 'America/New_York', 'Pacific/Kiritimati', 'Asia/Kolkata'),
});

test('the clock and the zone of the machine decide nothing: the time of Postgres does, at the end of a freeze, of an exemption and of a vote', async () => {
  const db = createDatabase('postgres://nobody@127.0.0.1:1/none', 1);
  await fc.assert(
    fc.asyncProperty(anyRun, async ({ at, skewMs, jumpMs, ageMs, steadyMs, zone }) => {
      vi.stubEnv('TZ', zone);
      let steady = steadyMs;
      vi.useFakeTimers({ toFake: ['Date'], now: at - ageMs + skewMs });
      using clock = await openDatabaseClock(db, { askedAt: () => Promise.resolve(new Date(at - ageMs)), steadyMs: () => steady });
      steady += ageMs;
      vi.setSystemTime(at + jumpMs);
      const isFrozen = at >= frozenFrom && at < frozenUntil && !(at >= exemptFrom && at < exemptUntil);
      expect(clock.now().getTime()).toBe(at);
      expect(evaluate(request, contextAt(clock.now())).kind).toBe(isFrozen ? 'heldUntil' : 'allowed');
      expect(approvalAbilities(asked, 'u1', clock.now())[0]?.allowed).toBe(at < voteUntil);
    }),
    { numRuns: 5_000 },
  );
  await db.close();
}, 60_000);
