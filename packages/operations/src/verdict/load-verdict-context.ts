import { nobody, standingOf } from '@flow/core/approval';
import type { ApprovalPolicy } from '@flow/core/approval';
import { protectedSoak } from '@flow/core/promotion';
import { evaluate } from '@flow/core/verdict';
import type { Asker, Governance, Pinned, Policies, Soaking, VerdictContext } from '@flow/core/verdict';
import { ballotOf, findApprovalOfDeployment } from '@flow/db/approval';
import { findEnvironment, findService } from '@flow/db/catalog';
import type { EnvironmentDetail, ServiceDetail } from '@flow/db/catalog';
import type { Tx } from '@flow/db/client';
import { findCodeOwners, listActiveInPlace } from '@flow/db/deployment';
import { findNames } from '@flow/db/person';
import { findPin, findQuarantineOf } from '@flow/db/promotion';
import { mayStill } from '@flow/db/tenancy';
import { loadElectorate, withCodeOwners } from '../approval/load-electorate.ts';
import { buildPlan } from '../deployment/build-plan.ts';
import { loadNextPromotions } from '../promotion/load-next-promotions.ts';
import { loadTurn } from '../queue/load-turn.ts';
import { notFound } from '../context/index.ts';
import { loadGovernance, loadWholeGovernance } from './load-governance.ts';
import type { Asked } from './load-governance.ts';

/** A request with its place: what every look at the rules begins with. */
export interface AskedFor extends Asked {
  serviceId: string;
  environmentId: string;
}

/**
 * Loads all that the rules look at for one request, now: the same for the preview, the asking, the start and every wave. Votes of people who may no
 * longer vote do not count.
 */
export async function loadVerdictContext(reader: Tx, tenantId: string, asked: AskedFor): Promise<VerdictContext> {
  const { service, environment, ...context } = await loadUngoverned(reader, tenantId, asked);
  const governance = await loadGovernance({ reader, tenantId, service, environment, asked });
  const voting = await loadVoting(reader, tenantId, { asked, owner: service.owner, governance });
  const approval = approvalOf(voting, governance);
  const turn = await turnOf(reader, tenantId, { asked, service, environment, governance });
  const plain = { ...context, service, environment, approval, ...turn };
  return governance === undefined ? plain : { ...plain, governance: withVotes({ ...governance, voting }, approval) };
}

interface InPlace {
  asked: AskedFor;
  service: ServiceDetail;
  environment: EnvironmentDetail;
  governance: Governance | undefined;
}

/** Where a start stands in line; what has begun, and what goes back, stands in none. */
async function turnOf(
  reader: Tx,
  tenantId: string,
  { asked, service, environment, governance }: InPlace,
): Promise<Pick<VerdictContext, 'turn'>> {
  if (asked.action !== 'create') return {};
  const { deploymentId, kind, line, now, serviceId } = asked;
  const plan = asked.plan ?? buildPlan(environment, service.slug);
  const request = { deploymentId, kind, subjectHash: null };
  const inLine = { request, serviceId, plan, askedAt: line?.askedAt ?? now, notBefore: line?.notBefore ?? null, now };
  return { turn: await loadTurn(reader, tenantId, { inLine, governance }) };
}

/** The same under the given policies, with all that there is to know, whether anything looks at it or not. */
export async function loadWholeContext(
  reader: Tx,
  tenantId: string,
  { asked, policies }: { asked: AskedFor; policies: Policies },
): Promise<VerdictContext & { governance: Governance }> {
  const { service, environment, ...context } = await loadUngoverned(reader, tenantId, asked);
  const governance = await loadWholeGovernance({ reader, tenantId, service, environment, asked }, policies);
  const voting = await loadVoting(reader, tenantId, { asked, owner: service.owner, governance });
  const approval = approvalOf(voting, governance);
  const turn = await turnOf(reader, tenantId, { asked, service, environment, governance });
  return { ...context, service, environment, approval, ...turn, governance: withVotes({ ...governance, voting }, approval) };
}

interface Ungoverned extends Omit<VerdictContext, 'governance' | 'approval'> {
  service: ServiceDetail;
  environment: EnvironmentDetail;
}

async function loadUngoverned(reader: Tx, tenantId: string, asked: AskedFor): Promise<Ungoverned> {
  const { serviceId, environmentId, now } = asked;
  // One after the other: a transaction has one connection.
  const service = await findService(reader, tenantId, serviceId);
  if (service === null) throw notFound('service');
  const environment = await findEnvironment(reader, tenantId, environmentId);
  if (environment === null) throw notFound('environment');
  const active = await listActiveInPlace(reader, tenantId, { serviceId, environmentId });
  const names = await findNames(
    reader,
    active.map((one) => one.requestedBy),
  );
  return {
    now,
    environment,
    service,
    quarantine: await findQuarantineOf(reader, tenantId, asked),
    pin: await pinOf(reader, tenantId, asked),
    soaking: await soakingOf(reader, tenantId, { asked, service }),
    asker: await askerOf(reader, tenantId, asked),
    active: active.map((one) => ({ id: one.id, state: one.state, requestedByName: names.get(one.requestedBy ?? '') ?? 'Flow' })),
  };
}

