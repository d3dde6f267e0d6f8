import type { Tx } from '../client/index.ts';

export interface TenantRow {
  id: string;
  slug: string;
  name: string;
}

const tenantSelect = { id: true, slug: true, name: true } as const;

/**
 * The tenant of that slug, or null.
 * platform-wide: it finds the tenant itself.
 */
export function findTenantBySlug(reader: Tx, slug: string): Promise<TenantRow | null> {
  return reader.tenant.findUnique({ where: { slug }, select: tenantSelect });
}

/**
 * The tenant of that id, or null.
 * platform-wide: it finds the tenant itself.
 */
export function findTenant(reader: Tx, id: string): Promise<TenantRow | null> {
  return reader.tenant.findUnique({ where: { id }, select: tenantSelect });
}

/**
 * Every tenant of the installation by slug, at most 500.
 * platform-wide: for platform engineers.
 */
export function listTenants(reader: Tx, search: string): Promise<TenantRow[]> {
  const where = search === '' ? {} : { OR: [{ slug: { contains: search } }, { name: { contains: search, mode: 'insensitive' as const } }] };
  return reader.tenant.findMany({ where, select: tenantSelect, orderBy: { slug: 'asc' }, take: 500 });
}

/** Adds a tenant. A slug that is taken is the caller's conflict (P2002). */
export async function insertTenant(tx: Tx, tenant: TenantRow & { createdAt: Date }): Promise<void> {
  await tx.tenant.create({ data: tenant });
}
