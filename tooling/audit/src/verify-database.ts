import type { Checkpoint } from '@flow/core/audit';
import { listChains } from '@flow/db/audit';
import { platformTenantId } from '@flow/operations/context';
import type { Database } from '@flow/db/client';
import { findTenant, findTenantBySlug } from '@flow/db/tenancy';
import { findKnownHeads, walkWholeChain } from '@flow/operations/audit';
import type { CheckpointVerifier } from '@flow/operations/audit';
import { NotLookedAt } from './settings.ts';
import type { Found } from './verify-export.ts';

export interface NamedFound extends Found {
  /** The tenant's short name, or `platform`. */
  name: string;
}

interface Wanted {
  tenant: string | undefined;
  /** Signed ends that were kept outside of the database. */
  kept: readonly Checkpoint[];
  verifier: CheckpointVerifier | null;
}

/** Walks over one chain or all of them, each as it is reached. */
export async function* verifyDatabase(db: Database, wanted: Wanted): AsyncGenerator<NamedFound> {
  for await (const tenantId of wanted.tenant === undefined ? allChains(db, wanted) : [await chainOf(db, wanted.tenant)]) {
    const inDatabase = await findKnownHeads(db.prisma, tenantId, wanted.verifier);
    const known = [...inDatabase, ...wanted.kept.filter((one) => one.tenantId === tenantId)];
    const { held, fault } = await walkWholeChain(db.prisma, tenantId, { known });
    yield { tenantId, name: await nameOf(db, tenantId), heldCount: held.seq, signedCount: known.length, fault };
  }
}

async function chainOf(db: Database, slug: string): Promise<string> {
  if (slug === platformTenantId) return platformTenantId;
  const tenant = await findTenantBySlug(db.prisma, slug);
  if (tenant === null) throw new NotLookedAt(`There is no tenant ${slug}`);
  return tenant.id;
}

/** Those in the database, and those of which a signed end was kept. */
async function* allChains(db: Database, { kept }: Wanted): AsyncGenerator<string> {
  const missing = new Set(kept.map((one) => one.tenantId));
  for (let after = ''; ;) {
    const chains = await listChains(db.prisma, { tenantId: after, limit: 500 });
    for (const { tenantId } of chains) {
      missing.delete(tenantId);
      yield tenantId;
    }
    const last = chains.at(-1);
    if (last === undefined) break;
    after = last.tenantId;
  }
  yield* missing;
}

async function nameOf(db: Database, tenantId: string): Promise<string> {
  if (tenantId === platformTenantId) return platformTenantId;
  return (await findTenant(db.prisma, tenantId))?.slug ?? tenantId;
}
