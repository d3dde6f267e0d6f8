import type { Statement } from './record.ts';

/** How long one request waited for one policy, and how much of that for nothing else. */
export interface Waiting {
  statement: Statement;
  waitedMs: number;
  aloneMs: number;
}

/** Whether it made a request wait: it stood against it, in force, and the request was there to wait. */
function isWaiting({ isShadow, effect, deploymentId }: Statement): boolean {
  return !isShadow && deploymentId !== null && (effect === 'hold' || effect === 'approvals');
}

/** How long each statement made its request wait; what others said of the same request at the same time is not for it alone. */
export function waitingOf(statements: readonly Statement[], now: Date): readonly Waiting[] {
  const byDeployment = Map.groupBy(statements.filter(isWaiting), ({ deploymentId }) => deploymentId);
  return [...byDeployment.values()].flatMap((together) =>
    together.map((statement) => ({
      statement,
      waitedMs: lengthOf(statement, now),
      aloneMs: aloneOf(
        statement,
        together.filter(({ source, policyId }) => source !== statement.source || policyId !== statement.policyId),
        now,
      ),
    })),
  );
}

function lengthOf({ beganAt, endedAt }: Statement, now: Date): number {
  return Math.max(0, (endedAt ?? now).getTime() - beganAt.getTime());
}

/** The length without what any of the others cover of it. */
function aloneOf(statement: Statement, others: readonly Statement[], now: Date): number {
  const end = (statement.endedAt ?? now).getTime();
  let [at, alone] = [statement.beganAt.getTime(), 0];
  for (const other of others.toSorted((left, right) => left.beganAt.getTime() - right.beganAt.getTime())) {
    const [from, until] = [other.beganAt.getTime(), (other.endedAt ?? now).getTime()];
    if (until <= at || from >= end) continue;
    alone += Math.max(0, Math.min(from, end) - at);
    at = Math.max(at, Math.min(until, end));
  }
  return alone + Math.max(0, end - at);
}
