import { FlowError } from '@flow/core/fault';
import { slug } from '@flow/core/identity';
import { inTransaction } from '@flow/db/client';
import { findPersonByEmail } from '@flow/db/person';
import { findTenantBySlug, insertMembership, insertTenant } from '@flow/db/tenancy';
import { z } from 'zod';
import { parseInput, recordChange, requirePlatformAdmin } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { emailAddress } from '../session/index.ts';

export const createTenantInput = z.strictObject({
  slug,
  name: z.string().trim().min(1).max(100),
  /** Who becomes its first admin: someone with an account. */
  adminEmail: emailAddress,
});

/** Makes a tenant with its first admin. */
export async function createTenant(ctx: OperationContext, input: z.input<typeof createTenantInput>): Promise<{ tenantId: string }> {
  requirePlatformAdmin(ctx);
  const { slug: tenantSlug, name, adminEmail } = parseInput(createTenantInput, input);
  return inTransaction(ctx.db, async (tx) => {
    const admin = await findPersonByEmail(tx, adminEmail);
    if (admin === null)
      throw new FlowError({
        code: 'invalid',
        message: 'Nobody has an account with this e-mail address',
        fields: [{ path: 'adminEmail', message: 'no such account' }],
      });
    if ((await findTenantBySlug(tx, tenantSlug)) !== null) throw slugTaken();
    const tenantId = ctx.newId();
    await insertTenant(tx, { id: tenantId, slug: tenantSlug, name, createdAt: ctx.now });
    await insertMembership(tx, tenantId, { userId: admin.id, role: 'admin', createdAt: ctx.now });
    await recordChange({ ...ctx, tenantId }, tx, {
      action: 'tenant.create',
      subject: `tenant:${tenantId}`,
      summary: `Tenant ${name} was made with ${admin.name} as its first admin`,
      after: { slug: tenantSlug, name, adminId: admin.id },
      event: { type: 'membership.changed', topics: [], data: { userId: admin.id } },
    });
    return { tenantId };
  });
}

function slugTaken(): FlowError {
  return new FlowError({
    code: 'conflict',
    message: 'Another tenant has this name in its address',
    fields: [{ path: 'slug', message: 'already in use' }],
  });
}
