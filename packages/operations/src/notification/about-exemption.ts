import { someOf } from '@flow/core/approval';
import type { MessageFacts, MessageKind } from '@flow/core/notification';
import { rightsOfRole, role } from '@flow/core/rights';
import type { Tx } from '@flow/db/client';
import { findExemption, findGivers } from '@flow/db/exemption';
import type { ExemptionRow } from '@flow/db/exemption';
import type { NotificationRow } from '@flow/db/notification';
import { involvedIn } from '../exemption/standing.ts';

interface Person {
  userId: string;
  name: string;
}

const giving = role.options.filter((one) => rightsOfRole[one].includes('exemption:grant'));

/** Those who can do something about it: give what is asked for, or look at what was taken. */
async function whoCanAct(tx: Tx, tenantId: string, row: ExemptionRow): Promise<Person[]> {
  const involved = involvedIn(row);
  return (await findGivers(tx, tenantId, { isOfPlatform: row.isOfPlatform, roles: giving })).filter(
    ({ userId }) => !involved.includes(userId),
  );
}

/** User ids of those who are told of an exemption. */
export async function toldOfExemption(tx: Tx, tenantId: string, { exemptionId, kind }: NotificationRow): Promise<string[]> {
  const row = exemptionId === null ? null : await findExemption(tx, tenantId, exemptionId);
  if (row === null) return [];
  if (kind === 'exemptionAnswered') return [row.askedBy];
  return (await whoCanAct(tx, tenantId, row)).map(({ userId }) => userId);
}

/** Whether it need not be told any more: a review that was closed in time. */
export async function isMoot(tx: Tx, tenantId: string, { exemptionId, kind }: NotificationRow): Promise<boolean> {
  if (kind !== 'reviewOverdue' || exemptionId === null) return false;
  return (await findExemption(tx, tenantId, exemptionId))?.reviewClosedAt !== null;
}

/** What a message about an exemption says; null when there is none any more. `base` is the address of the tenant's pages. */
export async function factsOfExemption(
  tx: Tx,
  tenantId: string,
  { found, exemptionId, base }: { found: NotificationRow; exemptionId: string; base: string },
): Promise<MessageFacts | null> {
  const row = await findExemption(tx, tenantId, exemptionId);
  if (row === null) return null;
  const { kind, state } = found;
  const { service, environment, version, policyTitle, askedByName, ticket } = row;
  const isAnswer = kind === 'exemptionAnswered';
  return {
    kind,
    serviceName: service.name,
    version: version ?? '',
    environmentName: environment.name,
    requestedByName: isAnswer ? '' : askedByName,
    state,
    reason: isAnswer ? found.reason : [row.reason, ticket].filter((part) => part !== '').join(', '),
    asked: isAnswer ? '' : someOf((await whoCanAct(tx, tenantId, row)).map(({ name }) => name)),
    policyTitle,
    expiresAt: isAnswer ? null : (row.reviewDueAt ?? row.endsAt),
    url: `${base}/governance/exemptions?view=${views[kind] ?? 'all'}`,
    links: null,
  };
}

/** Where on the page of exemptions it stands. */
const views: Partial<Record<MessageKind, string>> = { exemptionAsked: 'asked', breakGlassTaken: 'reviews', reviewOverdue: 'reviews' };
