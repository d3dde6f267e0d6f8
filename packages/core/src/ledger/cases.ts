import { isBad } from '../backtest/index.ts';
import type { Account, LedgerCase, LedgerNumber } from './ledger.ts';
import type { Asking, LedgerRecord, Start, Statement } from './record.ts';
import { waitingOf } from './waiting.ts';

/** A case of one account, behind one of its numbers. */
export interface AccountCase extends LedgerCase {
  account: Account;
  id: string;
  number: LedgerNumber;
}

/** Every deployment behind every number of the ledger: the numbers are made from these and from nothing else. */
export function casesOf(record: LedgerRecord): readonly AccountCase[] {
  return [...waitedCases(record), ...savedCases(record), ...bypassedCases(record), ...decidedCases(record), ...teamCases(record)];
}

function waitedCases({ statements, now }: LedgerRecord): readonly AccountCase[] {
  return waitingOf(statements, now).map(({ statement, waitedMs }) => ({ ...caseOf(statement, 'waited'), ms: waitedMs }));
}

/** Refused and not begun later as it was, or, in shadow, begun and proved bad. */
function savedCases({ statements, starts, askings }: LedgerRecord): readonly AccountCase[] {
  const byPlace = Map.groupBy(starts, placeOf);
  const rejected = new Set(askings.filter(({ isRejected }) => isRejected).map(({ deploymentId }) => deploymentId));
  const outcomes = new Map(starts.map((start) => [start.deploymentId, start.outcome]));
  const wasBegunLater = (statement: Statement): boolean =>
    (byPlace.get(placeOf(statement)) ?? []).some(({ at, digest }) => digest === statement.digest && at >= statement.beganAt);
  return statements.flatMap((statement) => {
    const { isShadow, effect, deploymentId } = statement;
    if (effect === 'note') return [];
    const outcome = deploymentId === null ? null : (outcomes.get(deploymentId) ?? null);
    const isRefusal = effect === 'deny' || (effect === 'approvals' && rejected.has(deploymentId ?? ''));
    const isSaved = isShadow ? isBad(outcome) : isRefusal && !wasBegunLater(statement);
    return isSaved ? [caseOf(statement, 'saved')] : [];
  });
}

function placeOf({ serviceId, environmentId }: Pick<Start, 'serviceId' | 'environmentId'>): string {
  return `${serviceId} ${environmentId}`;
}

function bypassedCases({ statements }: LedgerRecord): readonly AccountCase[] {
  return statements.filter(({ isShadow, isExempted }) => !isShadow && isExempted).map((statement) => caseOf(statement, 'bypassed'));
}

/** Each request that people decided, under each policy that asked them; without any it was the environment that asked. */
function decidedCases({ askings }: LedgerRecord): readonly AccountCase[] {
  return askings.flatMap((asking) => {
    const { decidedAt, policyIds } = asking;
    if (decidedAt === null) return [];
    const ms = decidedAt.getTime() - asking.createdAt.getTime();
    const accounts: readonly [Account, string][] =
      policyIds.length === 0 ? [['builtIn', 'production-approval']] : policyIds.map((id) => ['approval', id]);
    return accounts.map(([account, id]) => askedCase(asking, { account, id, number: 'decided', ms }));
  });
}

/** Of a group: how long requests of the policies that name it waited for the first vote of a member, whether one has come or not. */
function teamCases({ askings, teams, now }: LedgerRecord): readonly AccountCase[] {
  return teams.flatMap(({ id, memberIds, policyIds }) =>
    askings
      .filter((asking) => asking.policyIds.some((policyId) => policyIds.includes(policyId)))
      .flatMap((asking) => {
        const votes = asking.votes.filter(({ userId }) => memberIds.includes(userId)).map(({ at }) => at.getTime());
        const end = votes.length === 0 ? (asking.decidedAt ?? now).getTime() : Math.min(...votes);
        const ms = Math.max(0, end - asking.createdAt.getTime());
        const waited = askedCase(asking, { account: 'group', id, number: 'waited', ms });
        return votes.length === 0 ? [waited] : [waited, { ...waited, number: 'decided' as const }];
      }),
  );
}

function caseOf(statement: Statement, number: LedgerNumber): AccountCase {
  const { source, policyId, deploymentId, serviceId, environmentId, beganAt, sentence } = statement;
  return { account: source, id: policyId, number, deploymentId, serviceId, environmentId, at: beganAt, ms: null, sentence };
}

function askedCase(
  { deploymentId, serviceId, environmentId, createdAt, isRejected }: Asking,
  of: Pick<AccountCase, 'account' | 'id' | 'number' | 'ms'>,
): AccountCase {
  return { ...of, deploymentId, serviceId, environmentId, at: createdAt, sentence: isRejected ? 'Rejected' : '' };
}
