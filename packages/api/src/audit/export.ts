import { exportCheckpointLine, exportHeaderLine, exportLine } from '@flow/core/audit';
import type { ChainHead } from '@flow/core/audit';
import { FlowError } from '@flow/core/fault';
import { slug } from '@flow/core/identity';
import { can, isPlatformAdmin, userIdOf } from '@flow/core/rights';
import type { AuditFilter } from '@flow/db/audit';
import { findChainHead, listCheckpoints, listFittingLinks } from '@flow/db/audit';
import type { Database } from '@flow/db/client';
import { recordExport } from '@flow/operations/audit';
import { notFound, parseInput, platformTenantId } from '@flow/operations/context';
import { z } from 'zod';
import { addressKey } from '../limit/index.ts';
import { createContext } from '../router/index.ts';
import type { ApiServices } from '../router/index.ts';
import { tenantOfSlug } from '../trpc/index.ts';
import type { ApiContext, RequestFacts } from '../trpc/index.ts';
import { auditFilterFields } from './schemas.ts';

/** A copy of the record on its way: everything that can be refused has been, when this is given. */
export interface AuditExport {
  /** For the file that it is saved as. */
  fileName: string;
  /** JSON lines: what it is, then the entries in the order of the chain, then the signed ends. */
  lines: AsyncGenerator<string>;
}

const query = z.strictObject({
  /** A tenant, or `platform` for the record of the installation. */
  tenant: slug,
  ...auditFilterFields,
});
const linksAtOnce = 500;

/** Opens an export of the record, as far as the filter asks, for those who may read it; that they took it is written down first. */
export async function openAuditExport(
  services: ApiServices,
  request: { facts: RequestFacts; query: Readonly<Record<string, string>> },
): Promise<AuditExport> {
  const ctx = await createContext(services, request.facts);
  services.rates.countProcedure('audit.export', userIdOf(ctx.actor) ?? addressKey(request.facts.address));
  const { tenant, ...filter } = parseInput(query, request.query);
  const tenantId = await whoseRecord(ctx, tenant);
  const { tenant: _tenant, ...asked } = request.query;
  await recordExport(ctx.operationIn(tenantId), asked);
  const head = await findChainHead(services.db.prisma, tenantId);
  const header = exportHeaderLine({ tenantId, head, at: services.now(), filter: asked });
  return {
    fileName: `audit-${tenant}-${services.now().toISOString().slice(0, 10)}.jsonl`,
    lines: linesOf(services.db, { tenantId, head, header, filter, isWhole: Object.keys(asked).length === 0 }),
  };
}

async function whoseRecord(ctx: ApiContext, tenant: string): Promise<string> {
  if (ctx.actor.kind === 'anonymous') throw new FlowError({ code: 'unauthenticated', message: 'Log in first' });
  if (tenant === platformTenantId) {
    if (isPlatformAdmin(ctx.actor)) return platformTenantId;
    throw notFound('tenant');
  }
  const found = await tenantOfSlug(ctx, tenant);
  if (can(ctx.actor, 'audit:read', found.id)) return found.id;
  throw new FlowError({ code: 'forbidden', message: 'Your role does not include reading the audit log' });
}

interface Exported {
  tenantId: string;
  head: ChainHead;
  header: string;
  filter: AuditFilter;
  isWhole: boolean;
}

/** What is appended meanwhile is left to the next export: this one ends where the chain ended when it was asked for. */
async function* linesOf({ prisma }: Database, { tenantId, head, header, filter, isWhole }: Exported): AsyncGenerator<string> {
  yield header;
  for (let seq: number | null = 0; seq !== null && head.seq > 0;) {
    const page: Awaited<ReturnType<typeof listFittingLinks>> = await listFittingLinks(prisma, tenantId, {
      seq,
      upTo: head.seq,
      limit: linksAtOnce,
      filter,
    });
    yield page.links.map(exportLine).join('');
    seq = page.nextSeq;
  }
  if (!isWhole) return;
  for (const { note } of (await listCheckpoints(prisma, tenantId)).toReversed()) yield exportCheckpointLine(note);
}