/** Whoever asked for a deployment that has not begun, as they stand in the tenant now. */
async function askerOf(reader: Tx, tenantId: string, { action, line, by }: AskedFor): Promise<Asker | null> {
  const userId = line?.askedBy ?? null;
  if (action !== 'create' || userId === null) return null;
  return { name: by, mayDeploy: await mayStill(reader, tenantId, { userId, right: 'deployment:ask' }) };
}

/** Going back is held by no pin, nor is what the place is pinned to. */
async function pinOf(reader: Tx, tenantId: string, asked: AskedFor): Promise<Pinned | null> {
  const pin = asked.kind === 'rollback' ? null : await findPin(reader, tenantId, asked);
  if (pin === null || (pin.artifactId !== null && pin.artifactId === asked.artifactId)) return null;
  return { version: pin.version, reason: pin.reason, placedByName: pin.placedByName, holds: asked.invoker === 'automation' };
}

/** What automation would take away while it soaks to be promoted by a rule; of several the one that soaks longest. */
async function soakingOf(
  reader: Tx,
  tenantId: string,
  { asked, service }: { asked: AskedFor; service: ServiceDetail },
): Promise<Soaking | null> {
  if (asked.action !== 'create' || asked.invoker !== 'automation') return null;
  const { environmentId: fromId, now } = asked;
  const all: Soaking[] = [];
  for (const { rule, toName, next } of await loadNextPromotions(reader, tenantId, { service, now, fromId })) {
    const soak = protectedSoak(next);
    if (rule.enforcement !== 'enforce' || soak === null || soak.artifactId === asked.artifactId) continue;
    // What the rules above refuse is not waited for.
    if (soak.until === null && (await isRefused(reader, tenantId, { asked, toId: rule.toId, artifactId: soak.artifactId }))) continue;
    all.push({ version: soak.version, toName, until: soak.until });
  }
  const [longest] = all.toSorted((left, right) => (right.until?.getTime() ?? Infinity) - (left.until?.getTime() ?? Infinity));
  return longest ?? null;
}

/** Whether the rules refuse a promotion whatever one waits for. */
async function isRefused(
  reader: Tx,
  tenantId: string,
  { asked, toId, artifactId }: { asked: AskedFor; toId: string; artifactId: string },
): Promise<boolean> {
  const promotion = {
    ...asked,
    environmentId: toId,
    artifactId,
    deploymentId: null,
    repeatsId: null,
    plan: null,
    workload: null,
    line: null,
  };
  const context = await loadVerdictContext(reader, tenantId, { ...promotion, beginsWave: true });
  return evaluate({ deploymentId: null, kind: 'deploy', subjectHash: null }, context).kind === 'denied';
}

function withVotes(governance: Governance, approval: VerdictContext['approval']): Governance {
  const approvals = { count: approval?.approvedCount ?? 0, rejected: approval?.state === 'rejected' };
  return { ...governance, facts: { ...governance.facts, approvals } };
}

/** The policies that can name approvers here, in shadow ones too. */
function policiesOf(governance: Governance | undefined): readonly ApprovalPolicy[] {
  return governance === undefined ? [] : governance.policies.approvals.covering(governance.place);
}

/** The votes on the deployment and the people whom its policies can name. */
async function loadVoting(
  reader: Tx,
  tenantId: string,
  about: { asked: AskedFor; owner: string; governance: Governance | undefined },
): Promise<Governance['voting']> {
  const { owner, governance } = about;
  const { deploymentId, now } = about.asked;
  const policies = policiesOf(governance);
  const row = deploymentId === null ? null : await findApprovalOfDeployment(reader, tenantId, deploymentId);
  const ballot = row === null ? null : ballotOf(row);
  if (ballot === null && policies.length === 0) return { ballot, electorate: nobody };
  const ballots = ballot === null ? [] : [ballot];
  const electorate = await loadElectorate(reader, tenantId, { policies, ballots, now, isWhole: policies.length > 0 });
  const owners = deploymentId === null ? new Map<string, string[]>() : await findCodeOwners(reader, tenantId, [deploymentId]);
  const codeOwners = owners.get(deploymentId ?? '') ?? null;
  return { ballot, electorate: await withCodeOwners(reader, tenantId, { electorate, policies, codeOwners, owner }) };
}

/** How many different people have said yes; votes of people who may no longer vote do not count. */
function approvalOf({ ballot, electorate }: Governance['voting'], governance: Governance | undefined): VerdictContext['approval'] {
  if (ballot === null) return null;
  const policies = policiesOf(governance).filter((policy) => policy.enforcement === 'enforce');
  const { approvedCount } = standingOf({ count: 0, policies }, ballot, electorate);
  return { approvedCount, subjectHash: ballot.subjectHash, state: ballot.state };
}
