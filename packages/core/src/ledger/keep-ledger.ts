import { isBad } from '../backtest/index.ts';
import { casesOf } from './cases.ts';
import type { AccountCase } from './cases.ts';
import { account as accountSchema } from './ledger.ts';
import type { Account, LedgerCase, LedgerEntry, LedgerNumber } from './ledger.ts';
import type { LedgerRecord, Statement } from './record.ts';
import { suggestionsFor } from './suggest.ts';
import { waitingOf } from './waiting.ts';

/** The account of every policy, rule of Flow's own and group of approvers that had to do with anything: who caused most waiting first. */
export function keepLedger(record: LedgerRecord): readonly LedgerEntry[] {
  const cases = Map.groupBy(casesOf(record), keyOf);
  const said = Map.groupBy(
    record.statements.filter(({ effect, isExempted }) => effect !== 'note' || isExempted),
    ({ source, policyId }) => keyOf({ account: source, id: policyId }),
  );
  const alone = Map.groupBy(waitingOf(record.statements, record.now), ({ statement }) =>
    keyOf({ account: statement.source, id: statement.policyId }),
  );
  const outcomes = new Map(record.starts.map(({ deploymentId, outcome }) => [deploymentId, outcome]));
  return [...new Set([...cases.keys(), ...said.keys()])]
    .map((key) => {
      const behind = cases.get(key) ?? [];
      const aloneMs = (alone.get(key) ?? []).reduce((total, waiting) => total + waiting.aloneMs, 0);
      return entryOf({ key, behind, said: said.get(key) ?? [], aloneMs, outcomes });
    })
    .toSorted((left, right) => right.waitedMs - left.waitedMs || compare(left.account, right.account) || compare(left.id, right.id));
}

/** The deployments behind one number of one account: those that weigh most first, else the newest. */
export function casesBehind(
  record: LedgerRecord,
  wanted: { account: Account; id: string; number: LedgerNumber },
  limit: number,
): { total: number; cases: readonly LedgerCase[] } {
  const found = casesOf(record).filter(
    ({ account, id, number }) => account === wanted.account && id === wanted.id && number === wanted.number,
  );
  const sorted = found.toSorted((left, right) => (right.ms ?? 0) - (left.ms ?? 0) || right.at.getTime() - left.at.getTime());
  return { total: found.length, cases: sorted.slice(0, limit).map(({ account: _account, id: _id, number: _number, ...one }) => one) };
}

interface Behind {
  key: string;
  behind: readonly AccountCase[];
  said: readonly Statement[];
  aloneMs: number;
  outcomes: ReadonlyMap<string, LedgerRecord['starts'][number]['outcome']>;
}

function entryOf({ key, behind, said, aloneMs, outcomes }: Behind): LedgerEntry {
  const { account, id } = accountOf(key);
  const of = (number: LedgerNumber): readonly AccountCase[] => behind.filter((one) => one.number === number);
  const waited = of('waited');
  const decided = of('decided').flatMap(({ ms }) => ms ?? []);
  const [shadow, enforced] = [said.filter(({ isShadow }) => isShadow), said.filter(({ isShadow }) => !isShadow)];
  const stoppedCount = account === 'group' ? waited.length : distinct(enforced);
  const bypassedCount = of('bypassed').length;
  const waitedMs = waited.reduce((total, { ms }) => total + (ms ?? 0), 0);
  const entry = {
    account,
    id,
    stoppedCount,
    waitedMs,
    aloneMs: account === 'group' ? waitedMs : aloneMs,
    savedCount: of('saved').length,
    shadowCount: shadow.length,
    shadowGoodCount: shadow.filter(({ deploymentId }) => deploymentId !== null && isGood(outcomes.get(deploymentId))).length,
    bypassedCount,
    bypassRate: enforced.length === 0 ? null : bypassedCount / enforced.length,
    decidedCount: decided.length,
    medianDecisionMs: medianOf(decided),
  };
  return { ...entry, suggestions: suggestionsFor(entry) };
}

function isGood(outcome: LedgerRecord['starts'][number]['outcome'] | undefined): boolean {
  return outcome !== undefined && outcome !== null && !isBad(outcome);
}

/** A request of which it was said again later is one request. */
function distinct(said: readonly Statement[]): number {
  const deployments = new Set(said.flatMap(({ deploymentId }) => deploymentId ?? []));
  return deployments.size + said.filter(({ deploymentId }) => deploymentId === null).length;
}

/** The middle one; of an even number the lower of the two in the middle. Null of none. */
export function medianOf(values: readonly number[]): number | null {
  return values.toSorted((left, right) => left - right)[Math.floor((values.length - 1) / 2)] ?? null;
}

function keyOf({ account, id }: { account: Account; id: string }): string {
  return `${account} ${id}`;
}

function accountOf(key: string): { account: Account; id: string } {
  const [account = '', ...rest] = key.split(' ');
  return { account: accountSchema.parse(account), id: rest.join(' ') };
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
