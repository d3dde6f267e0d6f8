import { appendFile } from 'node:fs/promises';
import { listChains } from '@flow/db/audit';
import type { ChainGlance } from '@flow/db/audit';
import type { Database } from '@flow/db/client';
import { wake } from '@flow/db/jobs';
import { checkChain } from '@flow/operations/audit';
import type { CheckpointSigner } from '@flow/operations/audit';
import type { Logger } from 'pino';
import type { JobHandler } from '../jobs/run-jobs.ts';
import { systemContext } from '../system-context.ts';

/** What the walk over the record needs from outside. */
export interface ChainDependencies {
  db: Database;
  log: Logger;
  now: () => Date;
  newId: () => string;
  /** Null without FLOW_AUDIT_KEY: chains are checked, and their ends are not signed. */
  signer: CheckpointSigner | null;
  /** File that signed ends are added to, besides the database and the log; null for none. */
  checkpointFile: string | null;
}

const everyMs = 10 * 60_000;
const wholeEveryMs = 24 * 60 * 60_000;
const chainsAtOnce = 500;

/** Has one worker look at the chains now, and from then on every ten minutes. */
export function wakeChainChecks({ db, now }: Pick<ChainDependencies, 'db' | 'now'>): Promise<void> {
  return wake(db.prisma, { kind: 'auditCheck', key: 'all', tenantId: null, runAt: now() });
}

/** Walks over what is new in every chain, and once a day over the whole of it, and signs the ends of those that hold. */
export function checkChains(dependencies: ChainDependencies): JobHandler {
  return async (_job, signal) => {
    for (let after = ''; ;) {
      const chains = await listChains(dependencies.db.prisma, { tenantId: after, limit: chainsAtOnce });
      for (const chain of chains) if (isDue(chain, dependencies.now()) && !signal.aborted) await checkOne(dependencies, chain, signal);
      const last = chains.at(-1);
      if (last === undefined || chains.length < chainsAtOnce || signal.aborted) break;
      after = last.tenantId;
    }
    return { kind: 'waiting', until: new Date(dependencies.now().getTime() + everyMs) };
  };
}

function isDue(chain: ChainGlance, now: Date): boolean {
  return chain.seq !== chain.checkedSeq || isWholeDue(chain, now);
}

function isWholeDue({ wholeAt }: ChainGlance, now: Date): boolean {
  return wholeAt === null || now.getTime() - wholeAt.getTime() >= wholeEveryMs;
}

async function checkOne(dependencies: ChainDependencies, chain: ChainGlance, signal: AbortSignal): Promise<void> {
  const { log, signer, now, checkpointFile } = dependencies;
  const ctx = systemContext(dependencies, chain.tenantId, 'walks over the record');
  const { fault, note } = await checkChain(ctx, { isWhole: isWholeDue(chain, now()) }, { signer, signal });
  if (fault !== null)
    log.error({ tenant: chain.tenantId, seq: fault.seq, kind: fault.kind }, `the audit record does not hold: ${fault.sentence}`);
  if (note === null) return;
  // In the log it is out of reach of whoever may change the database.
  log.info({ tenant: chain.tenantId, checkpoint: note }, 'the end of an audit chain was signed');
  if (checkpointFile !== null) await appendFile(checkpointFile, `${note}\n`);
}
